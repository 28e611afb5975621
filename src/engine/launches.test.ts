// Operations whose intent shares the commit of their step. With a real engine over the memory store.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { desk, write, update, storyOf, policyOf, settled, errorOf } from "../../test/engine/effects.ts";
import { bob, stage } from "../../test/engine/stage.ts";
import type { Json } from "../base/json.ts";
import type { ActionCall, Effect } from "../ports/action.ts";

describe("commits", () => {
  const steps = 20;
  const sequence = `${desk}steps:\n${Array.from({ length: steps }, (_, n) => `  - { id: s${n}, tool: desk.get_ticket, with: { id: "7" } }\n`).join("")}`;

  async function commitsOf(effect: Effect, opens: boolean): Promise<{ commits: number; left: number }> {
    let commits = 0;
    let left = 0;
    const work = async ({ once }: ActionCall): Promise<{ output: Json }> => ({
      output: await once(effect, async () => (left += 1)),
    });
    const world = await stage(work, undefined, undefined, opens ? { opening: () => ({ effect }) } : {});
    using _heard = world.engine.subscribe(() => (commits += 1));
    const run = await world.start(sequence);
    assert.equal((await world.row(run)).summary.status, "completed");
    return { commits, left };
  }

  test("a sequence of steps with one operation each takes about one commit a step", async () => {
    const read: Effect = { ...update, class: "read", ordered: true };
    assert.deepEqual(await commitsOf(read, true), { commits: steps + 1, left: steps });
    assert.equal((await commitsOf(read, false)).commits, 2 * steps + 1, "control: an intent of its own");
    const { ordered: _ordered, ...slow } = read;
    assert.equal((await commitsOf(slow, true)).commits, 2 * steps + 1, "control: a receipt that is durable first");
  });

  test("what a step is sure to begin with is denied, held or found before anything is launched", async () => {
    const opening = (): { effect: Effect } => ({ effect: update });
    let left = 0;
    const work = async ({ once }: ActionCall): Promise<{ output: Json }> => ({
      output: await once(update, async () => (left += 1)),
    });
    const denied = await stage(work, undefined, undefined, { opening, policy: policyOf(() => ({ outcome: "deny" })) });
    const run = await denied.start(write);
    assert.deepEqual([denied.calls.length, ...(await errorOf(denied, run))], [0, "failed", "policy.denied"]);
    const held = await stage(work, undefined, undefined, {
      opening,
      policy: policyOf(() => ({ outcome: "needs_approval", approvals: { count: 1, roles: ["team"] } })),
    });
    const waiting = await held.start(write);
    assert.deepEqual([held.calls.length, (await held.row(waiting)).summary.status], [0, "awaiting_approval"]);
    await settled(held, held.engine.decide(waiting, bob, { path: "write", outcome: "accepted" }));
    assert.deepEqual([held.calls.length, left, (await held.row(waiting)).summary.status], [1, 1, "completed"]);
  });

  test("a call that asks for something else than it said is let out by an intent of its own", async () => {
    const world = await stage(
      async ({ once }) => ({ output: await once({ ...update, name: "other" }, async () => 1) }),
      undefined,
      undefined,
      { opening: () => ({ effect: update }) },
    );
    const run = await world.start(write);
    assert.deepEqual(await storyOf(world, run), [
      "step.started",
      "effect.intended",
      "effect.intended",
      "effect.received",
      "step.succeeded",
    ]);
  });

  test("what began with its start is cut off and called again with the same key", async () => {
    const keys: string[] = [];
    const work = ({ once }: ActionCall): Promise<{ output: Json }> =>
      once(
        update,
        ({ key }) => (keys.push(key), keys.length === 1 ? new Promise<never>(() => undefined) : Promise.resolve(1)),
      ).then((output) => ({ output }));
    const world = await stage(work, undefined, undefined, { opening: () => ({ effect: update }) });
    const run = await world.start(write);
    await world.crash();
    assert.deepEqual([keys.length, new Set(keys).size, (await world.row(run)).summary.status], [2, 1, "completed"]);
  });
});
