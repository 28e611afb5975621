import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunKey } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import type { RunEvent } from "../machine/event.ts";
import { ada, stage, type Stage } from "../../test/engine/stage.ts";

const hourMs = 3_600_000;

function asking(more = ""): string {
  return `workflow: w\nsteps: [{ id: ask, approve: Go?, by: [boss], remind: 2h${more} }]\n`;
}

/** The reminders of a run, and what it is then. */
async function reminders(world: Stage, key: RunKey): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { events } of world.store.journal.read(key, 1)) {
    for (const event of JSON.parse(events) as readonly RunEvent[])
      if (event.kind === "gate.reminded") found.push(event.n);
  }
  return found;
}

async function pass(world: Stage, ms: number): Promise<void> {
  const until = world.clock.now() + ms;
  while (world.clock.runNext(until - world.clock.now())) await world.settle();
  await world.settle();
}

test("those who are asked are reminded at each interval, and the run waits for people all the while", async () => {
  const world = await stage();
  const key = await world.start(asking());
  await world.settle();
  await pass(world, 2 * hourMs - 1);
  assert.deepEqual(await reminders(world, key), [], "control: not before its time");
  for (const n of [1, 2, 3]) {
    await pass(world, n === 1 ? 1 : 2 * hourMs);
    assert.equal((await world.row(key)).summary.status, "awaiting_approval");
    assert.equal((await world.engine.view(key)).gates[0]?.reminders, n);
  }
  assert.deepEqual(await reminders(world, key), [1, 2, 3]);
  const decided = world.engine.decide(key, ada, { path: "ask", outcome: "accepted" });
  await world.settle();
  await decided;
  await pass(world, 10 * hourMs);
  assert.deepEqual(await reminders(world, key), [1, 2, 3], "a decided gate reminds nobody");
});

test("what was slept through is made up for by one reminder, and the next is due when it was", async () => {
  const world = await stage();
  const key = await world.start(asking());
  await world.settle();
  const openedAt = (await world.engine.view(key)).gates[0]?.openedAt ?? 0;
  world.clock.jump(9 * hourMs);
  await world.crash();
  await pass(world, 1000);
  assert.deepEqual(await reminders(world, key), [1]);
  await pass(world, openedAt + 10 * hourMs - 1 - world.clock.now());
  assert.deepEqual(await reminders(world, key), [1]);
  await pass(world, 1);
  assert.deepEqual(await reminders(world, key), [1, 2]);
});

test("a gate still ends in time, is escalated in between, and reminds no more than it may", async () => {
  const world = await stage();
  const ending = await world.start(asking(", timeout: 5h, on_timeout: { escalate: [team], timeout: 4h }"));
  await world.settle();
  await pass(world, 8 * hourMs);
  assert.deepEqual(await reminders(world, ending), [1, 2, 3, 4]);
  assert.deepEqual((await world.engine.view(ending)).gates[0]?.by, ["team"]);
  await pass(world, hourMs);
  assert.equal((await world.row(ending)).summary.status, "failed");

  const open = await world.start(asking());
  await world.settle();
  await pass(world, 500 * hourMs);
  assert.equal((await reminders(world, open)).length, limits.remindersMax);
});
