import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "../plan.ts";
import { sampleOf } from "./sample.ts";
import { validateValue } from "./validate.ts";

const schemas: readonly Schema[] = [
  { type: "string", minLength: 9, maxLength: 12 },
  { type: "string", maxLength: 2 },
  { enum: ["bug", "spam"] },
  { const: 7 },
  { type: "integer", minimum: 3 },
  { type: "integer", exclusiveMinimum: 3, multipleOf: 5 },
  { type: "number", maximum: -2 },
  { type: ["null", "boolean"] },
  { type: "array", items: { type: "integer" }, minItems: 2 },
  { type: "array", items: { type: "integer" }, maxItems: 0 },
  { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], minItems: 2 },
  { type: "object", properties: { a: { type: "string" }, b: { type: "number" } }, required: ["a", "c"] },
  { anyOf: [{ type: "integer" }, { type: "string" }] },
  { allOf: [{ type: "object", properties: { a: { const: 1 } }, required: ["a"] }, { required: ["b"] }] },
  { $ref: "#/$defs/city", $defs: { city: { type: "object", properties: { name: { type: "string" } }, required: ["name"] } } },
];

test("a sample fits its schema and is always the same", () => {
  for (const schema of schemas) {
    assert.deepEqual(validateValue(schema, sampleOf(schema)), [], JSON.stringify(schema));
    assert.deepEqual(sampleOf(schema), sampleOf(schema));
  }
  assert.ok(validateValue(schemas[4] ?? {}, 1).length > 0, "control: another value does not fit");
});

test("a schema's own words come first, and a list has one item to go through", () => {
  assert.deepEqual(
    sampleOf({
      type: "object",
      properties: { to: { type: "string", default: "ada" }, at: { type: "string", format: "date" }, rows: { type: "array" } },
    }),
    { to: "ada", at: "2030-01-31", rows: [null] },
  );
});

test("a schema that refers to itself or asks for a lot gives a small sample, at once", () => {
  const node = { type: "object", properties: { next: { $ref: "#" }, other: { $ref: "#" } } };
  assert.ok(JSON.stringify(sampleOf(node)).length < 100_000);
  const allOf = (depth: number): Schema => (depth === 0 ? { type: "object" } : { allOf: Array(10).fill(allOf(depth - 1)) });
  sampleOf(allOf(5));
  assert.equal((sampleOf({ type: "array", minItems: 1e9 }) as unknown[]).length, 10);
  assert.equal((sampleOf({ type: "string", minLength: 1e9 }) as string).length, 1000);
  assert.equal(sampleOf({ $ref: "#/$defs/gone" }), null);
});
