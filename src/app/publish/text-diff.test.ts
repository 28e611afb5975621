// Two texts side by side, line by line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { diffLines } from "./text-diff.ts";

const shown = (older: string, newer: string, around = 9): readonly string[] =>
  diffLines(older, newer, around).map(({ sign, text }) => `${sign}${text}`);

/** The text that a comparison begins or ends with. */
const side = (lines: readonly string[], sign: "-" | "+"): string =>
  lines.flatMap((line) => (line[0] === " " || line[0] === sign ? [line.slice(1)] : [])).join("\n");

test("a line that was changed, added or taken away is shown between what stayed", () => {
  assert.deepEqual(shown("a\nb\nc\n", "a\nx\nc\n"), [" a", "-b", "+x", " c"]);
  assert.deepEqual(shown("a\nb\n", "a\nb\nc\n"), [" a", " b", "+c"]);
  assert.deepEqual(shown("a\nb\nc\nd\ne", "b\nc\nX\nd"), ["-a", " b", " c", "+X", " d", "-e"]);
  assert.deepEqual(shown("", "a\n"), ["+a"]);
  assert.deepEqual(shown("a\r\nb\r\n", "a\nb\n"), []);
});

test("only lines near a change are shown, with their numbers", () => {
  const older = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`);
  const newer = older.toSpliced(49, 1, "other");
  assert.deepEqual(diffLines(older.join("\n"), newer.join("\n"), 1), [
    { sign: " ", text: "line 49", line: 49 },
    { sign: "-", text: "line 50", line: 50 },
    { sign: "+", text: "other", line: 50 },
    { sign: " ", text: "line 51", line: 51 },
  ]);
});

test("whatever the texts, both sides are whole, and no line is shown that need not be", () => {
  let seed = 7;
  const chance = (max: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % max;
  for (let round = 0; round < 300; round += 1) {
    const older = Array.from({ length: chance(12) }, () => "abc"[chance(3)]).join("\n");
    const newer = Array.from({ length: chance(12) }, () => "abc"[chance(3)]).join("\n");
    const lines = shown(older, newer, 99);
    if (lines.length === 0) assert.equal(older, newer);
    else assert.deepEqual([side(lines, "-"), side(lines, "+")], [older, newer]);
    assert.equal(lines.filter((line) => line.startsWith(" ")).length, lines.length === 0 ? 0 : common(older, newer));
  }
});

/** Lines that two texts have in common, in their order: tried in every way. */
function common(older: string, newer: string): number {
  const [left, right] = [linesOf(older), linesOf(newer)];
  const known = new Map<string, number>();
  const from = (i: number, j: number): number => {
    if (i === left.length || j === right.length) return 0;
    const key = `${i} ${j}`;
    const found =
      known.get(key) ?? Math.max(from(i + 1, j), from(i, j + 1), left[i] === right[j] ? 1 + from(i + 1, j + 1) : 0);
    known.set(key, found);
    return found;
  };
  return from(0, 0);
}

const linesOf = (text: string): readonly string[] => (text === "" ? [] : text.split("\n"));

test("texts that have nothing in common are one change, however long they are", () => {
  const text = (letter: string): string => Array.from({ length: 20_000 }, (_, index) => `${letter}${index}`).join("\n");
  const lines = shown(text("a"), text("b"));
  assert.equal(lines.length, 40_000);
  assert.deepEqual([lines[0], lines[20_000]], ["-a0", "+b0"]);
});
