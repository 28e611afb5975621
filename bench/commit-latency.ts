// `node bench/commit-latency.ts [rounds]`: how long commits wait for the SQLite journal, and for whatever it does between them. One after
// another as fast as they go, each with its turn of the event loop as in the engine, and the disk probed before each round.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openSqliteStore } from "../src/adapters/sqlite/sqlite-store.ts";
import type { Append, NewRun, RunSummary, Segment } from "../src/ports/journal.ts";
import { median, percentile, probeDisk } from "./probe.ts";

const runsCount = 1000;
/** Appends in a commit: a run alone, and many runs that share one. */
const loads = [
  { size: 1, commits: 20_000 },
  { size: 20, commits: 5000 },
] as const;
const rounds = Math.max(1, Number(process.argv[2] ?? 3));
const folder = process.env["RUNWRIGHT_BENCH_FOLDER"] ?? tmpdir();

const counts = { succeeded: 12, failed: 0, skipped: 0, running: 1, waiting: 0 };
const summary: RunSummary = { status: "running", counts, gates: [], updatedAt: 1_763_700_000_000 };
const events = JSON.stringify([{ kind: "step.succeeded", path: "a[12]/b", output: "x".repeat(1000) }]);
const segmentOf = (seq: number): Segment => ({ seq, count: 1, at: 0, events, hash: "f".repeat(64) });
const keyOf = (index: number) => ({ tenant: "local", workspace: "default", run: `r${String(index).padStart(4, "0")}` });
const runs = Array.from({ length: runsCount }, (_, index): NewRun => {
  const made = { workflow: "audit", version: "f".repeat(64), createdAt: 0, startedBy: "local:ada" };
  return { key: keyOf(index), ...made, segment: segmentOf(1), summary, wakeAt: 0 };
});

interface Measured {
  readonly waits: readonly number[];
  readonly logBytesMax: number;
}

/** Milliseconds from the end of each commit to the end of the next: what stands between them is waited for as well. */
async function measure({ size, commits }: (typeof loads)[number]): Promise<Measured> {
  const place = mkdtempSync(path.join(folder, "runwright-bench-"));
  const store = await openSqliteStore({
    folder: place,
    holder: { pid: process.pid, host: "bench", startedAt: 0 },
    synchronous: "full",
  });
  await store.journal.create(runs);
  const seqs = runs.map(() => 1);
  const waits: number[] = [];
  let logBytesMax = 0;
  let before = performance.now();
  for (let commit = 0; commit < commits; commit += 1) {
    const batch = Array.from({ length: size }, (_, nth): Append => {
      const index = (commit * size + nth) % runsCount;
      const seq = (seqs[index] = (seqs[index] ?? 0) + 1);
      const lease = { key: keyOf(index), epoch: 1 };
      return { lease, segment: segmentOf(seq), summary, consumed: [], wakeAt: 0, startsCalls: true };
    });
    const results = await store.journal.append(batch);
    if (results.some((result) => result !== "ok")) throw new Error("The bench is wrong: an append was not written.");
    await new Promise((resolve) => void setImmediate(resolve));
    const now = performance.now();
    waits.push(now - before);
    before = now;
    if (commit % 100 === 0) logBytesMax = Math.max(logBytesMax, statSync(path.join(place, "journal.db-wal")).size);
  }
  await store[Symbol.asyncDispose]();
  rmSync(place, { recursive: true });
  return { waits, logBytesMax };
}

const rounded = (value: number) => Math.round(value * 100) / 100;
for (let round = 1; round <= rounds; round += 1) {
  for (const load of loads) {
    const { p50 } = probeDisk(folder);
    const { waits, logBytesMax } = await measure(load);
    const figures = {
      p50Ms: rounded(median(waits)),
      p99Ms: rounded(percentile(waits, 0.99)),
      p999Ms: rounded(percentile(waits, 0.999)),
      maxMs: rounded(Math.max(...waits)),
      over10Ms: waits.filter((wait) => wait > 10).length,
      over20Ms: waits.filter((wait) => wait > 20).length,
      totalMs: Math.round(waits.reduce((sum, wait) => sum + wait, 0)),
      logMb: Math.round(logBytesMax / 1_048_576),
    };
    console.log(
      JSON.stringify({
        round,
        appendsPerCommit: load.size,
        commits: load.commits,
        fdatasyncP50Ms: rounded(p50),
        ...figures,
      }),
    );
  }
}
