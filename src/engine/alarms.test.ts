import assert from "node:assert/strict";
import { test } from "node:test";
import { ada, type Stage, stage } from "../../test/engine/stage.ts";

/** Lets what falls due happen; how many timers that were. More than a few are a run that never comes to rest. */
async function passHours(world: Stage, hours: number): Promise<number> {
  const until = world.clock.now() + hours * 3_600_000;
  let timers = 0;
  while (timers < 100 && world.clock.runNext(until - world.clock.now())) {
    await world.settle();
    timers += 1;
  }
  return timers;
}

test("a paused run whose wait falls due rests until it is resumed", async () => {
  const world = await stage();
  const key = await world.start("workflow: w\nsteps: [{ id: pause, wait: 1h }, { id: act, function: work }]\n");
  await world.settle();
  const pausing = world.engine.pause(key, ada);
  await world.settle();
  await pausing;
  assert.ok((await passHours(world, 2)) < 10);
  assert.equal((await world.row(key)).summary.status, "paused");

  const resuming = world.engine.resume(key, ada);
  await world.settle();
  await resuming;
  await world.settle();
  assert.equal((await world.row(key)).summary.status, "completed");
});
