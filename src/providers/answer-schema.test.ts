import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "../language/plan.ts";
import { answerSchema } from "./answer-schema.ts";

test("an object whose fields are all there is held to the letter, and closed where nothing is said", () => {
  const schema: Schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  const answer = answerSchema(schema);
  assert.equal(answer.strict, true);
  assert.deepEqual(answer.schema, { ...schema, additionalProperties: false });
});

test("what a strict mode would refuse is sent as it is, and not as strict", () => {
  const a = { type: "string" };
  const open: readonly Schema[] = [
    { type: "object", properties: { a, b: a }, required: ["a"] },
    { type: "object", properties: { a: { oneOf: [a, { type: "null" }] } }, required: ["a"] },
    { type: "object", properties: { a: { type: "object", additionalProperties: a } }, required: ["a"] },
    { type: "object", properties: { a: { type: "array", items: { type: "object" } } }, required: ["a"] },
    { type: "object", properties: { a: { ...a, default: "x" } }, required: ["a"] },
  ];
  for (const schema of open) {
    const answer = answerSchema(schema);
    assert.equal(answer.strict, false, JSON.stringify(schema));
    assert.deepEqual(answer.schema, schema);
  }
});

test("any other value travels as the field of an object, with the definitions at the top", () => {
  const answer = answerSchema({ type: "array", items: { $ref: "#/$defs/row" }, $defs: { row: { type: "number" } } });
  assert.deepEqual(answer.schema, {
    type: "object",
    properties: { value: { type: "array", items: { $ref: "#/$defs/row" } } },
    required: ["value"],
    additionalProperties: false,
    $defs: { row: { type: "number" } },
  });
  assert.equal(answer.strict, true);
  assert.equal(answer.unwrap('{"value": [1, 2]}'), "[1,2]");
});

test("a model that leaves the object out is understood, and what is no JSON stays what it is", () => {
  const { unwrap } = answerSchema({ type: "string" });
  assert.equal(unwrap('"yes"'), '"yes"');
  assert.equal(unwrap('{"value": "yes", "more": 1}'), '{"value": "yes", "more": 1}');
  assert.equal(unwrap('{"value": "ye'), '{"value": "ye');
  const object = answerSchema({ type: "object", properties: { value: { type: "string" } }, required: ["value"] });
  assert.equal(object.unwrap('{"value":"x"}'), '{"value":"x"}', "an object of the file's own is not unwrapped");
});

test("a schema that is nested without end is not walked without end", () => {
  let schema: Schema = { type: "string" };
  for (let depth = 0; depth < 5000; depth += 1) schema = { type: "array", items: schema };
  assert.equal(answerSchema(schema).strict, false);
});
