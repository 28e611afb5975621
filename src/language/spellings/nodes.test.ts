import assert from "node:assert/strict";
import { test } from "node:test";
import { offsetsOf } from "../source/offsets.ts";
import { createProblems } from "../problems.ts";
import type { SourceScalar } from "../source/tree.ts";
import { entryAt, rewritten } from "./nodes.ts";

test("each character of a rewritten text stands where it was written, and what was put there beside what it belongs to", () => {
  const file = `stop: "$.\\x64one  ==  1"`;
  const scalar: SourceScalar = {
    kind: "scalar",
    range: { start: 6, end: file.length },
    value: "$.done  ==  1",
    text: "$.done  ==  1",
    style: "double",
  };
  const at = offsetsOf(file, scalar);
  const pieces = ["check", { text: ".done", start: 1 }, " ", { text: "==", start: 8 }, " ", { text: "1", start: 12 }];
  const made = rewritten(scalar, pieces, at);
  assert.equal(made.text, "check.done == 1");
  const written = Array.from(made.text, (_, offset) => file[offsetsOf(file, made)(offset)]).join("");
  assert.equal(written, String.raw`""""".\onee===1`);
  assert.equal(offsetsOf(file, made)(99), file.length);
});

test("nothing is offered to be mended where nobody wrote", () => {
  const problems = createProblems("plan");
  const range = { start: 0, end: 4 };
  const { value } = entryAt("provider", "claude-code", range);
  problems.report("E015", value.range, "made", { fix: { range: value.range, text: "x" } });
  problems.report("E016", range, "written", { fix: { range, text: "x" } });
  assert.deepEqual(
    problems.inOrder(() => "").map(({ message, fix }) => [message, fix?.text]),
    [
      ["made", undefined],
      ["written", "x"],
    ],
  );
});
