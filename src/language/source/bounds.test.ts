import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import type { Diagnostic } from "../diagnostic.ts";

function first(text: string): Diagnostic | undefined {
  return compileWorkflow({ file: "x.workflow.yml", text }, { functions: ["audit"] }).diagnostics[0];
}

test("blocks within blocks are counted: 32 of them are read, and the first beyond is pointed at", () => {
  const deep = (levels: number): Diagnostic | undefined => first(`${"- ".repeat(levels)}a`);
  assert.match(deep(32)?.message ?? "", /^a workflow file is a map/);
  assert.deepEqual(
    [deep(33)?.message, deep(33)?.range],
    ["this is nested deeper than 32 levels", { start: 64, end: 65 }],
  );
});

test("a file is measured in bytes, not in characters", () => {
  const file = (comment: string): string => `workflow: x\nsteps: [{ function: audit }]\n# ${comment}\n`;
  assert.equal(first(file("é".repeat(120_000))), undefined);
  assert.equal(first(file("é".repeat(140_000)))?.message, "this file is larger than 256 KiB");
  assert.equal(first(file("e".repeat(140_000))), undefined);
});

test("a place behind an escape, a folded line or a doubled quote is found", () => {
  const values = [
    '"\\U0001F600\\u00e9\\x41\\t ${bad}"',
    '"a \\\n      ${bad}"',
    '"a\\\r\n      b ${bad}"',
    '"a\n\n      b ${bad}"',
    "'it''s ${bad}'",
    "'a\n      b ${bad}'",
    "|\n      a\n        b ${bad}",
    ">-\n      a\n\n      b ${bad}",
    "a\n      b ${bad}",
    '"\\"\\\\ ${bad}"',
  ];
  for (const value of values) {
    const text = `workflow: x\nsteps:\n  - id: a\n    fail: ${value}\n`;
    const found = first(text);
    assert.equal(found?.code, "E301", value);
    assert.equal(text.slice(found.range.start, found.range.end), "bad", value);
  }
});
