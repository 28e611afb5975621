import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { apply } from "../../src/machine/apply.ts";
import { decide } from "../../src/machine/decide.ts";
import { phaseOf } from "../../src/machine/state.ts";
import { beginMs, boss, lead } from "./by-hand.ts";
import { play } from "./play.ts";

describe("gates", () => {
  const gated = (extra = ""): string => `
workflow: w
steps:
  - { id: draft, set: { amount: 1, note: "hello" } }
  - { id: ask, approve: "Pay \${draft.output.amount}?", by: [boss], show: "\${draft.output}", editable: [amount]${extra} }
  - { id: pay, needs: [ask], function: work, with: "\${ask.output}" }
`;

  test("a run waits for its gate, and an accepted gate gives what was shown, as edited", () => {
    const run = play(gated());
    assert.equal(run.state.ended, undefined);
    run.decide({ path: "ask", outcome: "accepted", edits: { amount: 2 }, comment: "fine" });
    run.goOn();
    assert.deepEqual(run.state.instances.get("pay")?.output, { amount: 2, note: "hello" });
  });

  test("a rejected gate ends the run as completed with outcome rejected", () => {
    const run = play(gated());
    run.decide({ path: "ask", outcome: "rejected" });
    run.goOn();
    assert.deepEqual([run.state.ended?.phase, run.state.ended?.outcome], ["completed", "rejected"]);
    assert.equal(run.status("pay"), "skipped");
  });

  test("on_reject: fail fails the step, continue counts as skipped", () => {
    const failed = play(gated(", on_reject: fail"));
    failed.decide({ path: "ask", outcome: "rejected" });
    failed.goOn();
    assert.equal(failed.state.ended?.phase, "failed");
    const gone = play(gated(", on_reject: continue"));
    gone.decide({ path: "ask", outcome: "rejected" });
    gone.goOn();
    assert.deepEqual([gone.state.ended?.outcome, gone.status("ask"), gone.status("pay")], ["ok", "skipped", "skipped"]);
  });

  test("a gate is decided once, by those it names, about what it shows, and only editable fields change", () => {
    const run = play(gated());
    const refused = (request: Parameters<typeof run.decide>[0], code: string): void =>
      assert.throws(() => run.decide(request), { code }, `${code} was expected`);
    refused({ path: "nope", outcome: "accepted" }, "gate.not-found");
    refused({ path: "ask", outcome: "accepted", edits: { note: "other" } }, "gate.edit-refused");
    refused({ path: "ask", outcome: "accepted", hash: "of something else" }, "gate.decided");
    run.decide({ path: "ask", outcome: "accepted" });
    refused({ path: "ask", outcome: "rejected" }, "gate.decided");
  });

  test("quorum: all needs a word of each", () => {
    const run = play(gated(", quorum: 2"));
    run.decide({ path: "ask", outcome: "accepted" });
    run.goOn();
    assert.equal(run.state.ended, undefined);
    assert.throws(() => run.decide({ path: "ask", outcome: "accepted" }), { code: "gate.decided" });
  });
});

describe("cancel and pause", () => {
  test("a cancelled run starts nothing more, withdraws its gates and ends as cancelled", () => {
    const run = play(
      "workflow: w\nmode: parallel\nsteps: [{ id: ask, approve: Go?, by: [boss] }, { id: after, needs: [ask], function: work }]\n",
    );
    run.record({ kind: "run.cancel-requested", v: 1, by: "ada" });
    run.goOn();
    assert.equal(run.state.ended?.phase, "cancelled");
    assert.deepEqual(run.story().slice(-2), ["gate.withdrawn ask", "run.finished"]);
  });

  test("a paused run starts nothing; resumed, it goes on where it was", () => {
    const run = play("workflow: w\nsteps: [{ id: ask, approve: Go?, by: [boss] }, { id: after, function: work }]\n");
    run.record({ kind: "run.paused", v: 1, by: "ada" });
    run.decide({ path: "ask", outcome: "accepted" });
    run.goOn();
    assert.equal(run.status("after"), "ready");
    run.record({ kind: "run.resumed", v: 1, by: "ada" });
    run.goOn();
    assert.equal(run.state.ended?.outcome, "ok");
  });
});

test("a rejection may leave nothing but another gate: then the run waits for people at once", () => {
  const run = lead(`workflow: w
mode: parallel
steps:
  - { id: other, approve: Other?, by: [boss], run_on: always }
  - { id: ask, approve: Go?, by: [boss], on_reject: fail }
  - { id: work, function: work }
  - { id: after, needs: [work], function: work }
`);
  run.say({ kind: "run.paused", v: 1, by: "ada" });
  run.end("work");
  const { state } = run;
  // In one turn, before anything that is ready begins.
  apply(state, { kind: "run.resumed", v: 1, by: "ada" }, beginMs);
  assert.equal(phaseOf(state), "running");
  for (const event of decide(state, { path: "ask", outcome: "rejected" }, boss, beginMs)) apply(state, event, beginMs);
  assert.deepEqual([phaseOf(state), run.status("after")], ["awaiting_approval", "skipped"]);
});
