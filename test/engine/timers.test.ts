// Timers over thirty simulated days with restarts and jumps of the wall clock: none is missing, doubled or early (I20, I21).
// RUNWRIGHT_TIMERS asks for another number of timers, and up to a hundred restarts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLocalHost } from "../../src/adapters/local-host/local-host.ts";
import { createMemoryStore, type MemoryStore } from "../../src/adapters/memory/memory-store.ts";
import { createRealClock } from "../../src/app/clock.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Engine } from "../../src/engine/contract.ts";
import { openEngine } from "../../src/engine/engine.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { type Seeded, seeded } from "../simulation/chance.ts";
import { ada, scope, versionOf } from "./stage.ts";

const timersUsual = 2000;
const timers = Number(process.env["RUNWRIGHT_TIMERS"] ?? timersUsual);
const timersPerRun = 500;
const restartsMax = 100;
const startMs = 1_700_000_000_000;
const hourMs = 3_600_000;
const daysMs = 30 * 24 * hourMs;
/** Behind the last due time, for what a restart left over. */
const spareMs = hourMs;
const jumps = [-3 * hourMs, 3 * hourMs, 400 * 24 * hourMs, -400 * 24 * hourMs] as const;

const version = versionOf(
  'workflow: timers\ninputs: { times: [string] }\nsteps: [{ id: t, for_each: inputs.times, as: at, max_parallel: 500, wait: { until: "${at}" } }]\n',
);

/** What is taken out, for a control that must fail. */
type Missing = "none" | "engine time" | "timers of the host";

interface Figures {
  readonly timers: number;
  restarts: number;
  jumps: number;
  missing: number;
  doubled: number;
  early: number;
  outOfOrder: number;
  /** The latest of those that fell due while a process was there. */
  lateMsMax: number;
}

/** Lives through the thirty days. `seed` says when what happens. */
async function live(seed: number, many: number, missing: Missing = "none"): Promise<Figures> {
  const chance = seeded(seed);
  const runs = Math.ceil(many / timersPerRun);
  const figures: Figures = {
    timers: runs * timersPerRun,
    restarts: 0,
    jumps: 0,
    missing: 0,
    doubled: 0,
    early: 0,
    outOfOrder: 0,
    lateMsMax: 0,
  };
  // Its time is the true one: it never jumps.
  const truth = createManualClock(startMs);
  let offMs = 0;
  let upSince = startMs;
  const due = new Map<string, number>();
  const fired = new Set<string>();
  let store = createMemoryStore();
  let process = await open();
  for (let run = 0; run < runs; run += 1) await start();

  const restartEveryMs = daysMs / Math.min(restartsMax, Math.max(10, many / 200));
  let restartAt = startMs + restartEveryMs;
  const end = startMs + daysMs + spareMs;
  while (truth.now() < end) {
    truth.runNext(Math.min(restartAt, end) - truth.now());
    await settle();
    if (chance.maybe(0.02)) jump();
    if (truth.now() >= restartAt) await restart();
  }
  for (const name of due.keys()) if (!fired.has(name)) figures.missing += 1;
  return figures;

  async function start(): Promise<void> {
    const times = Array.from({ length: timersPerRun }, () => startMs + chance.whole(0, daysMs));
    const input = { times: times.map((at) => new Date(at).toISOString()) };
    const starting = process.engine.start({ scope, principal: ada, version, input, env: {} });
    await settle();
    const { run } = (await starting).row.key;
    for (const [index, at] of times.entries()) due.set(`${run} t[${index}]`, at);
  }

  /** Sets the wall clock, or puts it right again. */
  function jump(): void {
    offMs = offMs === 0 ? chance.pick(jumps) : 0;
    figures.jumps += 1;
    if (missing === "none") assert.ok(Math.abs(process.clock.now() - truth.now()) < 100, "engine time has jumped");
  }

  /** The process dies, and some time later there is another. By then somebody has put the wall clock right. */
  async function restart(): Promise<void> {
    process.die();
    truth.runNext(chance.maybe(0.5) ? 0 : chance.whole(0, restartEveryMs / 2));
    offMs = 0;
    upSince = truth.now();
    restartAt = Math.max(restartAt, truth.now()) + restartEveryMs;
    figures.restarts += 1;
    store = store.crash();
    process = await open();
    await settle();
  }

  async function open(): Promise<{ readonly engine: Engine; readonly clock: Clock; readonly die: () => void }> {
    let alive = true;
    const whileAlive = (run: () => void) => (): void => {
      if (alive) run();
    };
    const counted = (): number => truth.now() - startMs;
    const wall = (): number => truth.now() + offMs;
    const real = createRealClock({ wall, counted, slept: counted });
    const clock: Clock = {
      now: () => (missing === "engine time" ? wall() : real.now()),
      after: (delayMs, run) => truth.after(delayMs, whileAlive(run)),
      soon: (run) => truth.soon(whileAlive(run)),
    };
    const host = createLocalHost(clock, () => undefined);
    const engine = await openEngine({
      store: { ...store, journal: watched(store) },
      host: missing === "timers of the host" ? { ...host, wakeAt: () => Promise.resolve() } : host,
      action: {
        run: () => Promise.reject(new Error("Nothing is called.")),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
      clock,
      chance: () => chance.next(),
      randomBytes: () => bytes(chance),
    });
    return { engine, clock, die: () => void (alive = false) };
  }

  function watched({ journal }: MemoryStore): Journal {
    return {
      ...journal,
      async append(batch) {
        const results = await journal.append(batch);
        for (const [index, { lease, segment }] of batch.entries())
          if (results[index] === "ok" && segment !== undefined) look(lease.key.run, segment.events);
        return results;
      },
    };
  }

  function look(run: string, text: string): void {
    let last = 0;
    for (const event of JSON.parse(text) as readonly RunEvent[]) {
      if (event.kind !== "timer.fired") continue;
      const name = `${run} ${event.path}`;
      const at = due.get(name) ?? Number.POSITIVE_INFINITY;
      if (fired.has(name)) figures.doubled += 1;
      if (truth.now() < at) figures.early += 1;
      if (at < last) figures.outOfOrder += 1;
      if (at >= upSince) figures.lateMsMax = Math.max(figures.lateMsMax, truth.now() - at);
      fired.add(name);
      last = at;
    }
  }

  async function settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (truth.runSoon());
  }
}

function bytes(chance: Seeded): Uint8Array {
  return Uint8Array.from({ length: 10 }, () => chance.whole(0, 255));
}

test(`${timers} timers in thirty days with restarts and clock jumps: none is missing, doubled or early`, async (context) => {
  const figures = await live(1, timers);
  context.diagnostic(JSON.stringify({ timers: figures }));
  const { missing, doubled, early, outOfOrder, lateMsMax, restarts, jumps: jumped } = figures;
  assert.deepEqual({ missing, doubled, early, outOfOrder }, { missing: 0, doubled: 0, early: 0, outOfOrder: 0 });
  assert.ok(lateMsMax <= 1000, `${lateMsMax} ms late`);
  assert.ok(restarts >= 5 && jumped >= 10, "the month was too quiet to prove anything");
});

test("control: with the wall clock for engine time timers are early", async () => {
  assert.notEqual((await live(1, timersPerRun, "engine time")).early, 0);
});

test("control: with a host that forgets when runs are due timers are missing", async () => {
  assert.notEqual((await live(1, timersPerRun, "timers of the host")).missing, 0);
});
