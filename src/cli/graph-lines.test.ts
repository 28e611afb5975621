import assert from "node:assert/strict";
import { test } from "node:test";
import { graphLines } from "./graph-lines.ts";

test("each edge is one line with all its reasons, and a step without one says when it starts", () => {
  const read = { kind: "reads", by: "note", what: "plan.output", field: "set" } as const;
  const lines = graphLines([
    { id: "plan", waitsFor: [] },
    {
      id: "rest",
      waitsFor: [{ id: "plan", because: [{ kind: "needs", by: "inner" }, { kind: "before" }, { kind: "else" }] }],
    },
    { id: "inner", group: "rest", waitsFor: [] },
    {
      id: "note",
      everyStepBefore: "always",
      waitsFor: [
        {
          id: "plan",
          because: [
            { ...read, line: 4 },
            { ...read, line: 4 },
            { ...read, line: 6 },
          ],
        },
      ],
    },
  ]);
  assert.deepEqual(lines, [
    "  plan        <-  -           starts at once",
    "  rest        <-  plan        in it, inner: needs names it; it is the step before; else names it",
    "  rest/inner  <-  -           starts with its group",
    "  note        <-  plan        set reads plan.output (lines 4, 6)",
    "  note        <-  all before  run_on is always",
  ]);
  assert.deepEqual(graphLines([]), []);
});
