import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { builtins, type Builtin } from "./builtins.ts";
import { expressionLimits, type Work } from "./work.ts";

/** What is left of a hundred steps after a call; undefined when they were not enough. */
function leftAfter(builtin: Builtin, ...args: readonly Json[]): number | undefined {
  const work: Work = { text: "x", stepsLeft: 100 };
  try {
    builtin(work, args);
    return work.stepsLeft;
  } catch (error) {
    assert.ok(hasCode(error, "expression.too-expensive"), String(error));
    return undefined;
  }
}

const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
const fields = (length: number): Readonly<Record<string, number>> =>
  Object.fromEntries(numbers(length).map((n) => [`k${n}`, n]));

test("every item and every field that a function goes through is paid for", () => {
  const { size, keys, values, merge, min, max, sum, unique, flatten, join } = builtins;
  for (const builtin of [size, keys, values, merge]) {
    assert.equal(leftAfter(builtin, fields(100)), 0);
    assert.equal(leftAfter(builtin, fields(101)), undefined);
  }
  for (const builtin of [min, max, sum, unique, flatten]) {
    assert.equal(leftAfter(builtin, numbers(100)), 0);
    assert.equal(leftAfter(builtin, numbers(101)), undefined);
  }
  assert.equal(leftAfter(merge, fields(40), fields(40)), 20);
  assert.equal(leftAfter(flatten, [numbers(40), 1, numbers(40)]), 17, "the three items, and those inside them");
  assert.equal(leftAfter(join, ["a", "b"], ""), 97, "two items, and the text that they make");
});

test("every text that a function reads or makes is paid for by its length", () => {
  const long = "a".repeat(2560);
  const { size, lower, upper, trim, unique } = builtins;
  for (const builtin of [size, lower, upper, trim]) assert.equal(leftAfter(builtin, long), 90);
  assert.equal(leftAfter(unique, [long, long]), 78);
  assert.equal(leftAfter(builtins.replace, long, "b", ""), 80, "read once, made once");
  assert.equal(leftAfter(builtins.split, long, ","), 89, "read once, one part");
  assert.equal(leftAfter(builtins.split, "a".repeat(60), ""), 9, "read, taken apart in pairs, sixty parts");
});

test("every comparison of a sort is paid for", () => {
  assert.equal(leftAfter(builtins.sort, [1, 2]), 97);
  assert.equal(leftAfter(builtins.sort, numbers(60)), undefined);
});

test("every field of every combination is paid for", () => {
  assert.equal(leftAfter(builtins.product, { a: [1, 2], b: [1, 2, 3] }), 100 - 2 - 2 - 3 - 2 * 3 * 2);
  assert.equal(leftAfter(builtins.product, { a: [], b: [1, 2, 3] }), 97);
  assert.equal(leftAfter(builtins.product, { a: numbers(7), b: numbers(7) }), undefined);
});

test("a text that is joined or replaced may be as long as the bound and no longer", () => {
  const most = expressionLimits.resultCharsMax;
  const made = (builtin: Builtin, ...args: readonly Json[]): number =>
    (builtin({ text: "x", stepsLeft: expressionLimits.stepsMax }, args) as string).length;
  const refused = (...call: Parameters<typeof made>): void =>
    assert.throws(
      () => made(...call),
      (error) => hasCode(error, "expression.too-expensive"),
    );
  const half = "a".repeat(most / 2);
  assert.equal(made(builtins.join, [half, half], ""), most);
  refused(builtins.join, [half, half], "-");
  assert.equal(made(builtins.join, [half, half.slice(1)], "-"), most);
  assert.equal(made(builtins.replace, `${half}b`, "b", half), most);
  refused(builtins.replace, `${half}b`, "b", `${half}c`);
  assert.equal(made(builtins.lower, half + half), most);
  refused(builtins.upper, `${half}${half}a`);
});
