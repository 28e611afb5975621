import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { boundChars, boundedValue, expressionLimits, jsonText, spend, spendOnText, type Work } from "./work.ts";

const workWith = (stepsLeft: number): Work => ({ text: "x", stepsLeft });

function isTooExpensive(run: () => unknown): void {
  assert.throws(run, (error) => hasCode(error, "expression.too-expensive"));
}

function nested(depth: number): Json {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

test("all steps may be spent and none more", () => {
  const work = workWith(5);
  spend(work, 5);
  assert.equal(work.stepsLeft, 0);
  isTooExpensive(() => spend(work, 1));
});

test("256 characters are read for a step, and a part of them too", () => {
  const left = (chars: number): number => {
    const work = workWith(10);
    spendOnText(work, chars);
    return work.stepsLeft;
  };
  assert.deepEqual([0, 1, 256, 257].map(left), [10, 9, 9, 8]);
});

test("a text may be as long as the bound and no longer", () => {
  boundChars(workWith(1), expressionLimits.resultCharsMax);
  isTooExpensive(() => boundChars(workWith(1), expressionLimits.resultCharsMax + 1));
});

test("a value counts with its quotes, its keys and what stands between, up to the bound", () => {
  const counted: readonly (readonly [Json, number])[] = [
    ["abc", 5],
    [7, 4],
    [["a", "b"], 10],
    [{ ab: "c" }, 13],
  ];
  for (const [value, chars] of counted) {
    assert.equal(boundedValue(workWith(1), value, chars), value);
    isTooExpensive(() => boundedValue(workWith(1), value, chars - 1));
  }
});

test("a value may be nested as deep as the bound and no deeper", () => {
  const { resultDepthMax, resultCharsMax } = expressionLimits;
  const inLists = nested(resultDepthMax);
  assert.equal(boundedValue(workWith(1), inLists, resultCharsMax), inLists);
  isTooExpensive(() => boundedValue(workWith(1), nested(resultDepthMax + 1), resultCharsMax));
  const inObject = { a: nested(resultDepthMax - 1) };
  assert.equal(boundedValue(workWith(1), inObject, resultCharsMax), inObject);
  isTooExpensive(() => boundedValue(workWith(1), { a: inLists }, resultCharsMax));
});

test("JSON is paid for by its length, and fails before it is made when that cannot be paid", () => {
  const work = workWith(3);
  assert.equal(jsonText(work, "a".repeat(126)), JSON.stringify("a".repeat(126)));
  assert.equal(work.stepsLeft, 1);
  isTooExpensive(() => jsonText(work, "a".repeat(63)));
  assert.equal(work.stepsLeft, 1, "what cannot be paid for is not begun");
});
