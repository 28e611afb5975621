import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, errorTable, RunwrightError } from "../base/error.ts";
import type { RunRow, RunSummary } from "../ports/journal.ts";
import { exitOfError, exitOfRun } from "./exit.ts";

const expected: Readonly<Partial<Record<ErrorCode, number>>> = {
  "usage.invalid": 2,
  "workflow.not-found": 3,
  "run.not-found": 3,
  "gate.not-found": 3,
  "version.not-found": 3,
  "workflow.invalid": 4,
  "workflow.unsupported": 4,
  "inputs.invalid": 4,
  "config.invalid": 4,
  "gate.edit-refused": 4,
  "control.unreachable": 7,
  "engine.stopping": 7,
  "control.unauthorised": 8,
  "gate.forbidden": 8,
  "gate.decided": 9,
  "run.ended": 9,
  "run.exists": 9,
  "run.unfinished": 9,
  "version.drift": 9,
  "version.exists": 9,
  "store.held": 75,
};

test("every error code has its exit code, and 1 where none is listed", () => {
  for (const code of Object.keys(errorTable) as readonly ErrorCode[]) {
    assert.equal(exitOfError(new RunwrightError(code, "It failed.")), expected[code] ?? 1, code);
  }
  assert.equal(exitOfError(new Error("anything else")), 1);
});

test("every state in which a run can be left has its exit code", () => {
  const codes = {
    created: 6,
    running: 6,
    awaiting_approval: 6,
    paused: 6,
    completed: 0,
    failed: 1,
    cancelled: 5,
  } as const;
  for (const status of Object.keys(codes) as readonly (keyof typeof codes)[])
    assert.equal(exitOfRun(rowOf({ status })), codes[status], status);
  assert.equal(exitOfRun(rowOf({ status: "completed", outcome: "rejected" })), 10);
});

function rowOf(summary: Pick<RunSummary, "status" | "outcome">): RunRow {
  return { summary } as RunRow;
}
