import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../language/compile.ts";
import type { RunEvent } from "../machine/event.ts";
import { emptyState } from "../machine/state.ts";
import { createTracker, type Line, type Tracker } from "./tracker.ts";

const workflow = `workflow: audit
steps:
  - id: list
    function: list
  - id: each
    for_each: list.output
    as: name
    key: name
    max_parallel: 3
    function: work
    with: { name: "\${name}" }
    on_failure: continue
  - id: group
    do:
      - id: inner
        function: work
        with: { name: x }
  - id: review
    approve: Fine?
    by: [requester]
`;

/** Folds events one by one, a second apart. */
function follow(tracker: Tracker, events: readonly RunEvent[], fromSeq = 1): readonly Line[] {
  const key = { tenant: "local", workspace: "default", run: "r1" };
  return events.flatMap((event, index) =>
    tracker.take({ key, seq: fromSeq + index, at: (fromSeq + index) * 1000, events: [event] }),
  );
}

function newTracker(): Tracker {
  const world = { functions: ["list", "work"], assignments: [], roles: [] };
  const { plan, diagnostics } = compileWorkflow({ file: "audit.workflow.yml", text: workflow }, world);
  assert.ok(plan !== undefined, JSON.stringify(diagnostics));
  return createTracker(emptyState(plan));
}

const error = { code: "function.failed", message: "It broke." };
const created = {
  kind: "run.created",
  v: 1,
  machine: 1,
  run: "r1",
  workflow: "audit",
  version: "v",
  input: {},
  env: {},
  startedBy: "local:ada",
  effectRoot: "r1",
} as const;
const listed: readonly RunEvent[] = [
  created,
  { kind: "run.started", v: 1 },
  { kind: "step.started", v: 1, path: "list", attempt: 1, input: {} },
  { kind: "step.succeeded", v: 1, path: "list", output: ["a", "b c"] },
  { kind: "scope.expanded", v: 1, path: "each", items: ["a", "b c"], keys: ["a", "b%20c"] },
  { kind: "step.started", v: 1, path: "each[a]", attempt: 1, input: {} },
  { kind: "step.started", v: 1, path: "each[b%20c]", attempt: 1, input: {} },
];
const ended: readonly RunEvent[] = [
  { kind: "step.succeeded", v: 1, path: "each[a]", output: 1 },
  { kind: "step.failed", v: 1, path: "each[b%20c]", error, retryAt: 10_000 },
  { kind: "timer.fired", v: 1, path: "each[b%20c]" },
  { kind: "step.started", v: 1, path: "each[b%20c]", attempt: 2, input: {} },
  { kind: "step.failed", v: 1, path: "each[b%20c]", error },
  { kind: "step.succeeded", v: 1, path: "each" },
];

test("what is over leaves one line, a good item of a list none", () => {
  const tracker = newTracker();
  const lines = [...follow(tracker, listed), ...follow(tracker, ended, 8)];
  assert.deepEqual(
    lines.map(({ word, path, count, note }) => [word, path, count, note]),
    [
      ["succeeded", "list", undefined, undefined],
      ["retrying", "each[b c]", undefined, "in 1s after attempt 1: It broke."],
      ["failed", "each[b c]", "attempt 2", "It broke."],
      ["succeeded", "each", "2/2", "1 failed"],
    ],
  );
  assert.equal(lines[0]?.tookMs, 1000);
});

test("rows are what runs and waits, with the count of a list", () => {
  const tracker = newTracker();
  follow(tracker, listed);
  assert.deepEqual(
    tracker.rows().map(({ word, path, count, since }) => [word, path, count, since]),
    [
      ["running", "each", "0/2", 5000],
      ["running", "each[a]", undefined, 6000],
      ["running", "each[b c]", undefined, 7000],
    ],
  );
  follow(tracker, ended.slice(0, 2), 8);
  assert.deepEqual(
    tracker.rows().map(({ word, path, count }) => [word, path, count]),
    [
      ["running", "each", "1/2"],
      ["waiting", "each[b c]", undefined],
    ],
  );
  follow(tracker, ended.slice(2), 10);
  assert.deepEqual(tracker.rows(), []);
});

test("a group is silent, its steps are not, and people come first", () => {
  const tracker = newTracker();
  follow(tracker, [...listed, ...ended]);
  const lines = follow(
    tracker,
    [
      { kind: "step.started", v: 1, path: "group", attempt: 1 },
      { kind: "step.started", v: 1, path: "group/inner", attempt: 1, input: {} },
      { kind: "step.succeeded", v: 1, path: "group/inner", output: 1 },
      { kind: "step.succeeded", v: 1, path: "group" },
      {
        kind: "gate.opened",
        v: 1,
        path: "review",
        gate: { question: "Fine?\u001b[2J", show: null, editable: [], by: ["requester"], quorum: 1, hash: "h" },
      },
    ],
    14,
  );
  assert.deepEqual(
    lines.map(({ word, path, note }) => [word, path, note]),
    [
      ["succeeded", "group/inner", undefined],
      ["waiting", "review", "Fine?"],
    ],
  );
  assert.deepEqual(
    tracker.rows().map(({ path, note }) => [path, note]),
    [["review", "Fine?"]],
  );
});

test("events that are known already are passed over", () => {
  const tracker = newTracker();
  follow(tracker, listed);
  assert.deepEqual(follow(tracker, listed), []);
  assert.equal(tracker.state.seq, listed.length);
});

test("a step with a title shows it while it runs and when it has ended", () => {
  const tracker = newTracker();
  const path = "list";
  const [begun, done] = [
    { kind: "step.started", v: 1, path, attempt: 1, input: null, title: "List the files\u001b[2J" },
    { kind: "step.succeeded", v: 1, path, output: [] },
  ] as const;
  follow(tracker, [created, { kind: "run.started", v: 1 }, begun]);
  assert.deepEqual(
    tracker.rows().map((row) => row.note),
    ["List the files"],
  );
  assert.deepEqual(
    follow(tracker, [done], 4).map((line) => line.note),
    ["List the files"],
  );
});
