import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "../plan.ts";
import { createProblems } from "../problems.ts";
import { loadSource } from "../source/load.ts";
import { jsonSchemaOf } from "./json-schema.ts";

function read(text: string): { readonly schema: Schema; readonly codes: readonly string[] } {
  const problems = createProblems(text);
  const root = loadSource({ file: "a.yml", text }, problems);
  assert.ok(root !== undefined);
  const schema = jsonSchemaOf(root, problems);
  return { schema, codes: problems.inOrder(() => "").map(({ code }) => code) };
}

test("a type in JSON Schema is taken as it is written", () => {
  const schema = {
    type: "object",
    description: "An order",
    properties: { id: { type: ["string", "null"], minLength: 1 }, rows: { type: "array", items: { $ref: "#/$defs/r" } } },
    required: ["id"],
    additionalProperties: false,
    anyOf: [{ required: ["id"] }, { required: ["rows"] }],
    $defs: { r: { enum: ["a", "b"] }, other: { type: "object", additionalProperties: { type: "number" } } },
  };
  assert.deepEqual(read(JSON.stringify(schema)), { schema, codes: [] });
});

test("a part that is no JSON Schema is refused wherever it stands, and nothing is made of the whole", () => {
  const wrong = [
    "{ type: text }",
    "{ type: { a: string } }",
    "{ type: [string, [number]] }",
    "{ name: string }",
    "{ items: string }",
    "{ properties: { a: { typ: string } } }",
    "{ properties: [] }",
    "{ anyOf: [{ type: string }, { type: text }] }",
    "{ anyOf: { type: string } }",
    "{ additionalProperties: { type: text } }",
    "{ additionalProperties: [] }",
    "[string]",
  ];
  for (const text of wrong) assert.deepEqual(read(text), { schema: {}, codes: ["E018"] }, text);
});

test("a reference leads to a place of the same type", () => {
  assert.notDeepEqual(read('{ $ref: "#/$defs/none" }').codes, []);
});

test("an enum has a thousand values at most", () => {
  const values = (count: number): string => JSON.stringify({ enum: Array.from({ length: count }, (_, n) => n) });
  assert.deepEqual(read(values(1000)).codes, []);
  assert.deepEqual(read(values(1001)).codes, ["E018"]);
});
