import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "./diagnostic.ts";
import { diagnosticJson, formatDiagnostic } from "./report.ts";

function problem(text: string, mark: string, extra: Partial<Diagnostic> = {}): Diagnostic {
  const start = text.indexOf(mark);
  return {
    severity: "error",
    code: "E030",
    message: "no",
    path: "a",
    range: { start, end: start + mark.length },
    ...extra,
  };
}

function lines(text: string, mark: string, extra?: Partial<Diagnostic>): readonly string[] {
  return formatDiagnostic(problem(text, mark, extra), { file: "a.yml", text }).split("\n");
}

test("a problem is shown with its line, a caret and a hint", () => {
  assert.deepEqual(lines("a: 1\nneeds: [reviw]\n", "reviw", { hint: "did you mean 'review'?" }), [
    "error[E030] a.yml:2:9  no",
    "     2 | needs: [reviw]",
    "       |         ^^^^^",
    "       = did you mean 'review'?",
  ]);
});

test("the caret stands under its text behind tabs, wide letters and carriage returns", () => {
  assert.equal(lines("a:\t\tbad\r\n", "bad")[2], "       |   \t\t^^^");
  assert.equal(lines("名前: bad\n", "bad")[2], "       |       ^^^");
  assert.equal(lines("a: \u{1f600} bad\n", "bad")[2], "       |       ^^^");
});

test("a place without width still has a caret", () => {
  assert.deepEqual(
    formatDiagnostic(problem("", "", { range: { start: 0, end: 0 } }), { file: "a.yml", text: "" }).split("\n"),
    ["error[E030] a.yml:1:1  no", "     1 | ", "       | ^"],
  );
});

test("of a line of 200,000 characters the part around the problem is shown", () => {
  const shown = lines(`${"x".repeat(100_000)} bad ${"y".repeat(100_000)}`, "bad");
  assert.ok((shown[1]?.length ?? 0) < 200);
  assert.match(shown[1] ?? "", / bad /);
  assert.equal(shown[1]?.indexOf("bad"), shown[2]?.indexOf("^^^"));
});

test("what a file writes never reaches the terminal as a command", () => {
  const text = "a: \u001b[31mbad\u202e\u009b\n";
  const shown = formatDiagnostic(problem(text, "bad", { message: "no '\u001b]0;x\u0007'", hint: "\u001b[2J" }), {
    file: "\u001b.yml",
    text,
  });
  assert.doesNotMatch(shown.replaceAll("\n", ""), /\p{Cc}|\u202e/u);
});

test("as JSON a problem has its place, its lines and its fix", () => {
  const text = "a: 1\nbad: 2\n";
  const found = problem(text, "bad", { fix: { range: { start: 5, end: 8 }, text: "good" }, hint: "write good" });
  assert.deepEqual(diagnosticJson(found, { file: "a.yml", text }), {
    severity: "error",
    code: "E030",
    file: "a.yml",
    path: "a",
    message: "no",
    hint: "write good",
    range: { start: 5, end: 8, from: { line: 2, column: 1 }, to: { line: 2, column: 4 } },
    fix: { range: { start: 5, end: 8, from: { line: 2, column: 1 }, to: { line: 2, column: 4 } }, text: "good" },
  });
});
