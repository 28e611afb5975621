import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../src/adapters/sqlite/database.ts";
import { openSqliteStore } from "../src/adapters/sqlite/sqlite-store.ts";
import { createWriteAheadLog } from "../src/adapters/sqlite/write-ahead-log.ts";
import type { RunKey } from "../src/base/ids.ts";
import type { NewRun, RunSummary, Segment } from "../src/ports/journal.ts";
import type { Contender, Outcome } from "./contender.ts";

/** One append as the statements need it. */
export interface BareAppend {
  readonly key: RunKey;
  readonly segment: Segment;
  readonly summary: string;
  /** Rows of the audit log in the same commit. */
  readonly audit?: readonly string[];
}

/** The statements that the SQLite journal sends for appends, without its checks and without an engine. */
export interface Statements extends AsyncDisposable {
  /** Writes the appends in one commit. */
  append(batch: readonly BareAppend[]): void;
}

/** Opens a journal with these runs in it, flushed to the disk (FULL). */
export async function openStatements(folder: string, runs: readonly NewRun[]): Promise<Statements> {
  const file = path.join(folder, "journal.db");
  {
    const holder = { pid: process.pid, host: "bench", startedAt: 0 };
    await using store = await openSqliteStore({ folder, holder, synchronous: "full" });
    await store.journal.create(runs);
  }
  // The log is looked after as in the store: what is compared is the way to the statements, not the log.
  const keeper = openDatabase(file, "full");
  const log = createWriteAheadLog(keeper, file);
  const connection = new DatabaseSync(file);
  connection.exec("PRAGMA synchronous = full; PRAGMA wal_autocheckpoint = 0");
  const ofRun = "tenant = ? AND workspace = ? AND run = ?";
  const begin = connection.prepare("BEGIN IMMEDIATE");
  const commit = connection.prepare("COMMIT");
  const insert = connection.prepare(
    "INSERT INTO segment (tenant, workspace, run, seq, count, at, events, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const tell = connection.prepare("INSERT INTO audit_row (tenant, entry) VALUES (?, ?)");
  const update = connection.prepare(
    `UPDATE run SET last_seq = ?, summary = ? WHERE ${ofRun} AND epoch = ? AND last_seq = ? AND status = ? AND wake_at IS ? AND tries = 0 AND holds <= ?`,
  );
  return {
    append(batch) {
      begin.run();
      for (const { key, segment, summary, audit = [] } of batch) {
        const { tenant, workspace, run } = key;
        const { seq, count, at, events, hash } = segment;
        const { changes } = update.run(seq + count - 1, summary, tenant, workspace, run, 1, seq - 1, "running", 0, 0);
        if (changes !== 1) throw new Error(`The row of run ${run} is not as it was left.`);
        insert.run(tenant, workspace, run, seq, count, at, events, hash);
        for (const entry of audit) tell.run(tenant, entry);
      }
      commit.run();
      log.committed();
    },
    async [Symbol.asyncDispose]() {
      connection.close();
      await log[Symbol.asyncDispose]();
      keeper[Symbol.dispose]();
    },
  };
}

const counts = { succeeded: 12, failed: 0, skipped: 0, running: 1, waiting: 0 };
const summary: RunSummary = { status: "running", counts, gates: [], updatedAt: 1_763_700_000_000 };
// What one commit of (a) holds: the end of a step and the start of the next.
const events = JSON.stringify([
  { kind: "step.succeeded", v: 1, path: "s500", output: null },
  { kind: "step.started", v: 1, path: "s501", attempt: 1, input: null },
]);
// What one commit holds where each step calls a tool: its receipt, its end, the start of the next and the intent of that one's call.
const effectEvents = JSON.stringify([
  {
    kind: "effect.received",
    v: 1,
    path: "s500",
    operation: { name: "desk.look", occurrence: 1, digest: "f".repeat(64) },
    receipt: { v: 1, output: null },
  },
  { kind: "step.succeeded", v: 1, path: "s500", output: null },
  { kind: "step.started", v: 1, path: "s501", attempt: 1, input: { id: "7" } },
  {
    kind: "effect.intended",
    v: 1,
    path: "s501",
    operation: { name: "desk.look", occurrence: 1, digest: "f".repeat(64) },
    key: "f".repeat(64),
    class: "read",
    target: { kind: "tool", name: "desk@1.0.0/look" },
    policy: { rules: ["default.tools"], version: "f".repeat(64) },
  },
]);
const told = {
  tenant: "local",
  workspace: "default",
  at: 1_763_700_000_000,
  actor: "bench",
  object: "r01arz3ndektsv4rrffq69g5fav s500 desk@1.0.0/look",
  policy: { rules: ["default.tools"], version: "f".repeat(64) },
  payload: "f".repeat(64),
};
const audit = [
  JSON.stringify({ ...told, action: "tool.result", outcome: "received" }),
  JSON.stringify({ ...told, action: "tool.call", outcome: "intended" }),
];
const key: RunKey = { tenant: "local", workspace: "default", run: "r01arz3ndektsv4rrffq69g5fav" };

/** The probe beside (a): the same statements, one commit a step, each with its turn of the event loop. */
export async function openProbe(folder: string): Promise<Contender> {
  const made = { workflow: "bench", version: "f".repeat(64), createdAt: 0, startedBy: "bench", wakeAt: 0 };
  const statements = await openStatements(folder, [{ key, ...made, segment: segmentOf(1), summary }]);
  let seq = 1;
  return {
    warmUp: async () => void (await commits(300)),
    scenarios: {
      "sequential-1000": () => commits(1000),
      "effects-1000": () => commits(1000, effectEvents, audit),
    },
    [Symbol.asyncDispose]: () => statements[Symbol.asyncDispose](),
  };

  async function commits(count: number, texts = events, entries: readonly string[] = []): Promise<Outcome> {
    for (let commit = 0; commit < count; commit += 1) {
      seq += 2;
      const segment = segmentOf(seq, texts);
      statements.append([{ key, segment, summary: JSON.stringify(summary), audit: entries }]);
      await new Promise(setImmediate);
    }
    return { steps: count };
  }
}

function segmentOf(seq: number, texts = events): Segment {
  return { seq, count: 2, at: 1_763_700_000_000, events: texts, hash: "f".repeat(64) };
}
