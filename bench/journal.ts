// `node bench/journal.ts [rounds]`: what the SQLite journal costs above the statements it sends. Appends one by one and in groups, flushed to
// the disk (FULL), beside the same statements bare, in interleaved rounds, the disk probed before each.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openSqliteStore } from "../src/adapters/sqlite/sqlite-store.ts";
import type { Append, NewRun, RunSummary, Segment } from "../src/ports/journal.ts";
import { median, probeDisk } from "./probe.ts";
import { openStatements } from "./statements.ts";

/** Appends per commit, and how many commits a measurement takes. */
const groups = [
  { size: 1, commits: 1000 },
  { size: 100, commits: 100 },
  { size: 1000, commits: 30 },
] as const;
const runsCount = 1000;
const rounds = Math.max(1, Number(process.argv[2] ?? 5));
const folder = process.env["RUNWRIGHT_BENCH_FOLDER"] ?? tmpdir();

const counts = { succeeded: 12, failed: 0, skipped: 0, running: 1, waiting: 0 };
const summary: RunSummary = { status: "running", counts, gates: [], updatedAt: 1_763_700_000_000 };
const events = JSON.stringify([{ kind: "step.succeeded", path: "a[12]/b", output: "x".repeat(240) }]);
const segmentOf = (seq: number): Segment => ({
  seq,
  count: 1,
  at: 1_763_700_000_000,
  events,
  hash: "f".repeat(64),
});
const runs = Array.from({ length: runsCount }, (_, index): NewRun => {
  const run = `r01arz3ndektsv4rrffq69g5f${String(index).padStart(4, "0")}`;
  const key = { tenant: "local", workspace: "default", run };
  const made = { workflow: "audit", version: "f".repeat(64), createdAt: 0, startedBy: "local:ada" };
  return { key, ...made, segment: segmentOf(1), summary, wakeAt: 0 };
});

type Appender = (runIndexes: readonly number[], seqs: readonly number[]) => Promise<void>;

async function throughStore(place: string): Promise<{ append: Appender; end: () => Promise<void> }> {
  const holder = { pid: process.pid, host: "bench", startedAt: 0 };
  const store = await openSqliteStore({ folder: place, holder, synchronous: "full" });
  await store.journal.create(runs);
  return {
    async append(indexes, seqs) {
      const batch = indexes.map((index, position): Append => {
        const key = runs[index]?.key ?? missing();
        const segment = segmentOf(seqs[position] ?? 0);
        return { lease: { key, epoch: 1 }, segment, summary, consumed: [], wakeAt: 0, startsCalls: true };
      });
      const results = await store.journal.append(batch);
      if (results.some((result) => result !== "ok")) missing();
    },
    end: async () => store[Symbol.asyncDispose](),
  };
}

async function bare(place: string): Promise<{ append: Appender; end: () => Promise<void> }> {
  const statements = await openStatements(place, runs);
  const summaryText = JSON.stringify(summary);
  return {
    append(indexes, seqs) {
      const keys = indexes.map((index) => runs[index]?.key ?? missing());
      statements.append(
        keys.map((key, position) => ({ key, segment: segmentOf(seqs[position] ?? 0), summary: summaryText })),
      );
      return Promise.resolve();
    },
    end: async () => statements[Symbol.asyncDispose](),
  };
}

/** Appends per second for each group size: one by one to one run, in groups across all runs. */
async function measure(open: typeof bare): Promise<readonly number[]> {
  const place = mkdtempSync(path.join(folder, "runwright-bench-"));
  const { append, end } = await open(place);
  const seqs = runs.map(() => 1);
  const next = (index: number) => (seqs[index] = (seqs[index] ?? 0) + 1);
  for (let warm = 0; warm < 200; warm += 1) {
    await append([0], [next(0)]);
    await nextTurn();
  }

  const perSecond: number[] = [];
  for (const { size, commits } of groups) {
    const startedAt = performance.now();
    for (let commit = 0; commit < commits; commit += 1) {
      const indexes = Array.from({ length: size }, (_, position) =>
        size === 1 ? 0 : (commit * size + position) % runsCount,
      );
      await append(indexes, indexes.map(next));
      await nextTurn();
    }
    perSecond.push(Math.round((size * commits * 1000) / (performance.now() - startedAt)));
  }
  await end();
  rmSync(place, { recursive: true });
  return perSecond;
}

/** Each commit has its turn of the event loop, as in the engine: between them the log is looked after. */
async function nextTurn(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
}

function missing(): never {
  throw new Error("The bench is wrong: an append was not written.");
}

const figures = new Map<string, number[]>();
for (let round = 1; round <= rounds; round += 1) {
  const { p50 } = probeDisk(folder);
  const [left, right] = round % 2 === 0 ? [throughStore, bare] : [bare, throughStore];
  const first = await measure(left);
  const second = await measure(right);
  const [store, statements] = left === throughStore ? [first, second] : [second, first];
  console.log(JSON.stringify({ round, fdatasyncP50Ms: Math.round(p50 * 1000) / 1000, store, bare: statements }));
  for (const [index, { size }] of groups.entries()) {
    const names = [`store ${size}`, `bare ${size}`, `ratio ${size}`];
    const values = [store[index] ?? 0, statements[index] ?? 0, (statements[index] ?? 0) / (store[index] ?? 1)];
    for (const [place, name] of names.entries()) figures.set(name, [...(figures.get(name) ?? []), values[place] ?? 0]);
  }
}
console.log("appends per commit | journal, appends/s | bare statements, appends/s | bare / journal (medians)");
for (const { size } of groups) {
  const middle = (name: string) => median(figures.get(`${name} ${size}`) ?? []);
  console.log(`${size} | ${middle("store")} | ${middle("bare")} | ${middle("ratio").toFixed(2)}`);
}
