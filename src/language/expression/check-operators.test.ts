import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression } from "./check.ts";
import { listOf, types, type Type } from "./type.ts";

const environment = {
  names: new Map<string, Type>([
    ["x", types.any],
    ["text", types.text],
    ["list", listOf(types.text)],
    ["mixed", listOf(types.any)],
  ]),
  step: () => undefined,
  stepIds: [],
};
const codes = (text: string): readonly string[] =>
  compileExpression(text, environment).problems.map(({ code }) => code);

test("a list contains, a text contains, begins and ends, as a word and as a method", () => {
  for (const text of ['list contains "a"', 'list.contains("a")', 'text.contains("a")', "x.contains(1)"])
    assert.deepEqual(codes(text), [], text);
  for (const text of ['text startsWith "a"', 'text.startsWith("a")', 'text.endsWith("a")', "x.endsWith(text)"])
    assert.deepEqual(codes(text), [], text);
  for (const text of ['list startsWith "a"', 'list.startsWith("a")', 'list.endsWith("a")', "text.contains(1)"])
    assert.deepEqual(codes(text), ["E303"], text);
});

test("what is in a list whose items are not known is not known either", () => {
  assert.deepEqual(codes("1 in mixed"), []);
  assert.deepEqual(codes("x in list"), []);
  assert.deepEqual(codes("1 in list"), ["E303"]);
});

test("only numbers have a sign", () => {
  assert.deepEqual(compileExpression("-5", environment).expression?.tree, { kind: "literal", value: -5 });
  for (const text of ['-"a"', "-true", "-list", "-text"]) assert.deepEqual(codes(text), ["E303"], text);
});

test("the items of a product of what is not known are objects", () => {
  assert.deepEqual(compileExpression("product(x)", environment).type, listOf(types.object));
  assert.deepEqual(codes("product(x).map(row, row.a)"), []);
  assert.deepEqual(codes("product(x) + 1"), ["E303"]);
});
