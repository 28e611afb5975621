import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression } from "./check.ts";
import { listOf, objectOf, types, unionOf, type Type } from "./type.ts";

const inputs = objectOf(
  {
    note: types.text,
    both: unionOf([types.text, types.null]),
    deep: objectOf({ note: types.text }, { optional: ["note"] }),
    tags: listOf(types.text),
  },
  { optional: ["note", "both", "deep", "tags"] },
);
const environment = {
  names: new Map<string, Type>([["inputs", inputs]]),
  step: (id: string) =>
    id === "s" ? { step: 0, id, fields: { output: unionOf([types.text, types.null]) } } : undefined,
  stepIds: ["s"],
};

const said = (text: string): readonly string[] =>
  compileExpression(text, environment).problems.map(({ message }) => message);

test("has() rules out that a field is missing, not that it is null", () => {
  assert.deepEqual(said('has(inputs.note) && inputs.note contains "x"'), []);
  assert.deepEqual(said('has(inputs.note) ? inputs.note + "x" : "-"'), []);
  assert.deepEqual(said('has(inputs.note) && inputs["note"] contains "x"'), []);
  assert.deepEqual(said('!has(inputs.note) || inputs.note contains "x"'), []);
  assert.deepEqual(said('has(inputs.deep.note) && inputs.deep.note contains "x"'), []);
  assert.deepEqual(said('has(inputs.both) && inputs.both contains "x"'), ["inputs.both may be null"]);
  assert.deepEqual(said('has(inputs.both) && inputs.both != null && inputs.both contains "x"'), []);
  assert.deepEqual(said('has(inputs.deep) && inputs.deep.note contains "x"'), ["inputs.deep.note may be null"]);
  assert.deepEqual(said('has(inputs.note) || inputs.note contains "x"'), ["inputs.note may be null"]);
  assert.deepEqual(
    said('has(s.output) && s.output contains "x"'),
    [],
    "a field of a step is there when it is not null",
  );
  assert.deepEqual(said("inputs.tags.all(inputs, has(inputs.note))"), [
    "inputs.tags may be null",
    "inputs is text; it has no fields",
  ]);
});

test("product() is given lists, which is seen before it runs", () => {
  assert.deepEqual(said('product({"a": default(inputs.tags, []), "b": [1]})'), []);
  assert.deepEqual(said('product({"a": inputs.tags})'), ["inputs.tags may be null"]);
  assert.deepEqual(said('product({"a": "x", "b": 1})'), [
    "product() needs lists, but '\"x\"' is text",
    "product() needs lists, but '1' is number",
  ]);
  assert.deepEqual(said("product(inputs)"), ["product() needs lists, but 'inputs.note' is text or null"]);
});
