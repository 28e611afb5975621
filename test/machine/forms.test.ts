import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonObject } from "../../src/base/json.ts";
import type { ApprovePlan } from "../../src/language/plan.ts";
import type { Decider } from "../../src/machine/decide.ts";
import { boss, lead, type Run } from "./by-hand.ts";
import { literal } from "./model/expressions.ts";

const tess: Decider = { id: "tess", roles: ["team"] };
const ada: Decider = { id: "ada", roles: ["boss", "team"] };

const form = {
  type: "object",
  properties: { reason: { type: "string", minLength: 3 }, score: { type: "integer" } },
  required: ["reason", "score"],
  additionalProperties: false,
};

function asking(more: Partial<ApprovePlan>): Run {
  return lead("workflow: w\nsteps: [{ id: ask, approve: Go?, by: [boss] }, { id: after, function: work }]\n", {
    steps: {
      ask: {
        verb: {
          kind: "approve",
          question: literal("Go?"),
          editable: [],
          by: ["boss", "team"],
          quorum: "any",
          onReject: "stop",
          ...more,
        },
      },
    },
  });
}

const accept = (run: Run, edits?: JsonObject, by: Decider = boss): void =>
  run.decide({ path: "ask", outcome: "accepted", ...(edits !== undefined && { edits }) }, by);

describe("a form", () => {
  test("is part of what the gate offers, and of the hash that a decision names", () => {
    const [bare, full] = [asking({}), asking({ form })].map((run) => run.step("ask").gate?.offer);
    assert.deepEqual(full?.form, form);
    assert.notEqual(bare?.hash, full?.hash);
  });

  test("that is filled in is the gate's output, over what it shows", () => {
    const alone = asking({ form });
    accept(alone, { reason: "fine", score: 3 });
    assert.deepEqual(alone.step("ask").output, { reason: "fine", score: 3 });
    const shown = asking({ form, show: literal({ amount: 1, note: "n" }), editable: ["amount"] });
    accept(shown, { reason: "fine", score: 3, amount: 2 });
    assert.deepEqual(shown.step("ask").output, { amount: 2, note: "n", reason: "fine", score: 3 });
  });

  test("that is missing, incomplete or wrong is refused with each field, and the gate stays open", () => {
    const run = asking({ form });
    const refused = (edits: JsonObject | undefined, words: RegExp): void =>
      assert.throws(() => accept(run, edits), { code: "gate.edit-refused", message: words });
    refused(undefined, /The form of gate ask is not filled in: .*reason.*score/);
    refused({ reason: "fine" }, /score/);
    refused({ reason: "no", score: 3 }, /reason/);
    refused({ reason: "fine", score: "3" }, /score/);
    refused({ reason: "fine", score: 3, more: 1 }, /does not let more be edited; editable are: reason, score/);
    assert.deepEqual([run.status("ask"), run.step("ask").gate?.votes], ["waiting", []]);
    accept(run, { reason: "fine", score: 3 });
    assert.equal(run.status("ask"), "succeeded");
  });

  test("is not asked of whoever rejects or asks for changes", () => {
    const rejected = asking({ form });
    rejected.decide({ path: "ask", outcome: "rejected" });
    assert.equal(rejected.state.ended?.outcome, "rejected");
    const changed = asking({ form, onChanges: { max: 1 } });
    changed.decide({ path: "ask", outcome: "changes" });
    assert.equal(changed.status("ask@2"), "waiting");
  });

  test("is filled in by all who accept together: the last of them must find it complete, and the later word holds", () => {
    const run = asking({ form, quorum: "all" });
    accept(run, { reason: "because", score: 1 });
    assert.equal(run.status("ask"), "waiting");
    accept(run, { score: 2 }, tess);
    assert.deepEqual(run.step("ask").output, { reason: "because", score: 2 });
    const incomplete = asking({ form, quorum: 2 });
    accept(incomplete, { reason: "because" });
    assert.throws(() => accept(incomplete, {}, tess), { code: "gate.edit-refused", message: /score/ });
    accept(incomplete, { score: 2 }, tess);
    assert.equal(incomplete.status("ask"), "succeeded");
  });
});

describe("who may decide", () => {
  test("whoever started the run does not accept it as one of a role, and may reject it", () => {
    const run = asking({});
    assert.throws(() => accept(run, undefined, ada), {
      code: "gate.forbidden",
      message: /ada started this run and may not accept gate ask as one of boss, team/,
    });
    run.decide({ path: "ask", outcome: "rejected" }, ada);
    assert.equal(run.state.ended?.outcome, "rejected");
  });

  test("whoever started the run accepts it where the gate names them or the requester, or where one person has every role", () => {
    for (const by of [["ada"], ["requester"], ["boss", "requester"]]) {
      const run = asking({ by });
      accept(run, undefined, ada);
      assert.deepEqual([run.status("ask"), run.step("ask").gate?.votes[0]?.self], ["succeeded", true]);
    }
    const alone = asking({});
    accept(alone, undefined, { id: "ada", roles: ["*"] });
    assert.equal(alone.status("ask"), "succeeded");
  });

  test("nobody counts twice, and one rejection is enough", () => {
    const run = asking({ quorum: 2 });
    accept(run);
    assert.throws(() => accept(run), { code: "gate.decided", message: /boss has already voted/ });
    run.decide({ path: "ask", outcome: "rejected" }, tess);
    assert.equal(run.state.ended?.outcome, "rejected");
  });
});

describe("time limits of gates", () => {
  const escalating = (): Run =>
    asking({ by: ["boss"], timeoutMs: 1000, onTimeout: { escalate: ["team"], timeoutMs: 500 } });

  test("a gate that nobody decides asks others, who have their own time; then it fails", () => {
    const run = escalating();
    run.pass(999);
    assert.throws(() => accept(run, undefined, tess), { code: "gate.forbidden" });
    run.pass(1);
    assert.deepEqual([run.step("ask").gate?.offer.by, run.phase()], [["team"], "awaiting_approval"]);
    assert.throws(() => accept(run), { code: "gate.forbidden" });
    run.pass(499);
    assert.equal(run.status("ask"), "waiting");
    run.pass(1);
    assert.deepEqual([run.step("ask").gate?.state, run.state.ended?.error?.code], ["expired", "gate.expired"]);
  });

  test("those who are asked next can decide", () => {
    const run = escalating();
    run.pass(1000);
    accept(run, undefined, tess);
    assert.deepEqual([run.status("ask"), run.state.timers.size], ["succeeded", 0]);
    assert.deepEqual(run.story("ask"), ["gate.opened", "timer.fired", "gate.escalated", "gate.decided"]);
  });

  test("a gate that opens again has its first people and its whole time again", () => {
    const run = asking({
      by: ["boss"],
      timeoutMs: 1000,
      onTimeout: { escalate: ["team"], timeoutMs: 500 },
      onChanges: { max: 1 },
    });
    run.pass(1000);
    run.decide({ path: "ask", outcome: "changes" }, tess);
    assert.deepEqual(run.step("ask@2").gate?.offer.by, ["boss"]);
    run.pass(999);
    assert.equal(run.step("ask@2").gate?.escalated, false);
  });

  test("reject, accept and fail are what they say", () => {
    const after = (onTimeout: "reject" | "accept" | "fail"): Run => {
      const run = asking({ timeoutMs: 1000, onTimeout, show: literal({ a: 1 }) });
      run.pass(1000);
      return run;
    };
    assert.equal(after("reject").state.ended?.outcome, "rejected");
    assert.deepEqual(after("accept").step("ask").output, { a: 1 });
    assert.equal(after("fail").state.ended?.error?.code, "gate.expired");
  });
});
