import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ApprovePlan, StepPlan } from "../../src/language/plan.ts";
import { boss, lead, type Patch, type Run } from "./by-hand.ts";
import { literal } from "./model/expressions.ts";

/** A gate as the file has it, with "request changes". Steps are named by their index in the plan. */
const gate = (redo: number | undefined, more: Partial<ApprovePlan> = {}): Partial<StepPlan> => ({
  verb: {
    kind: "approve",
    question: literal("Go?"),
    show: literal({ amount: 1 }),
    editable: ["amount"],
    by: ["boss"],
    quorum: "any",
    onReject: "stop",
    onChanges: { max: 2, ...(redo !== undefined && { redo }) },
    ...more,
  },
});

const changes = (run: Run, path: string, comment = "shorter"): void =>
  run.decide({ path, outcome: "changes", comment });

const planned = `
workflow: w
steps:
  - { id: plan, function: work, with: { n: "\${iter.n}", comment: "\${iter.comment}", last: "\${iter.last}" } }
  - { id: check, function: work, with: { plan: "\${plan.output}" } }
  - { id: ask, approve: Go?, by: [boss] }
  - { id: after, function: work, with: { plan: "\${plan.output}", by: "\${ask.decision.by}" } }
output: { plan: "\${plan.output}" }
`;

function led(more: Partial<ApprovePlan> = {}, patch: Patch = {}): Run {
  return lead(planned, { ...patch, steps: { ask: gate(0, more), ...patch.steps } });
}

describe("a request for changes", () => {
  test("does the steps up to the gate again, on new paths, with the comment and what was there before", () => {
    const run = led();
    assert.deepEqual(run.step("plan").input, { n: 1, comment: null, last: null });
    run.end("plan", "draft");
    run.end("check", "fine");
    changes(run, "ask");
    assert.deepEqual(
      [run.step("ask").gate?.state, run.status("ask"), run.calls()],
      ["withdrawn", "cancelled", ["plan@2"]],
    );
    assert.deepEqual(run.step("plan@2").input, {
      n: 2,
      comment: "shorter",
      last: { plan: "draft", check: "fine", ask: null },
    });
    run.end("plan@2", "shorter draft");
    assert.deepEqual([run.calls(), run.step("check@2").input], [["check@2"], { plan: "shorter draft" }]);
    run.end("check@2");
    assert.equal(run.phase(), "awaiting_approval");
    run.decide({ path: "ask@2", outcome: "accepted" });
    assert.deepEqual(run.step("after").input, { plan: "shorter draft", by: "boss" });
    run.end("after");
    assert.deepEqual(run.state.ended?.output, { plan: "shorter draft" });
  });

  test("starts what follows the gate once", () => {
    const run = led();
    for (const path of ["plan", "check"]) run.end(path);
    changes(run, "ask");
    for (const path of ["plan@2", "check@2"]) run.end(path);
    assert.equal(run.status("after"), "pending");
    run.decide({ path: "ask@2", outcome: "accepted" });
    assert.deepEqual(run.story("after"), ["step.started"]);
  });

  test("can be made as often as max says, counted in what the gate offers; the old gate is closed", () => {
    const run = led();
    for (const [suffix, left] of [
      ["", 2],
      ["@2", 1],
      ["@3", 0],
    ] as const) {
      for (const id of ["plan", "check"]) run.end(id + suffix);
      assert.equal(run.step(`ask${suffix}`).gate?.offer.changesLeft, left);
      if (left > 0) changes(run, `ask${suffix}`);
    }
    assert.throws(() => changes(run, "ask@3"), { code: "gate.edit-refused", message: /accept or reject it/ });
    assert.throws(() => changes(run, "ask"), { code: "gate.decided", message: /already withdrawn by boss/ });
    run.decide({ path: "ask@3", outcome: "rejected" });
    assert.equal(run.state.ended?.outcome, "rejected");
  });

  test("is refused by a gate that does not offer it", () => {
    const run = lead(planned);
    for (const path of ["plan", "check"]) run.end(path);
    assert.throws(() => changes(run, "ask"), { code: "gate.edit-refused", message: /does not let changes be asked/ });
  });

  test("opens the gate alone again when it names no step, or one that the gate does not wait for", () => {
    const alone = `workflow: w\nmode: parallel\nsteps: [{ id: beside, function: work }, { id: ask, approve: Go?, by: [boss] }]\n`;
    for (const redo of [undefined, 0]) {
      const run = lead(alone, { steps: { ask: gate(redo) } });
      changes(run, "ask");
      assert.deepEqual([run.status("ask@2"), run.status("beside@2")], ["waiting", "absent"]);
    }
  });

  test("of somebody who is not asked is refused", () => {
    const run = led();
    for (const path of ["plan", "check"]) run.end(path);
    assert.throws(() => run.decide({ path: "ask", outcome: "changes" }, { id: "eve", roles: [] }), {
      code: "gate.forbidden",
    });
  });

  test("while the run is cancelled ends the steps that are being done again", () => {
    const run = led();
    for (const path of ["plan", "check"]) run.end(path);
    changes(run, "ask");
    run.say({ kind: "run.cancel-requested", v: 1, by: "ada" });
    assert.deepEqual(
      [run.status("check@2"), run.status("ask@2"), run.status("after")],
      ["skipped", "skipped", "skipped"],
    );
    run.end("plan@2");
    assert.deepEqual([run.status("plan@2"), run.state.ended?.phase], ["cancelled", "cancelled"]);
  });

  test("of a step that fails the second time stops the list", () => {
    const run = led();
    for (const path of ["plan", "check"]) run.end(path);
    changes(run, "ask");
    run.fail("plan@2");
    assert.deepEqual([run.state.ended?.phase, run.state.ended?.error?.path], ["failed", "plan@2"]);
  });

  test("forgets a failure that the second time mended", () => {
    const text = `
workflow: w
steps:
  - { id: plan, function: work, on_failure: continue, retry: { max: 0 } }
  - { id: ask, approve: Go?, by: [boss] }
  - { id: mend, run_on: failure, function: work }
`;
    const failing = (mended: boolean): Run => {
      const run = lead(text, { steps: { ask: gate(0) } });
      run.fail("plan");
      changes(run, "ask");
      if (mended) run.end("plan@2");
      else run.fail("plan@2");
      run.decide({ path: "ask@2", outcome: "accepted" });
      return run;
    };
    assert.deepEqual([failing(true).status("mend"), failing(false).status("mend")], ["skipped", "running"]);
  });

  test("at a second gate behind the first makes paths that were never there, and each gate counts its own", () => {
    const text = `
workflow: w
steps:
  - { id: plan, function: work }
  - { id: ask, approve: Go?, by: [boss] }
  - { id: sure, approve: Sure?, by: [boss] }
`;
    const run = lead(text, { steps: { ask: gate(0), sure: gate(0) } });
    run.end("plan");
    changes(run, "ask");
    run.end("plan@2");
    run.decide({ path: "ask@2", outcome: "accepted" });
    changes(run, "sure");
    assert.deepEqual(run.calls(), ["plan@3"]);
    run.end("plan@3");
    assert.equal(run.step("ask@3").gate?.offer.changesLeft, 1);
    run.decide({ path: "ask@3", outcome: "accepted" });
    assert.equal(run.step("sure@3").gate?.offer.changesLeft, 1);
    run.decide({ path: "sure@3", outcome: "accepted" });
    assert.deepEqual([run.state.ended?.outcome, run.status("plan@2")], ["ok", "succeeded"]);
  });
});

describe("beside steps that are done again", () => {
  // 0 plan, 1 slow, 2 ask, 3 begun, 4 later, 5 group, 6 first, 7 second
  const text = `
workflow: w
mode: parallel
steps:
  - { id: plan, function: work }
  - { id: slow, function: work }
  - { id: ask, needs: [plan], approve: Go?, by: [boss] }
  - { id: begun, function: work, with: { plan: "\${plan.output}" } }
  - { id: later, needs: [slow], function: work, with: { plan: "\${plan.output}" } }
  - id: group
    needs: [plan]
    do: [{ id: first, function: work }, { id: second, function: work, with: { plan: "\${plan.output}" } }]
`;
  const led2 = (): Run => {
    const run = lead(text, { steps: { ask: gate(0) } });
    run.end("plan", "old");
    return run;
  };

  test("a step that has begun keeps what it has and is not done again", () => {
    const run = led2();
    run.end("begun", "kept");
    changes(run, "ask");
    run.end("plan@2", "new");
    assert.deepEqual([run.step("begun").output, run.status("begun@2")], ["kept", "absent"]);
    assert.deepEqual(run.story("begun"), ["step.started", "step.succeeded"]);
  });

  test("a step that has not begun waits for the new one and reads it", () => {
    const run = led2();
    changes(run, "ask");
    run.end("slow");
    assert.equal(run.status("later"), "pending");
    run.end("plan@2", "new");
    assert.deepEqual([run.status("later"), run.step("later").input], ["running", { plan: "new" }]);
  });

  test("a group that has begun goes on with what was there before, as long as that is being made anew", () => {
    const run = led2();
    changes(run, "ask");
    run.end("group/first");
    assert.deepEqual(run.step("group/second").input, { plan: "old" });
  });
});

describe("in loops and for-eaches", () => {
  test("each iteration has its own redone steps, and iter is that of the nearest repetition", () => {
    const text = `
workflow: w
steps:
  - id: l
    loop: { max_iters: 2 }
    do:
      - { id: plan, function: work, with: { n: "\${iter.n}" } }
      - { id: ask, approve: Go?, by: [boss] }
      - { id: after, function: work, with: { n: "\${iter.n}", plan: "\${plan.output}" } }
`;
    const run = lead(text, { steps: { ask: gate(1) } });
    run.end("l@1/plan", "a");
    changes(run, "l@1/ask");
    assert.deepEqual(run.step("l@1/plan@2").input, { n: 2 });
    run.end("l@1/plan@2", "b");
    run.decide({ path: "l@1/ask@2", outcome: "accepted" });
    assert.deepEqual(run.step("l@1/after").input, { n: 1, plan: "b" });
    run.end("l@1/after");
    assert.deepEqual([run.calls(), run.step("l@2/plan").input], [["l@2/plan"], { n: 2 }]);
    run.end("l@2/plan");
    assert.equal(run.step("l@2/ask").gate?.offer.changesLeft, 2);
  });

  test("a whole group, a loop and a for-each can be done again", () => {
    const text = `
workflow: w
steps:
  - { id: g, do: [{ id: a, function: work }] }
  - { id: each, for_each: "['x', 'y']", as: k, key: k, function: work }
  - { id: ask, approve: Go?, by: [boss] }
output: { each: "\${each.output}" }
`;
    const run = lead(text, { steps: { ask: gate(0) } });
    run.end("g/a");
    for (const key of ["x", "y"]) run.end(`each[${key}]`, key);
    changes(run, "ask");
    run.end("g@2/a");
    assert.deepEqual(run.calls(), ["each@2[x]", "each@2[y]"]);
    for (const key of ["x", "y"]) run.end(`each@2[${key}]`, `${key}2`);
    run.decide({ path: "ask@2", outcome: "accepted" });
    assert.deepEqual(run.state.ended?.output, { each: ["x2", "y2"] });
  });

  test("in a body of a for-each only the item's own steps are done again", () => {
    const text = `
workflow: w
steps:
  - id: each
    for_each: "[1, 2]"
    do: [{ id: plan, function: work }, { id: ask, approve: Go?, by: [boss] }]
`;
    const run = lead(text, { steps: { ask: gate(1) } });
    run.end("each[0]/plan");
    run.end("each[1]/plan");
    changes(run, "each[1]/ask");
    assert.deepEqual(run.calls(), ["each[1]/plan@2"]);
    assert.equal(run.status("each[0]/ask"), "waiting");
  });

  test("an item that is a gate opens again alone, and the for-each comes to its end", () => {
    const text = `
workflow: w
steps:
  - { id: plan, function: work }
  - { id: asks, for_each: "['x', 'y']", as: k, key: k, approve: Go?, by: [boss] }
output: { asks: "\${asks.output}" }
`;
    const run = lead(text, { steps: { asks: gate(0) } });
    run.end("plan");
    changes(run, "asks[x]");
    assert.deepEqual(
      [run.status("asks[x]@2"), run.status("asks@2"), run.status("plan@2")],
      ["waiting", "absent", "absent"],
    );
    run.decide({ path: "asks[x]@2", outcome: "accepted", edits: { amount: 2 } });
    run.decide({ path: "asks[y]", outcome: "accepted" });
    assert.deepEqual(run.state.ended?.output, { asks: [{ amount: 2 }, { amount: 1 }] });
  });

  test("a wait for an event that is done again waits for another one", () => {
    const text = "workflow: w\nsteps: [{ id: hear, wait: 1s }, { id: ask, approve: Go?, by: [boss] }]\n";
    const hear = { verb: { kind: "wait_event", event: "paid", onTimeout: "fail" } } as const;
    const run = lead(text, { steps: { hear, ask: gate(0) } });
    run.report("paid", 1);
    changes(run, "ask");
    assert.equal(run.status("hear@2"), "waiting");
    run.report("paid", 2);
    assert.equal(run.step("hear@2").output, 2);
    run.decide({ path: "ask@2", outcome: "accepted" }, boss);
    assert.equal(run.state.ended?.outcome, "ok");
  });
});
