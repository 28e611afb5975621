import assert from "node:assert/strict";
import { test } from "node:test";
import { createProblems } from "../problems.ts";
import { loadSource } from "./load.ts";
import { offsetsOf } from "./offsets.ts";

/** What stands in the file where the mark of the value's text stands. */
function pointsAt(text: string, mark: string): string {
  const root = loadSource({ file: "a.yml", text }, createProblems(text));
  const scalar = root?.kind === "map" ? root.entries[0]?.value : undefined;
  assert.ok(scalar?.kind === "scalar", "the file has a text under its first key");
  const at = offsetsOf(text, scalar);
  const start = scalar.text.indexOf(mark);
  assert.ok(start >= 0, `the text holds ${mark}`);
  return text.slice(at(start), at(start + mark.length - 1) + 1);
}

test("a place in a value's text is found in the file, however the value is written", () => {
  const files = [
    "a: see ${bad} here\n",
    "a: see\n  some ${bad} here\n",
    "a: 'it''s ${bad}'\n",
    'a: "\\"\\u00e9\\x41\\t ${bad} here"\n',
    'a: "one \\\n  two ${bad}"\n',
    'a: "one\n\n  two ${bad}"\n',
    "a: |\n  one\n    two\n\n  ${bad} three\n",
    "a: >-\n  one\n  two\n\n    three ${bad}\n",
    "a: |2\n    one\n  ${bad}\n",
    "a: &x |\r\n  one\r\n  ${bad}\r\n",
    "a: '\u{1f600} ''${bad}'\n",
  ];
  for (const text of files) assert.equal(pointsAt(text, "bad"), "bad", text);
});

test("a place after the end of a value is the value's end", () => {
  const text = "a: 'x'\n";
  const root = loadSource({ file: "a.yml", text }, createProblems(text));
  const scalar = root?.kind === "map" ? root.entries[0]?.value : undefined;
  assert.ok(scalar?.kind === "scalar");
  assert.equal(offsetsOf(text, scalar)(99), scalar.range.end);
});
