// Operations that were begun and whose answer never came. With a real engine over the memory store.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { write, update, storyOf, settled, errorOf } from "../../test/engine/effects.ts";
import { ada, bob, stage, type Stage } from "../../test/engine/stage.ts";
import type { RunKey } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { Effect } from "../ports/action.ts";

/** A write that is cut off once, and looked for as the test says. */
async function cutOff(
  effect: Effect,
  more: { readonly text?: string } = {},
): Promise<{ world: Stage; run: RunKey; left: () => number; begunAt: number }> {
  let left = 0;
  const world = await stage(async ({ once }) => ({
    output: await once(effect, () => {
      left += 1;
      return left === 1 ? new Promise<never>(() => undefined) : Promise.resolve({ n: left });
    }),
  }));
  const run = await world.start(more.text ?? write);
  const begunAt = world.clock.now();
  await world.crash();
  return { world, run, left: () => left, begunAt };
}

const blind: Effect = { ...update, class: "blind" };

describe("an outcome that nobody knows", () => {
  test("opens a gate in the place of its step: nothing is called, and the run waits for people", async () => {
    const { world, run, left } = await cutOff(blind);
    const { row, gates, instances } = await world.engine.view(run);
    assert.deepEqual([left(), row.summary.status, instances[0]?.reason], [1, "awaiting_approval", "reconcile"]);
    const [gate] = gates;
    assert.equal(gate?.kind, "effect-unknown");
    assert.match(gate?.question ?? "", /Was zendesk@3.2.0\/update_ticket of step write carried out\?/);
    const show = gate?.show as { readonly key: string; readonly digest: string; readonly begun_at: string };
    assert.deepEqual([show.digest, show.begun_at.slice(0, 10)], [blind.digest, "2023-11-14"]);
    await world.crash();
    assert.equal((await world.engine.view(run)).gates.length, 1, "it stays open");
  });

  for (const [outcome, word, calls] of [
    ["accepted", { id: 9 }, 1],
    ["retry", { n: 2 }, 2],
  ] as const) {
    test(`is settled as '${outcome}', and the same attempt goes on`, async () => {
      const { world, run, left } = await cutOff(blind);
      const edits = outcome === "accepted" ? { edits: { receipt: { id: 9 } } } : {};
      await settled(world, world.engine.decide(run, ada, { path: "write", outcome, ...edits }));
      const [instance] = (await world.engine.view(run)).instances;
      assert.deepEqual([left(), instance?.status, instance?.attempt, instance?.output], [calls, "succeeded", 1, word]);
    });
  }

  test("is let fail, and is not tried again although the step has tries left", async () => {
    const text = write.replace('{ id: "7" } }', '{ id: "7" }, retries: 3 }');
    const { world, run, left } = await cutOff(blind, { text });
    await settled(world, world.engine.decide(run, ada, { path: "write", outcome: "rejected" }));
    assert.deepEqual([left(), ...(await errorOf(world, run))], [1, "failed", "effect.unknown"]);
  });

  test("what was called again and cut off again is asked about again", async () => {
    let left = 0;
    const world = await stage(({ once }) => once(blind, () => ((left += 1), new Promise<never>(() => undefined))));
    const run = await world.start(write);
    await world.crash();
    await settled(world, world.engine.decide(run, ada, { path: "write", outcome: "retry" }));
    assert.equal(left, 2);
    await world.crash();
    assert.deepEqual([left, (await world.engine.view(run)).gates.length], [2, 1]);
  });

  test("a decision of it is made once, by whoever may, and 'retry' belongs to no other gate", async () => {
    const { world, run } = await cutOff(blind);
    const decide = (by: typeof ada | typeof bob, outcome: "accepted" | "retry" | "changes"): Promise<void> =>
      settled(world, world.engine.decide(run, by, { path: "write", outcome }));
    await assert.rejects(decide(bob, "accepted"), { code: "gate.forbidden" });
    await assert.rejects(decide(ada, "changes"), { code: "gate.edit-refused" });
    await decide(ada, "accepted");
    await assert.rejects(decide(ada, "accepted"), { code: /gate.decided|run.ended/ });
    const asking = await stage();
    const gated = await asking.start("workflow: w\nsteps: [{ id: ask, approve: Go?, by: [boss] }]\n");
    await assert.rejects(settled(asking, asking.engine.decide(gated, ada, { path: "ask", outcome: "retry" })), {
      code: "gate.edit-refused",
    });
  });

  test("the same holds for an operation of a function, which has no target", async () => {
    const { world, run, left } = await cutOff(
      { name: "charge", class: "blind" },
      { text: "workflow: w\nsteps: [{ id: write, function: work }]\n" },
    );
    assert.match((await world.engine.view(run)).gates[0]?.question ?? "", /Was charge of step write carried out\?/);
    await settled(world, world.engine.decide(run, ada, { path: "write", outcome: "retry" }));
    assert.deepEqual([left(), (await world.row(run)).summary.status], [2, "completed"]);
  });

  test("control: what may be repeated is called again at once, with nobody asked", async () => {
    const { world, run, left } = await cutOff(update);
    assert.deepEqual([left(), (await world.row(run)).summary.status], [2, "completed"]);
  });
});

describe("an operation that can be looked for", () => {
  const timed = write.replace('{ id: "7" } }', '{ id: "7" }, timeout: 10s }');

  async function lookFor(
    found: Json | undefined,
  ): Promise<{ looks: number[]; left: number; output: Json | undefined; story: readonly string[] }> {
    const looks: number[] = [];
    const looking = async (): Promise<Json | undefined> => {
      looks.push(world.clock.now());
      return found;
    };
    const { world, run, left, begunAt } = await cutOff(
      { ...update, class: "readback", find: looking },
      { text: timed },
    );
    for (let second = 0; second < 60; second += 1) {
      world.clock.runNext(1000);
      await world.settle();
    }
    const [instance] = (await world.engine.view(run)).instances;
    return {
      looks: looks.map((at) => at - begunAt),
      left: left(),
      output: instance?.output,
      story: await storyOf(world, run),
    };
  }

  test("is looked for once nothing of it can arrive any more, while its own time stands still, and adopted where it is there", async () => {
    const { looks, left, output, story } = await lookFor({ id: 3 });
    assert.deepEqual([looks, left, output], [[10_000 + limits.stragglerMs], 1, { id: 3 }]);
    assert.deepEqual(story, ["step.started", "effect.intended", "effect.reconciled", "step.succeeded"]);
  });

  test("is called where it is not there", async () => {
    const { looks, left, output } = await lookFor(undefined);
    assert.deepEqual([looks.length, left, output], [1, 2, { n: 2 }]);
  });

  test("opens a gate where nobody can look", async () => {
    const { world, run } = await cutOff({ ...update, class: "readback" });
    assert.equal((await world.engine.view(run)).gates[0]?.kind, "effect-unknown");
  });

  test("is not looked for after a cancel", async () => {
    let looks = 0;
    const { world, run } = await cutOff(
      { ...update, class: "readback", find: async () => ((looks += 1), undefined) },
      { text: timed },
    );
    await settled(world, world.engine.cancel(run, ada));
    for (let second = 0; second < 60; second += 1) {
      world.clock.runNext(1000);
      await world.settle();
    }
    assert.deepEqual([looks, (await world.row(run)).summary.status], [0, "cancelled"]);
  });
});
