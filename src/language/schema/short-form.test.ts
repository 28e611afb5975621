import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "../plan.ts";
import { createProblems } from "../problems.ts";
import { loadSource } from "../source/load.ts";
import { schemaOf } from "./short-form.ts";

function schema(text: string): Schema {
  const problems = createProblems(text);
  const root = loadSource({ file: "a.yml", text }, problems);
  assert.ok(root !== undefined);
  const made = schemaOf(root, problems);
  assert.deepEqual(
    problems.inOrder(() => "").map(({ message }) => message),
    [],
  );
  return made;
}

test("the short form names types, lists, fields and choices", () => {
  assert.deepEqual(schema("string"), { type: "string" });
  assert.deepEqual(schema("any"), {});
  assert.deepEqual(schema("[integer]"), { type: "array", items: { type: "integer" } });
  assert.deepEqual(schema("{ enum: [a, b] }"), { enum: ["a", "b"] });
  assert.deepEqual(schema("{ a: string, b?: [{ c: any }] }"), {
    type: "object",
    properties: {
      a: { type: "string" },
      b: { type: "array", items: { type: "object", properties: { c: {} }, required: ["c"] } },
    },
    required: ["a"],
  });
});

test("null is the name of a type with and without quotes, and any beside others is any", () => {
  assert.deepEqual(schema("{ type: [string, null], description: d }"), {
    type: ["string", "null"],
    description: "d",
  });
  assert.deepEqual(schema('{ type: [string, "null"], default: null }'), { type: ["string", "null"], default: null });
  assert.deepEqual(schema("{ type: [string, any], description: d }"), { description: "d" });
});

test("a map with a type's name and another keyword is JSON Schema, in which the short form goes on", () => {
  assert.deepEqual(schema("{ type: array, items: string, default: [Tokyo] }"), {
    type: "array",
    items: { type: "string" },
    default: ["Tokyo"],
  });
  assert.deepEqual(schema("{ type: object, properties: { a: [string] }, additionalProperties: false }"), {
    type: "object",
    properties: { a: { type: "array", items: { type: "string" } } },
    additionalProperties: false,
  });
  assert.deepEqual(schema("{ anyOf: [string, { n: number }] }"), {
    anyOf: [{ type: "string" }, { type: "object", properties: { n: { type: "number" } }, required: ["n"] }],
  });
  assert.deepEqual(schema('{ anyOf: [{ type: "null" }, { type: null }, string] }'), {
    anyOf: [{ type: "null" }, { type: "null" }, { type: "string" }],
  });
  assert.deepEqual(schema('{ $ref: "#/$defs/tree", $defs: { tree: { kids: [{ $ref: "#/$defs/tree" }] } } }'), {
    $ref: "#/$defs/tree",
    $defs: {
      tree: {
        type: "object",
        properties: { kids: { type: "array", items: { $ref: "#/$defs/tree" } } },
        required: ["kids"],
      },
    },
  });
});

test("a map that only looks like JSON Schema names fields", () => {
  assert.deepEqual(schema("{ type: string, at: string }"), {
    type: "object",
    properties: { type: { type: "string" }, at: { type: "string" } },
    required: ["type", "at"],
  });
});

test("a field with a default is there for whoever reads it", () => {
  assert.deepEqual(schema("{ n?: { type: integer, default: 3 } }"), {
    type: "object",
    properties: { n: { type: "integer", default: 3 } },
    required: ["n"],
  });
});
