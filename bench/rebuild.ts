// `node bench/rebuild.ts [rounds]`: what it costs to read a run again, from its first event and from a snapshot, and what a snapshot costs to
// take. Runs of a for-each over items, which then wait for somebody, in a SQLite store. Milliseconds of the processor,
// the least of all rounds: other work on the machine does not count.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { createLocalHost } from "../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../src/app/clock.ts";
import { openEngine } from "../src/engine/engine.ts";
import { rebuild } from "../src/engine/rebuild.ts";
import { snapshotBounds } from "../src/engine/snapshots.ts";
import { compileWorkflow } from "../src/language/compile.ts";
import type { Plan } from "../src/language/plan.ts";
import { decodeState } from "../src/machine/snapshot-reading.ts";
import { encodeState } from "../src/machine/snapshot.ts";
import type { Action } from "../src/ports/action.ts";

/** Items, and how many of them run at once: what ends together is committed together. */
const shapes = [
  [1000, 1],
  [10_000, 1],
  [1000, 100],
  [10_000, 100],
  [100_000, 100],
] as const;
const rounds = Math.max(1, Number(process.argv[2] ?? 5));
const textOf = (lanes: number): string => `workflow: bench
inputs: { items: [any] }
steps:
  - { id: each, for_each: inputs.items, max_parallel: ${lanes}, function: noop }
  - { id: ask, approve: Go?, by: [boss] }
`;
const scope = { tenant: "local", workspace: "default" };
const action: Action = {
  run: () => Promise.resolve({ output: { ok: true } }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const folder = mkdtempSync(path.join(process.env["RUNWRIGHT_BENCH_FOLDER"] ?? tmpdir(), "runwright-bench-"));
{
  const holder = { pid: process.pid, host: hostname(), startedAt: Date.now() };
  await using store = await openSqliteStore({ folder, synchronous: "full", holder });
  const clock = createRealClock();
  await using host = createLocalHost(clock, (error) => console.error(error));
  await using engine = await openEngine({
    store,
    host,
    action,
    clock,
    chance: Math.random,
    randomBytes: () => randomBytes(10),
    snapshotBounds: { ...snapshotBounds, restEvents: 1, timesLast: 0, busySegments: Number.POSITIVE_INFINITY },
  });
  const forever = new AbortController().signal;
  for (const [size, lanes] of shapes) {
    const plan = planOf(lanes);
    const version = { digest: `bench-${lanes}`, workflow: "bench", draft: true, file: "", source: "", plan };
    const input = { items: Array.from({ length: size }, (_, index) => index) };
    const { row } = await engine.start({ scope, principal: { id: "bench", roles: ["*"] }, version, input, env: {} });
    const { key, lastSeq } = await engine.settled(row.key, forever);
    const { journal } = store;
    const withoutOne = { ...journal, snapshot: () => Promise.resolve(undefined) };
    const { state } = await rebuild(journal, key, plan);
    const written = encodeState(state);
    if (written === undefined) throw new Error("There is no bound.");
    const figures = {
      items: size,
      atOnce: lanes,
      events: lastSeq,
      fromEventsMs: await least(() => rebuild(withoutOne, key, plan)),
      fromSnapshotMs: await least(() => rebuild(journal, key, plan)),
      encodeMs: await least(() => encodeState(state)),
      decodeMs: await least(() => decodeState(plan, written.text)?.with(written.blobs)),
      kilobytes: Math.round(written.text.length / 1000),
    };
    console.log(JSON.stringify({ ...figures, eventsPerSecond: Math.round((lastSeq / figures.fromEventsMs) * 1000) }));
  }
}
rmSync(folder, { recursive: true });

function planOf(lanes: number): Plan {
  const source = { file: "bench.yml", text: textOf(lanes) };
  const { plan } = compileWorkflow(source, { functions: ["noop"], assignments: [], roles: ["boss"] });
  if (plan === undefined) throw new Error("The workflow of this measurement does not compile.");
  return plan;
}

async function least(work: () => unknown): Promise<number> {
  let found = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    found = Math.min(found, (user + system) / 1000);
  }
  return Math.round(found * 10) / 10;
}
