// How the lines of a run and its events become one log, over a real engine with functions given by the test.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Stage, stage } from "../../test/engine/stage.ts";
import type { RunHistory } from "../app/run-reader.ts";
import { type Committed, createHistory, createRunReader } from "../app/runs.ts";
import type { ActionCall, ActionResult } from "../ports/action.ts";
import { brief } from "./brief.ts";
import { createRunLog, fullPath, type LogChoice } from "./run-log.ts";
import type { LogItem } from "./run-log-tail.ts";

const all: LogChoice = { calls: "all" };

function readerOf({ store }: Stage): RunHistory {
  return {
    ...createRunReader(store, { [Symbol.asyncDispose]: () => Promise.resolve() }),
    ...createHistory(store),
  };
}

function told(items: readonly LogItem[]): readonly string[] {
  return items.map((item) => {
    const what = item.kind === "log" ? item.text : item.kind === "end" ? item.status : "start";
    return `${fullPath(item)} ${what}`;
  });
}

async function logOf(world: Stage, run: string, choice: LogChoice = all): Promise<readonly string[]> {
  return told((await createRunLog(readerOf(world), run, choice).last(1000)).items);
}

const two = "workflow: w\nsteps: [{ id: a, function: work }, { id: b, function: work }]\n";

/** Each call logs its path, then waits until it is told to end. */
async function withOpenCalls(): Promise<{ world: Stage; end: () => Promise<void> }> {
  let answer = (_result: ActionResult): void => undefined;
  const world = await stage((call) => {
    call.log("action", "said");
    return new Promise((resolve) => (answer = resolve));
  });
  const end = async (): Promise<void> => {
    answer({ output: null });
    await world.settle();
  };
  return { world, end };
}

test("what a step logged stands between its start and its end, also when all of it came at one moment", async () => {
  const world = await stage(async (call) => {
    call.log("action", "said");
    return { output: null };
  });
  const { run } = await world.start(two);
  await world.settle();
  assert.deepEqual(await logOf(world, run), ["a start", "a said", "a ok", "b start", "b said", "b ok"]);
});

test("a line whose start was not read yet waits for the next round", async () => {
  const { world, end } = await withOpenCalls();
  const { run } = await world.start(two);
  await world.settle();
  const reader = readerOf(world);
  // Between the events of the first round and its lines the first step ends, and the next begins and logs.
  let isFirst = true;
  const late: RunHistory = {
    ...reader,
    async *history(id, fromSeq) {
      const page: Committed[] = [];
      for await (const committed of reader.history(id, fromSeq)) page.push(committed);
      if (isFirst) {
        isFirst = false;
        await end();
        world.clock.runNext(1000);
        await world.settle();
      }
      yield* page;
    },
  };
  const log = createRunLog(late, run, all);
  assert.deepEqual(told((await log.last(1000)).items), ["a start", "a said"]);
  assert.deepEqual(told(await log.fresh()), ["a ok", "b start", "b said"]);
  assert.equal(log.isOver, false);
  await end();
  assert.deepEqual(told(await log.fresh()), ["b ok"]);
  assert.equal(log.isOver, true);
});

test("the last lines are shown, and it is counted how many came before them", async () => {
  const world = await stage(async (call: ActionCall) => {
    for (let line = 1; line <= 2500; line += 1) call.log("stdout", String(line));
    return { output: null };
  });
  const { run } = await world.start(two);
  await world.settle();
  const { items, left } = await createRunLog(readerOf(world), run, { calls: "none" }).last(3);
  assert.deepEqual([told(items), left], [["b 2498", "b 2499", "b 2500"], 4997]);
  const whole = await createRunLog(readerOf(world), run, { calls: "none" }).last(10_000);
  assert.deepEqual([whole.items.length, whole.left], [5000, 0], "over several pages");
});

test("a step, its items and iterations, or a level can be chosen", async () => {
  const world = await stage(async (call) => {
    call.log("warn", "careful");
    call.log("stdout", "printed");
    return { output: null };
  });
  const list =
    'workflow: w\nsteps: [{ id: each, for_each: \'["x", "y"]\', as: n, key: n, function: work }, { id: each_more, function: work }]\n';
  const { run } = await world.start(list);
  await world.settle();
  const lines = { calls: "none", levels: ["warn"] } as const;
  const both = ["each[x] careful", "each[y] careful"];
  assert.deepEqual(await logOf(world, run, { ...lines, step: "each" }), both);
  assert.deepEqual(await logOf(world, run, { ...lines, step: "each[x]" }), both.slice(0, 1));
  assert.deepEqual(await logOf(world, run, lines), [...both, "each_more careful"]);
  await assert.rejects(createRunLog(readerOf(world), run, { ...lines, step: "eac" }).assertStep(), {
    message: /has no step 'eac'. It has: each, each_more/,
  });
});

test("of a large value only the beginning is looked at", () => {
  assert.equal(brief({ a: [1, "x", null], b: {} }, 100), '{"a":[1,"x",null],"b":{}}');
  assert.equal(brief("x".repeat(300), 5), '"xxxx…');
  let looks = 0;
  const watched = new Proxy(
    Array.from({ length: 1_000_000 }, () => 1),
    {
      get(target, key) {
        looks += 1;
        return Reflect.get(target, key) as unknown;
      },
    },
  );
  assert.match(brief(watched, 100), /^\[1,1,1[,1]*…$/);
  assert.ok(looks < 1000, String(looks));
});
