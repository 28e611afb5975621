import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "../plan.ts";
import { describeType, isFilled, join, listOf, objectOf, types, typeOfSchema, unionOf } from "./type.ts";

const described = (schema: Schema): string => describeType(typeOfSchema(schema));

test("a schema's type is described in the words of the messages", () => {
  assert.equal(described({ type: "string" }), "text");
  assert.equal(described({ type: "boolean" }), "true/false");
  assert.equal(described({ type: "integer" }), "number");
  assert.equal(described({ type: "array", items: { type: "string" } }), "list of text");
  assert.equal(described({ type: "array" }), "list");
  assert.equal(described({ type: "array", items: { type: "object", properties: { a: {} } } }), "list of objects");
  assert.equal(described({ type: ["string", "null"] }), "text or null");
  assert.equal(described({ type: "array", items: { type: ["string", "number"] } }), "list of (text or number)");
  assert.equal(described({ anyOf: [{ type: "string" }, { type: "object" }] }), "text or object");
  assert.equal(described({}), "anything");
});

test("an enum is text of which only some is allowed", () => {
  assert.deepEqual(typeOfSchema({ enum: ["a", "b"] }), { kind: "text", enum: ["a", "b"] });
  assert.deepEqual(typeOfSchema({ type: "string", enum: ["a"] }), { kind: "text", enum: ["a"] });
  assert.deepEqual(typeOfSchema({ const: "a" }), { kind: "text", enum: ["a"] });
  assert.equal(described({ enum: ["a", 1, null] }), "text or number or null");
});

test("a list that asks for items has one", () => {
  assert.deepEqual(typeOfSchema({ type: "array", items: { type: "string" }, minItems: 1 }), listOf(types.text, true));
  assert.deepEqual(typeOfSchema({ type: "array", items: { type: "string" }, minItems: 0 }), listOf(types.text));
  assert.equal(isFilled(unionOf([listOf(types.text, true), listOf(types.number, true)])), true);
  assert.equal(isFilled(unionOf([listOf(types.text, true), types.null])), false);
  assert.equal(isFilled(join(listOf(types.text, true), listOf(types.text))), false);
  assert.equal(isFilled(unionOf([listOf(types.text, true), listOf(types.text)])), false);
  assert.equal(isFilled(unionOf([])), false, "what has no values is no list that has an item");
});

test("an object that lists fields is closed unless it says otherwise", () => {
  assert.deepEqual(
    typeOfSchema({ properties: { a: { type: "string" } }, required: ["a"] }),
    objectOf({ a: types.text }),
  );
  assert.deepEqual(
    typeOfSchema({ type: "object", properties: { a: { type: "string" } }, additionalProperties: true }),
    objectOf({ a: types.text }, { optional: ["a"], open: true }),
  );
  assert.deepEqual(
    typeOfSchema({
      type: "object",
      properties: { a: { type: "string" } },
      additionalProperties: false,
      patternProperties: { "^x-": {} },
    }),
    objectOf({ a: types.text }, { optional: ["a"], open: true }),
  );
  assert.deepEqual(typeOfSchema({ type: "object" }), types.object);
});

test("a field with a default is never missing", () => {
  assert.deepEqual(
    typeOfSchema({ type: "object", properties: { a: { type: "string", default: "x" } } }),
    objectOf({ a: types.text }),
  );
});

test("a reference is followed, one that leads in a circle ends as anything", () => {
  const tree: Schema = {
    $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } }, required: ["next"] } },
    $ref: "#/$defs/node",
  };
  assert.equal(typeOfSchema(tree).kind, "object");
  assert.equal(described({ $ref: "#/$defs/missing" }), "anything");
  assert.equal(described({ $ref: "https://elsewhere/x" }), "anything");
});

test("a value from either of two places has the type of both", () => {
  assert.deepEqual(join(types.integer, types.number), types.number);
  assert.deepEqual(join({ kind: "text", enum: ["a"] }, { kind: "text", enum: ["b"] }), {
    kind: "text",
    enum: ["a", "b"],
  });
  assert.equal(describeType(join(types.text, listOf(types.text))), "text or list of text");
  assert.equal(join(types.text, types.any), types.any);
  assert.deepEqual(
    join(objectOf({ a: types.text, b: types.text }), objectOf({ a: types.text })),
    objectOf({ a: types.text, b: types.text }, { optional: ["b"] }),
  );
  assert.equal(describeType(join(unionOf([types.text, types.null]), types.integer)), "text or null or number");
});
