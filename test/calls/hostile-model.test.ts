// A model that tries whatever it can think of: none of it is carried out, and the books tell of each.
// RUNWRIGHT_ATTEMPTS asks for another number of attempts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../src/base/limits.ts";
import type { ConnectorDescriptor } from "../../src/language/connector.ts";
import { desk, mail } from "../../src/language/example-connectors.ts";
import { defaultRules } from "../../src/policy/default-rules.ts";
import { createPolicy } from "../../src/policy/policy.ts";
import type { Tools } from "../../src/actions/tool/tools.ts";
import { audited, errorOf, eventsOf } from "../engine/effects.ts";
import { attemptKinds, attemptOf, nested } from "./attempts.ts";
import { asking, callStage, type CallParts, type CallStage } from "./stage.ts";

const attempts = Number(process.env["RUNWRIGHT_ATTEMPTS"] ?? 10_000);
/** What a run takes, with a turn to spare for its last words. */
const perRun = (limits.modelTurnsMax - 1) * limits.modelToolCallsMax;

const text = { type: "string", maxLength: 100 } as const;
/** Takes nothing but what it names; `delete_ticket` is there, and in no list of a step. */
const strict: ConnectorDescriptor = {
  ...desk,
  actions: {
    get_ticket: {
      title: "Reads a ticket",
      effect: "read",
      input: { type: "object", properties: { id: text }, required: ["id"], additionalProperties: false },
    },
    update_ticket: { title: "Changes a ticket", effect: "keyed", input: { type: "object" } },
    delete_ticket: { title: "Deletes a ticket", effect: "keyed", input: { type: "object" } },
  },
};

/** A stage on which the model makes the attempts from a number on, as many in a turn as it may. */
async function attempting(first: number, count: number, more: Partial<CallParts> = {}): Promise<CallStage> {
  return await callStage({
    descriptors: [strict, mail],
    policy: createPolicy(defaultRules),
    answer: (_request, before) => {
      const from = first + before * limits.modelToolCallsMax;
      const many = Math.min(limits.modelToolCallsMax, first + count - from);
      if (many <= 0) return "I give up.";
      return {
        calls: Array.from({ length: many }, (_, index) => {
          const { name, input } = attemptOf(from + index);
          return { id: `c${from + index}`, name, input };
        }),
      };
    },
    ...more,
  });
}

test(`of ${attempts} attempts of a hostile model none is carried out, and each is in the journal and in the audit log`, async () => {
  const tally = { executed: 0, denied: 0, audited: 0 };
  const tried = new Set<string>();
  for (let first = 0; first < attempts; first += perRun) {
    const count = Math.min(perRun, attempts - first);
    for (let number = first; number < first + count; number += 1) tried.add(attemptOf(number).kind);
    const world = await attempting(first, count);
    const entries = audited(world);
    world.engine = await world.open();
    const run = await world.start(asking(["desk.get_ticket"]));
    assert.deepEqual(await errorOf(world, run), ["completed", undefined]);
    tally.executed += world.toolCalls.length;
    tally.denied += (await eventsOf(world, run)).filter(({ kind }) => kind === "effect.denied").length;
    tally.audited += entries.filter(({ action, outcome }) => action === "tool.call" && outcome === "denied").length;
    assert.ok(entries.every(({ object }) => object.isWellFormed() && !/[\p{Cc}\p{Cf}]/u.test(object)));
  }
  assert.deepEqual(tally, { executed: 0, denied: attempts, audited: attempts });
  assert.deepEqual([...tried].toSorted(), attemptKinds.toSorted());
});

test("control: where every name is on the list and nobody looks at arguments, they are carried out", async () => {
  const count = 200;
  const plain = "desk.get_ticket";
  // The guards are taken away: each name that the model will use is one of the step's, and stands for what takes anything.
  const through = (tools: Tools): Tools => ({
    ...tools,
    actionsOf: () => Array.from({ length: count }, (_, number) => attemptOf(number).name),
    find(call, name) {
      const found = tools.find(call, "desk.get_ticket");
      const descriptor = { ...found.descriptor, input: {} };
      return { ...found, descriptor, name: name.replace(/^desk\./, "") };
    },
    effect: (call, tool, input, byModel) => tools.effect(call, { ...tool, name: plain }, input, byModel),
  });
  const world = await attempting(0, count, { through });
  await world.start(asking(["desk.*"]));
  const withMap = Array.from({ length: count }, (_, number) => attemptOf(number)).filter(
    ({ input }) => typeof input === "object" && input !== null && !Array.isArray(input),
  );
  assert.equal(world.toolCalls.length, withMap.length, "what is no map stays refused");
  assert.ok(withMap.length > count / 2);
});

test("a write that is on the list, that a model chose and that nothing can undo waits for people, and its arguments have to fit first", async () => {
  const world = await callStage({
    policy: createPolicy(defaultRules),
    answer: (_request, before) => {
      if (before > 0) return "done";
      const call = (id: string, input: Record<string, string>) => ({ id, name: "desk.update_ticket", input });
      return { calls: [call("1", { id: "7", priority: "asap" }), call("2", { id: "7", comment: "by a stranger" })] };
    },
  });
  const run = await world.start(asking(["desk.update_ticket"]));
  const { row, gates } = await world.engine.view(run);
  assert.deepEqual([row.summary.status, world.toolCalls.length, gates.length], ["awaiting_approval", 0, 1]);
  const kinds = (await eventsOf(world, run)).map(({ kind }) => kind);
  assert.deepEqual(
    [kinds.filter((kind) => kind === "effect.denied").length, kinds.filter((kind) => kind === "effect.held").length],
    [1, 1],
  );
});

test("arguments that no journal could keep end the step with that, and nothing is called", async () => {
  const world = await callStage({
    answer: () => ({ calls: [{ id: "1", name: "desk.get_ticket", input: nested(100_000) }] }),
  });
  const run = await world.start(asking(["desk.get_ticket"]));
  assert.deepEqual([...(await errorOf(world, run)), world.toolCalls.length], ["failed", "effect.receipt-invalid", 0]);
});
