import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Patch, Run } from "./by-hand.ts";
import { lead } from "./by-hand.ts";
import { literal } from "./model/expressions.ts";

describe("time limits of groups", () => {
  const text = `
workflow: w
steps:
  - { id: g, do: [{ id: a, function: work }, { id: b, function: work }] }
  - { id: after, run_on: always, function: work }
`;
  const limited = (more: Patch["steps"] = {}): Run => lead(text, { steps: { g: { timeoutMs: 1000 }, ...more } });

  test("a call that runs is aborted, nothing more begins, and the group fails as soon as it has ended", () => {
    const run = limited();
    run.pass(1000);
    assert.deepEqual(
      [run.status("g"), run.status("g/b"), [...run.state.aborting]],
      ["running", "skipped", [run.step("g/a")]],
    );
    run.end("g/a");
    assert.deepEqual(
      [run.status("g/a"), run.status("g"), run.step("g").error?.code],
      ["cancelled", "failed", "step.timeout"],
    );
    assert.deepEqual(run.calls(), ["after"]);
    assert.match(run.step("g").error?.message ?? "", /Group g did not end within 1s/);
  });

  test("a group that ends in time has no timer any more", () => {
    const run = limited();
    for (const path of ["g/a", "g/b"]) run.end(path);
    assert.deepEqual([run.status("g"), run.state.timers.size], ["succeeded", 0]);
  });

  test("what waits in it ends with it: a gate, a wait and an attempt to come", () => {
    const waiting = `
workflow: w
steps:
  - id: g
    mode: parallel
    on_failure: continue
    do:
      - { id: ask, approve: Go?, by: [boss] }
      - { id: pause, wait: 1h }
      - { id: again, function: work, retry: { max: 1, delay: 1h, backoff: fixed } }
      - { id: inner, do: [{ id: deep, wait: 1h }] }
`;
    const run = lead(waiting, { steps: { g: { timeoutMs: 1000 } } });
    run.fail("g/again", true);
    assert.equal(run.step("g/again").waiting, "backoff");
    run.pass(1000);
    for (const id of ["ask", "pause", "again", "inner", "inner/deep"]) assert.equal(run.status(`g/${id}`), "cancelled");
    assert.deepEqual([run.step("g").error?.code, run.state.ended?.outcome], ["step.timeout", "ok"]);
    assert.deepEqual([run.state.timers.size, run.state.gates.size, run.state.backoffs], [0, 0, 0]);
  });

  test("the limit holds for all iterations of a loop together, and none begins after it", () => {
    const loop = "workflow: w\nsteps: [{ id: l, loop: { max_iters: 9 }, do: [{ id: a, function: work }] }]\n";
    const run = lead(loop, { steps: { l: { timeoutMs: 1000 } } });
    run.pass(600);
    run.end("l@1/a");
    run.pass(399);
    assert.deepEqual(run.calls(), ["l@2/a"]);
    run.pass(1);
    run.end("l@2/a");
    assert.deepEqual([run.status("l@3/a"), run.step("l").error?.code], ["absent", "step.timeout"]);
  });

  test("an iteration that ends at the moment at which the time is over begins no other", () => {
    const loop = "workflow: w\nsteps: [{ id: l, loop: { max_iters: 9 }, do: [{ id: a, wait: 1s }] }]\n";
    const run = lead(loop, { steps: { l: { timeoutMs: 1000 } } });
    run.pass(1000);
    assert.deepEqual([run.status("l@2/a"), run.step("l").error?.code], ["absent", "step.timeout"]);
  });

  test("each item of a for-each has its own time", () => {
    const each = `workflow: w\nsteps: [{ id: e, for_each: "[1, 2]", max_parallel: 1, on_failure: continue, do: [{ id: a, function: work }] }]\n`;
    const run = lead(each, { steps: { e: { timeoutMs: 1000 } } });
    run.pass(1000);
    run.end("e[0]/a");
    run.pass(999);
    assert.deepEqual([run.status("e[0]"), run.status("e[1]")], ["failed", "running"]);
    run.end("e[1]/a");
    assert.equal(run.status("e[1]"), "succeeded");
  });

  test("a group that is being cancelled when its time is over ends as cancelled, once", () => {
    const run = limited();
    run.say({ kind: "run.cancel-requested", v: 1, by: "ada" });
    run.pass(2000);
    assert.equal(run.status("g"), "running");
    run.end("g/a");
    assert.deepEqual([run.status("g"), run.state.ended?.phase], ["cancelled", "cancelled"]);
    assert.deepEqual(run.story("g"), ["step.started", "step.cancelled"]);
  });

  test("the time of a group goes on in a pause, and is over when the run is resumed", () => {
    const run = limited();
    run.say({ kind: "run.paused", v: 1, by: "ada" });
    run.pass(5000);
    assert.equal(run.step("g").timedOut, undefined);
    run.say({ kind: "run.resumed", v: 1, by: "ada" });
    assert.equal(run.step("g").timedOut, true);
  });
});

describe("limits of a run", () => {
  test("runtime counts what runs and back-offs, and neither waits, gates nor pauses", () => {
    const text = `
workflow: w
steps:
  - { id: a, function: work, retry: { max: 1, delay: 1s, backoff: fixed, jitter: false } }
  - { id: pause, wait: 1h }
  - { id: ask, approve: Go?, by: [boss] }
  - { id: b, function: work }
`;
    const run = lead(text, { limits: { runtimeMs: 5000 } });
    run.pass(1000);
    run.fail("a", true);
    run.pass(1000);
    run.pass(1000);
    run.end("a");
    assert.deepEqual(run.state.active, { spentMs: 3000 });
    run.pass(3_600_000);
    run.say({ kind: "run.paused", v: 1, by: "ada" });
    run.pass(3_600_000);
    run.say({ kind: "run.resumed", v: 1, by: "ada" });
    run.decide({ path: "ask", outcome: "accepted" });
    run.pass(1999);
    assert.equal(run.state.limit, undefined);
    run.pass(1);
    assert.deepEqual([run.state.limit, run.state.aborting.size], ["runtime", 1]);
    run.end("b");
    assert.deepEqual([run.state.ended?.phase, run.state.ended?.error?.code], ["failed", "run.limit"]);
    assert.match(run.state.ended?.error?.message ?? "", /ran for 5s \(limits\.runtime\)/);
  });

  test("the deadline counts from the start, whatever the run does meanwhile", () => {
    const text =
      "workflow: w\nsteps: [{ id: ask, approve: Go?, by: [boss] }, { id: b, run_on: always, function: work }]\n";
    const run = lead(text, { limits: { deadlineMs: 10_000 } });
    run.pass(9999);
    assert.equal(run.phase(), "awaiting_approval");
    run.pass(1);
    assert.deepEqual([run.step("ask").gate?.state, run.status("b")], ["withdrawn", "skipped"]);
    assert.match(run.state.ended?.error?.message ?? "", /did not end within 10s \(limits\.deadline\)/);
  });

  test("a deadline that passes in a pause is found when the run is resumed", () => {
    const run = lead("workflow: w\nsteps: [{ id: a, wait: 1h }]\n", { limits: { deadlineMs: 1000 } });
    run.say({ kind: "run.paused", v: 1, by: "ada" });
    run.pass(5000);
    assert.equal(run.state.limit, undefined);
    run.say({ kind: "run.resumed", v: 1, by: "ada" });
    assert.equal(run.state.limit, "deadline");
  });

  test("a run that is being cancelled ends as cancelled, whatever its limits", () => {
    const run = lead("workflow: w\nsteps: [{ id: a, function: work }]\n", { limits: { deadlineMs: 1000 } });
    run.say({ kind: "run.cancel-requested", v: 1, by: "ada" });
    run.pass(2000);
    run.end("a");
    assert.deepEqual([run.state.limit, run.state.ended?.phase], [undefined, "cancelled"]);
  });

  test("more steps than limits.steps end the run before they begin", () => {
    const text = `workflow: w\nsteps: [{ id: e, for_each: "[1, 2, 3, 4, 5]", max_parallel: 5, function: work }]\n`;
    const some = lead(text, { limits: { steps: 6 } });
    assert.equal(some.calls().length, 5);
    const many = lead(text, { limits: { steps: 5 } });
    assert.deepEqual([many.calls(), many.state.limit, many.state.ended?.phase], [[], "steps", "failed"]);
  });

  test("limits.depth is how many runs may stand in each other", () => {
    const sub = { verb: { kind: "workflow", workflow: "c", version: "1", with: literal({}), detach: false } } as const;
    const at = (depth: number): Run =>
      lead("workflow: w\nsteps: [{ id: sub, wait: 1s }]\n", { steps: { sub }, limits: { depth } });
    assert.equal(at(1).status("sub"), "waiting");
    assert.match(at(0).state.ended?.error?.message ?? "", /limits\.depth/);
  });
});

describe("limits.parallel", () => {
  test("no more calls run at once, what is ready keeps its place, and nothing is left behind", () => {
    const text = `
workflow: w
mode: parallel
steps:
  - { id: each, for_each: "[0, 1, 2, 3]", max_parallel: 4, function: work }
  - { id: last, function: work }
  - { id: g, do: [{ id: inner, function: work }] }
`;
    const run = lead(text, { limits: { parallel: 2 } });
    const order: string[] = [];
    while (run.calls().length > 0) {
      assert.ok(run.calls().length <= 2);
      const [path = ""] = run.calls();
      order.push(path);
      run.end(path);
    }
    assert.deepEqual([order.length, run.state.ended?.outcome], [6, "ok"]);
    assert.ok(order.indexOf("last") < order.indexOf("each[3]"), order.join());
  });

  test("what waits takes no room: a gate, a wait, a back-off and another run", () => {
    const text = `
workflow: w
mode: parallel
steps:
  - { id: ask, approve: Go?, by: [boss] }
  - { id: pause, wait: 1h }
  - { id: again, function: work, retry: { max: 1, delay: 1h, backoff: fixed, jitter: false } }
  - { id: other, function: work }
`;
    const run = lead(text, { limits: { parallel: 1 } });
    run.fail("again", true);
    assert.deepEqual(run.calls(), ["other"]);
    run.pass(3_600_000);
    assert.deepEqual([run.status("again"), run.calls()], ["ready", ["other"]]);
    run.end("other");
    assert.deepEqual(run.calls(), ["again"]);
  });

  test("a call that is being aborted keeps its room until it has ended", () => {
    const text = `
workflow: w
mode: parallel
steps:
  - { id: g, on_failure: continue, do: [{ id: a, function: work }] }
  - { id: pause, wait: 500ms }
  - { id: b, needs: [pause], function: work }
`;
    const run = lead(text, { steps: { g: { timeoutMs: 1000 } }, limits: { parallel: 1 } });
    run.pass(500);
    run.pass(500);
    assert.deepEqual([run.calls(), run.state.aborting.size, run.status("b")], [["g/a"], 1, "ready"]);
    run.end("g/a");
    assert.deepEqual([run.status("g"), run.calls()], ["failed", ["b"]]);
  });
});
