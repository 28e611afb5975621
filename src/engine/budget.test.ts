// Tokens and money that a run may use up. With a real engine over the memory store.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventsOf, settled, errorOf } from "../../test/engine/effects.ts";
import { ada, stage, type Stage } from "../../test/engine/stage.ts";
import { RunwrightError } from "../base/error.ts";
import type { Usage } from "../machine/usage.ts";
import type { Effect } from "../ports/action.ts";

const usage: Usage = { calls: 1, tokensIn: 60, tokensCached: 0, tokensOut: 30, tokensReasoning: 0, costUsd: 0.5 };
const ask: Effect = {
  name: "ask",
  class: "read",
  target: { kind: "model", name: "m", arguments: null },
  usage: () => usage,
};

function models(limit: string, steps = 3): string {
  const list = Array.from({ length: steps }, (_, n) => `  - { id: s${n}, llm: fast, prompt: p }\n`).join("");
  return `workflow: w\nmodels: { fast: anthropic/claude-haiku-4-5-20251001 }\nlimits: { ${limit} }\nsteps:\n${list}`;
}

describe("what a run uses up", () => {
  const spending = async (): Promise<Stage> =>
    stage(async ({ once }) => ({ output: await once(ask, async () => "so") }));

  test("is the sum of its receipts, those of failed attempts among them, and can be read", async () => {
    const world = await stage(async ({ once, attempt, verb, input }) => {
      if (verb === "function") return { output: input };
      await once(ask, async () => "so");
      if (attempt === 1) throw new RunwrightError("model.bad-answer", "no JSON");
      return { output: "so" };
    });
    const text = `${models("tokens: 1000", 1)}  - { id: work, function: work, with: { used: "\${s0.usage.input_tokens}" } }\n`;
    const run = await world.start(text);
    world.clock.runNext(60_000);
    await world.settle();
    const { usage: total, instances, row } = await world.engine.view(run);
    assert.deepEqual(total, {
      calls: 2,
      tokensIn: 120,
      tokensCached: 0,
      tokensOut: 60,
      tokensReasoning: 0,
      costUsd: 1,
    });
    assert.deepEqual([instances[0]?.usage, row.summary.usage, instances[1]?.output], [total, total, { used: 120 }]);
  });

  test("reaches tokens or money: the run pauses before the next call, and each resume grants as much again", async () => {
    const world = await spending();
    const run = await world.start(models("tokens: 100", 5));
    assert.deepEqual([world.calls.length, (await world.row(run)).summary.status], [2, "paused"]);
    assert.equal((await world.row(run)).summary.pausedFor, "budget");
    await world.crash();
    await settled(world, world.engine.resume(run, ada));
    assert.equal(world.calls.length, 3, "180 of 200 were used up: one more call reaches them");
    await settled(world, world.engine.resume(run, ada));
    assert.deepEqual([world.calls.length, (await world.row(run)).summary.status], [4, "paused"]);
    await settled(world, world.engine.resume(run, ada));
    assert.equal((await world.row(run)).summary.status, "completed");
    const events = await eventsOf(world, run);
    assert.deepEqual(
      events.flatMap((event) => (event.kind === "run.resumed" ? [event.budget] : [])),
      [2, 3, 4],
    );
    assert.deepEqual(
      events.flatMap((event) => (event.kind === "budget.warned" ? [event.budget] : [])),
      [1, 2, 3, 4],
      "once for each budget",
    );
    const costly = await spending();
    assert.equal((await costly.row(await costly.start(models("cost_usd: 1")))).summary.status, "paused");
    const rich = await spending();
    assert.equal((await rich.row(await rich.start(models("cost_usd: 2")))).summary.status, "completed", "control");
  });

  test("fails the run where the file says so", async () => {
    const world = await spending();
    const run = await world.start(models("tokens: 100, on_budget: fail"));
    assert.deepEqual([world.calls.length, ...(await errorOf(world, run))], [2, "failed", "budget.reached"]);
  });

  test("a loop within one step stops there too: its call waits, and goes on with another budget", async () => {
    let left = 0;
    const world = await stage(async ({ once }) => {
      for (let turn = 0; turn < 4; turn += 1) await once(ask, async () => (left += 1));
      return { output: "so" };
    });
    const run = await world.start(models("tokens: 100", 1));
    assert.deepEqual([left, (await world.row(run)).summary.status], [2, "paused"]);
    await settled(world, world.engine.resume(run, ada));
    assert.equal(left, 3);
    await settled(world, world.engine.resume(run, ada));
    assert.deepEqual([left, (await world.row(run)).summary.status], [4, "completed"]);
  });

  test("no more calls are under way when it is reached than were already", async () => {
    const world = await spending();
    const text = models("tokens: 100", 6)
      .replace("steps:", "mode: parallel\nsteps:")
      .replace("tokens: 100", "tokens: 100, parallel: 2");
    const run = await world.start(text);
    assert.deepEqual([world.calls.length, (await world.row(run)).summary.status], [2, "paused"]);
  });
});
