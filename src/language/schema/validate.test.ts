import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../base/json.ts";
import type { Schema } from "../plan.ts";
import { applyDefaults } from "./defaults.ts";
import { validateValue } from "./validate.ts";

function said(schema: Schema, value: Json): readonly string[] {
  return validateValue(schema, value).map(({ path, message }) => (path === "" ? message : `${path} ${message}`));
}

test("a value that does not fit its schema is told where and how", () => {
  const schema: Schema = {
    type: "object",
    properties: {
      cities: {
        type: "array",
        items: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
      },
      kind: { enum: ["a", "b"] },
      n: { type: "integer", minimum: 1 },
    },
    required: ["cities", "kind"],
    additionalProperties: false,
  };
  assert.deepEqual(said(schema, { cities: [{ name: "x" }], kind: "a", n: 1 }), []);
  assert.deepEqual(said(schema, []), ["expected an object, got a list"]);
  assert.deepEqual(said(schema, { cities: [{ name: 1 }, {}], kind: "c", n: 1.5, "odd key": 1 }).toSorted(), [
    '["odd key"] is unknown; known: cities, kind, n',
    "cities[0].name expected text, got a number",
    "cities[1].name is missing",
    'kind is not one of "a", "b"',
    "n expected a whole number, got 1.5",
  ]);
  assert.deepEqual(said(schema, { cities: null, kind: "a" }), ["cities expected a list, got null"]);
});

test("of a choice that fits in no form only the choice is named", () => {
  const schema: Schema = { anyOf: [{ type: "string" }, { type: "object", required: ["a"] }] };
  assert.deepEqual(said(schema, 1), ["fits none of the allowed forms"]);
});

test("a hostile pattern takes linear time", () => {
  const schema: Schema = { type: "string", pattern: "^(a+)+$" };
  const started = performance.now();
  assert.deepEqual(said(schema, `${"a".repeat(50_000)}b`), ["does not match ^(a+)+$"]);
  assert.ok(performance.now() - started < 1000);
});

test("a large list is compared with itself in one pass", () => {
  const items = Array.from({ length: 50_000 }, (_, index) => ({ index }));
  const schema: Schema = { type: "array", uniqueItems: true };
  assert.deepEqual(said(schema, items), []);
  assert.deepEqual(said(schema, [...items, { index: 7 }]), ["holds an item twice"]);
});

test("a validator is made once per schema and never more than 20 problems are told", () => {
  const schema: Schema = { type: "array", items: { type: "string" } };
  assert.equal(said(schema, Array(500).fill(1)).length, 20);
  assert.equal(said(schema, Array(500).fill("x")).length, 0);
});

test("defaults are filled in where a field is missing, at every depth, and nowhere else", () => {
  const schema: Schema = {
    type: "object",
    properties: {
      n: { type: "integer", default: 3 },
      sub: { type: "object", default: {}, properties: { deep: { default: [1] } } },
      rows: { type: "array", items: { type: "object", properties: { on: { default: true } } } },
    },
  };
  assert.deepEqual(applyDefaults(schema, { rows: [{}, { on: false }], other: 1 }), {
    n: 3,
    sub: { deep: [1] },
    rows: [{ on: true }, { on: false }],
    other: 1,
  });
  assert.deepEqual(applyDefaults(schema, { n: null, sub: { deep: 0 } }), { n: null, sub: { deep: 0 } });
  assert.equal(applyDefaults(schema, 5), 5);
});

test("each pattern of a schema is its own", () => {
  const schema: Schema = {
    type: "object",
    properties: { word: { type: "string", pattern: "^[a-z]+$" }, number: { type: "string", pattern: "^[0-9]+$" } },
  };
  assert.deepEqual(said(schema, { word: "a", number: "1" }), []);
  assert.deepEqual(said(schema, { word: "1", number: "a" }), [
    "word does not match ^[a-z]+$",
    "number does not match ^[0-9]+$",
  ]);
});
