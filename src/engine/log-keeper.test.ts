// What steps log, from the call to the store. The store's own bounds are in its contract.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Stage, stage } from "../../test/engine/stage.ts";
import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import type { ActionCall, ActionResult } from "../ports/action.ts";
import type { Logs } from "../ports/logs.ts";

const one = "workflow: w\nsteps: [{ id: a, function: work }]\n";

async function kept({ store }: Stage, key: RunKey): Promise<readonly string[]> {
  const rows = await store.logs.read(key, { after: 0, limit: 1000 });
  return rows.map(({ path, attempt, level, text }) => `${path}#${attempt} ${level} ${text}`);
}

/** A stage with one call that is under way until it is told to end. */
async function withOpenCall(write?: Logs["write"]): Promise<{
  world: Stage;
  key: RunKey;
  call: ActionCall;
  end: () => Promise<void>;
}> {
  let answer = (_result: ActionResult): void => undefined;
  const world = await stage(() => new Promise((resolve) => (answer = resolve)));
  if (write !== undefined) {
    world.store = { ...world.store, logs: { ...world.store.logs, write } };
    world.engine = await world.open();
  }
  const key = await world.start(one);
  await world.settle();
  const [call] = world.calls;
  assert.ok(call);
  const end = async (): Promise<void> => {
    answer({ output: null });
    await world.settle();
  };
  return { world, key, call, end };
}

const full = async (): Promise<never> => {
  throw new RunwrightError("journal.full", "There is no space left.");
};

test("what a step logged is there when its end is, with the run, the path and the attempt", async () => {
  const world = await stage(async (call) => {
    call.log("action", `hello from ${call.path}`);
    call.log("stderr", "and more");
    if (call.attempt === 1) throw new RunwrightError("function.failed", "No.");
    return { output: null };
  });
  const run = "workflow: w\nsteps: [{ id: a, function: work, retry: { max: 1, delay: 1ms } }]\n";
  const key = await world.start(run);
  await world.settle();
  assert.deepEqual(await kept(world, key), ["a#1 action hello from a", "a#1 stderr and more"]);
  world.clock.runNext(1000);
  await world.settle();
  assert.equal((await world.row(key)).summary.status, "completed");
  assert.deepEqual((await kept(world, key)).slice(2), ["a#2 action hello from a", "a#2 stderr and more"]);
  const other = await world.start(one);
  await world.settle();
  assert.equal((await kept(world, other)).length, 2, "each run has its own lines");
});

test("the lines of a call that goes on for long are written meanwhile, in batches", async () => {
  const batches: number[] = [];
  const inner = await withOpenCall(async (batch) => void batches.push(batch.length));
  for (const text of ["1", "2", "3"]) inner.call.log("stdout", text);
  await inner.world.settle();
  assert.deepEqual(batches, [], "not one by one");
  inner.world.clock.runNext(limits.logDelayMs);
  await inner.world.settle();
  assert.deepEqual(batches, [3]);
  await inner.end();
  assert.deepEqual(batches, [3], "and not twice");
});

test("lines come to whoever listens at once", async () => {
  const { world, call } = await withOpenCall();
  const heard: string[] = [];
  const listening = world.engine.listen(({ key, path, text }) =>
    heard.push(`${key.run === call.key.run} ${path} ${text}`),
  );
  call.log("warn", "careful");
  listening[Symbol.dispose]();
  call.log("warn", "nobody hears");
  assert.deepEqual(heard, ["true a careful"]);
});

test("of a flood the oldest lines are dropped, and a line says how many", async () => {
  const { world, key, call, end } = await withOpenCall();
  const more = 5000;
  for (let line = 1; line <= limits.logQueueLinesMax + more; line += 1) call.log("stdout", String(line));
  await end();
  const [first = "", second = ""] = await kept(world, key);
  const lost = Number(/^#0 warn (\d+) lines of this run were lost here/.exec(first)?.[1]);
  assert.ok(lost >= more && lost <= limits.logQueueLinesMax, first);
  assert.equal(second, `a#1 stdout ${lost + 1}`, "the newest are kept");
});

test("of very long lines fewer wait", async () => {
  const { world, key, call, end } = await withOpenCall();
  const long = "x".repeat(limits.logQueueCharsMax / 4);
  for (const last of ["1", "2", "3", "4", "5"]) call.log("stdout", long + last);
  await end();
  const lines = await kept(world, key);
  assert.match(lines[0] ?? "", /lost here/);
  assert.equal(lines.at(-1)?.slice(-2), "x5");
});

test("a log that cannot be written holds up no run, is said once, and later tells how much is missing", async () => {
  let write: Logs["write"] = full;
  const { world, key, call, end } = await withOpenCall((batch) => write(batch));
  const heard: string[] = [];
  using _listening = world.engine.listen(({ path, text }) => void (path === "" && heard.push(text)));
  for (const text of ["1", "2"]) {
    call.log("action", text);
    world.clock.runNext(1000);
    await world.settle();
  }
  assert.deepEqual(heard, [
    "What steps log cannot be kept now, and the runs go on without it: There is no space left.",
  ]);
  const written: string[] = [];
  write = async (batch) => void written.push(...batch.map(({ text }) => text));
  call.log("action", "3");
  await end();
  assert.deepEqual(written, ["2 lines of this run were lost here: more was logged than could be written.", "3"]);
  assert.equal((await world.row(key)).summary.status, "completed");
});

test("a log whose outcome nobody knows stops the engine, as any other commit does", async () => {
  const { world, call } = await withOpenCall(async () => {
    throw new RunwrightError("journal.unknown-outcome", "Nobody knows.");
  });
  const stopped = assert.rejects(world.engine.failed, { code: "journal.unknown-outcome" });
  call.log("action", "1");
  world.clock.runNext(limits.logDelayMs);
  await world.settle();
  await stopped;
});

test("what was logged is written before the engine has stopped", async () => {
  const { world, key, call, end } = await withOpenCall();
  const stopping = world.engine.stop();
  call.log("action", "last words");
  await end();
  call.log("action", "after the end");
  await stopping;
  assert.deepEqual((await kept(world, key))[0], "a#1 action last words");
});
