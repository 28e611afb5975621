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
const steps = [
  { step: 0, id: "s", fields: { output: unionOf([types.text, types.null]) } },
  { step: 1, id: "open", fields: { output: types.any } },
];
const environment = {
  names: new Map<string, Type>([["inputs", inputs]]),
  step: (id: string) => steps.find((step) => step.id === id),
  stepIds: ["s", "open"],
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

test("what the last iteration gave is there once it is asked for, its parts when they are", () => {
  const child = unionOf([objectOf({ x: types.number }), types.null]);
  const last = unionOf([objectOf({ maybe: child, sure: objectOf({ x: types.number }) }), types.null]);
  const names = new Map<string, Type>([["iter", objectOf({ n: types.integer, last })]]);
  const problems = (text: string): readonly string[] =>
    compileExpression(text, { ...environment, names }).problems.map(({ message }) => message);
  assert.deepEqual(problems("iter.last.sure.x > 1"), ["iter.last.sure.x may be null"]);
  assert.deepEqual(problems("iter.last != null && iter.last.sure.x > 1"), []);
  assert.deepEqual(problems("iter.last != null && iter.last.maybe.x > 1"), ["iter.last.maybe.x may be null"]);
  assert.deepEqual(problems("iter.last.maybe != null && iter.last.maybe.x > iter.last.sure.x"), []);
  assert.deepEqual(problems("default(iter.last.maybe.x, 0) + 1 > 1"), []);
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

test("first() and default() cope with a null that comes out of their argument, not with one that something in it fails on", () => {
  const guards = (text: string): readonly boolean[] =>
    compileExpression(text, environment).reads.map(({ guarded }) => guarded);
  assert.deepEqual(guards('default(s.output, "")'), [true]);
  assert.deepEqual(guards('default(open.output.a[0].b, "")'), [true]);
  assert.deepEqual(guards('first(default(s.output, null), s.output, "")'), [true, true]);
  assert.deepEqual(guards("default(true ? open.output : s.output, 1)"), [true, true]);
  assert.deepEqual(guards("default(size(open.output), 0)"), [false]);
  assert.deepEqual(guards("default(open.output + 1, 0)"), [false]);
  assert.deepEqual(guards("default(open.output.map(i, i), [])"), [false]);
  assert.deepEqual(guards("default([1][open.output], 0)"), [false]);
  assert.deepEqual(guards("default(open.output ? 1 : 2, 0)"), [false]);
  assert.deepEqual(guards("default(open.output == 1, false)"), [false]);
  assert.deepEqual(guards("default(open.output != null, false)"), [true]);
  assert.deepEqual(guards("default(open.output != null ? size(open.output) : null, 0)"), [true, true]);
});
