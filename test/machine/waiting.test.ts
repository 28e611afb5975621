import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StepPlan, WaitEventPlan } from "../../src/language/plan.ts";
import { beginMs, lead, type Run } from "./by-hand.ts";
import { isNumber, literal } from "./model/expressions.ts";

const day = 86_400_000;

const untilTime = (ms: number): Partial<StepPlan> => ({
  verb: { kind: "wait_until", until: literal(new Date(ms).toISOString()) },
});

const forEvent = (more: Partial<WaitEventPlan> = {}): Partial<StepPlan> => ({
  verb: { kind: "wait_event", event: "paid", onTimeout: "fail", ...more },
});

describe("waits until a time", () => {
  const text = "workflow: w\nsteps: [{ id: pause, wait: 1s }, { id: after, function: work }]\n";

  test("a time to come is waited for, and not a moment longer or shorter", () => {
    const run = lead(text, { steps: { pause: untilTime(beginMs + 5000) } });
    assert.deepEqual([run.status("pause"), run.phase()], ["waiting", "running"]);
    run.pass(4999);
    assert.equal(run.status("pause"), "waiting");
    run.pass(1);
    assert.deepEqual([run.status("pause"), run.calls()], ["succeeded", ["after"]]);
  });

  test("a time that has passed is not waited for", () => {
    const run = lead(text, { steps: { pause: untilTime(beginMs - 5000) } });
    assert.deepEqual([run.status("pause"), run.calls()], ["succeeded", ["after"]]);
  });

  test("what is no time fails the step and says how one is written", () => {
    const run = lead(text, { steps: { pause: { verb: { kind: "wait_until", until: literal("soon") } } } });
    assert.equal(run.state.ended?.error?.code, "expression.failed");
    assert.match(run.state.ended.error.message, /'soon'; write it as 2030-01-31T09:00:00Z/);
  });

  test("a time that comes in a pause is over when the run goes on", () => {
    const run = lead(text, { steps: { pause: untilTime(beginMs + 5000) } });
    run.say({ kind: "run.paused", v: 1, by: "ada" });
    run.pass(6000);
    assert.equal(run.status("pause"), "waiting");
    run.say({ kind: "run.resumed", v: 1, by: "ada" });
    assert.equal(run.status("pause"), "succeeded");
  });
});

describe("waits for events", () => {
  const text = "workflow: w\nsteps: [{ id: hear, wait: 1s }, { id: after, function: work }]\n";
  const hearing = (more: Partial<WaitEventPlan> = {}): Run => lead(text, { steps: { hear: forEvent(more) } });

  test("an event that comes ends the wait and is its output; the run does not wait for people meanwhile", () => {
    const run = hearing();
    assert.equal(run.phase(), "running");
    run.report("left", {});
    assert.equal(run.status("hear"), "waiting");
    run.report("paid", { n: 1 });
    assert.deepEqual([run.status("hear"), run.step("hear").output, run.calls()], ["succeeded", { n: 1 }, ["after"]]);
  });

  test("an event that came before the wait began ends it at once", () => {
    const late = "workflow: w\nsteps: [{ id: first, function: work }, { id: hear, wait: 1s }]\n";
    const run = lead(late, { steps: { hear: forEvent() } });
    run.report("paid", { n: 7 });
    run.end("first");
    assert.deepEqual(run.step("hear").output, { n: 7 });
    assert.deepEqual(run.story("hear"), ["step.succeeded"]);
  });

  test("only an event that matches ends the wait, and the first of them does", () => {
    const run = hearing({ match: isNumber(2) });
    run.report("paid", { n: 1 });
    assert.equal(run.status("hear"), "waiting");
    run.report("paid", { n: 2, first: true });
    run.report("paid", { n: 2, first: false });
    assert.deepEqual(run.step("hear").output, { n: 2, first: true });
  });

  test("a condition that cannot be worked out for an event fails the step and names it", () => {
    const run = hearing({ match: isNumber(2) });
    run.report("paid", "text");
    assert.equal(run.state.ended?.error?.path, "hear");
    assert.match(run.state.ended.error.message, /^match of hear: /);
  });

  test("each iteration of a loop waits for an event of its own", () => {
    const loop = `
workflow: w
steps: [{ id: l, loop: { max_iters: 2 }, do: [{ id: hear, wait: 1s }] }]
output: { heard: "\${hear.output}" }
`;
    const run = lead(loop, { steps: { hear: forEvent() } });
    run.report("paid", 1);
    assert.deepEqual([run.status("l@1/hear"), run.status("l@2/hear")], ["succeeded", "waiting"]);
    run.report("paid", 2);
    assert.deepEqual([run.step("l@1/hear").output, run.step("l@2/hear").output], [1, 2]);
    assert.equal(run.state.ended?.outcome, "ok");
  });

  test("events that came early are used up one by one, in the order in which they came", () => {
    const loop =
      "workflow: w\nsteps: [{ id: l, loop: { max_iters: 3 }, do: [{ id: f, function: work }, { id: hear, wait: 1s }] }]\n";
    const run = lead(loop, { steps: { hear: forEvent() } });
    for (const n of [1, 2]) run.report("paid", n);
    for (const n of [1, 2, 3]) run.end(`l@${n}/f`);
    assert.deepEqual(
      [1, 2].map((n) => run.step(`l@${n}/hear`).output),
      [1, 2],
    );
    assert.equal(run.status("l@3/hear"), "waiting");
  });

  test("one event ends every wait that it matches: two steps, and each item of a for-each", () => {
    const many = `
workflow: w
mode: parallel
steps:
  - { id: hear, wait: 1s }
  - { id: also, wait: 1s }
  - { id: each, for_each: "[1, 2]", do: [{ id: too, wait: 1s }] }
`;
    const run = lead(many, { steps: { hear: forEvent(), also: forEvent(), too: forEvent() } });
    run.report("paid", "all");
    for (const path of ["hear", "also", "each[0]/too", "each[1]/too"]) assert.equal(run.step(path).output, "all");
  });

  test("when no event comes in time the step fails, or goes on with null", () => {
    const failed = hearing({ timeoutMs: 1000 });
    failed.pass(1000);
    assert.deepEqual([failed.state.ended?.error?.code, failed.state.ended?.phase], ["wait.timeout", "failed"]);
    const gone = hearing({ timeoutMs: 1000, onTimeout: "continue" });
    gone.pass(1000);
    assert.deepEqual([gone.status("hear"), gone.step("hear").output, gone.calls()], ["succeeded", null, ["after"]]);
    gone.report("paid", "too late");
    assert.equal(gone.step("hear").output, null);
  });

  test("an event counts for seven days", () => {
    const late = "workflow: w\nsteps: [{ id: first, wait: 1s }, { id: hear, wait: 1s }]\n";
    const after = (days: number): Run => {
      const run = lead(late, { steps: { first: untilTime(beginMs + days * day), hear: forEvent() } });
      run.report("paid", 1);
      run.pass(days * day);
      return run;
    };
    assert.equal(after(7).status("hear"), "succeeded");
    assert.equal(after(7.01).status("hear"), "waiting");
  });

  test("a run keeps a thousand events and refuses the next by name", () => {
    const run = hearing();
    for (let n = 0; n < 1000; n += 1)
      run.state.received.push({ type: "left", data: n, at: beginMs, usedBy: new Set() });
    assert.throws(() => run.report("paid", 1), { code: "inbox.full" });
  });

  test("a wait that is being cancelled takes no event", () => {
    const run = hearing();
    run.say({ kind: "run.cancel-requested", v: 1, by: "ada" });
    assert.deepEqual([run.status("hear"), run.state.ended?.phase], ["cancelled", "cancelled"]);
    assert.equal(run.state.listening.size, 0);
  });
});

describe("waits for another run", () => {
  const text =
    'workflow: w\nsteps: [{ id: sub, wait: 1s }, { id: after, function: work, with: { got: "${sub.output}" } }]\n';
  const childStep = (more: Partial<StepPlan> = {}, detach = false): Run =>
    lead(text, {
      steps: {
        sub: { verb: { kind: "workflow", workflow: "c", version: "1", with: literal({ n: 1 }), detach }, ...more },
      },
    });

  test("the step waits for the run it started, and has its output", () => {
    const run = childStep();
    const { child } = run.step("sub");
    assert.deepEqual([run.status("sub"), run.phase(), run.story("sub")], ["waiting", "running", ["child.started"]]);
    assert.match(child ?? "", /^r[0-9a-z]{26}$/);
    run.endChild("sub", { status: "completed", outcome: "ok", output: 7 });
    assert.deepEqual([run.step("sub").output, run.step("after").input], [7, { got: 7 }]);
  });

  test("the end of another run, and an end that comes twice, change nothing", () => {
    const run = childStep();
    run.endChild("sub", { status: "completed", run: "somebody else's" });
    assert.equal(run.status("sub"), "waiting");
    run.endChild("sub", { status: "completed" });
    const { length } = run.events;
    run.endChild("sub", { status: "failed" });
    assert.equal(run.events.length, length);
  });

  test("a run that failed, was cancelled or was rejected fails the step, which says why", () => {
    const words = (end: Parameters<Run["endChild"]>[1]): string => {
      const run = childStep();
      run.endChild("sub", end);
      assert.deepEqual([run.status("sub"), run.state.ended?.error?.code], ["failed", "child.failed"]);
      return run.state.ended?.error?.message ?? "";
    };
    assert.match(words({ status: "failed", error: { code: "x", message: "The disk is full." } }), /The disk is full/);
    assert.match(words({ status: "cancelled" }), /was cancelled/);
    assert.match(words({ status: "completed", outcome: "rejected" }), /was rejected at a gate/);
  });

  test("a run that takes too long fails the step; its end is not waited for", () => {
    const run = childStep({ timeoutMs: 5000 });
    run.pass(5000);
    assert.deepEqual([run.status("sub"), run.state.ended?.error?.code], ["failed", "step.timeout"]);
    assert.equal(run.state.children.size, 0);
  });

  test("a cancel ends the step at once, without the other run", () => {
    const run = childStep();
    run.say({ kind: "run.cancel-requested", v: 1, by: "ada" });
    assert.deepEqual([run.status("sub"), run.state.ended?.phase], ["cancelled", "cancelled"]);
  });

  test("a detached run is not waited for: the step gives its id", () => {
    const run = childStep({}, true);
    assert.deepEqual(run.step("sub").output, { run: run.step("sub").child });
    assert.deepEqual(run.calls(), ["after"]);
  });
});
