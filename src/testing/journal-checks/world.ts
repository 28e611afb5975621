import assert from "node:assert/strict";
import { hasCode, type ErrorCode } from "../../base/error.ts";
import type { RunKey, Scope } from "../../base/ids.ts";
import type {
  Append,
  InboxEntry,
  Journal,
  Lease,
  NewRun,
  RunRow,
  RunStatus,
  RunSummary,
  Segment,
} from "../../ports/journal.ts";
import { noHash, segmentHash } from "../../ports/segment-hash.ts";
import type { Store } from "../../ports/store.ts";

/** A store under test, which can be closed and opened again over the same data. */
export interface OpenStore extends Store {
  /** Ends this store as if the process had stopped, and opens the next one over what it had committed. */
  reopen(): Promise<OpenStore>;
}

/** Opens a store with nothing in it. */
export type Open = () => Promise<OpenStore>;

/** One sentence about the port, and how to see whether it holds. */
export interface Check {
  readonly name: string;
  run(open: Open): Promise<void>;
}

/** The tenant that most checks play in. */
export const acme: Scope = { tenant: "acme", workspace: "main" };

/** Another tenant: it must never see the first one's data. */
export const other: Scope = { tenant: "other", workspace: "main" };

/** The key of a run. */
export function keyOf(run: string, scope: Scope = acme): RunKey {
  return { tenant: scope.tenant, workspace: scope.workspace, run };
}

/** A summary with this status. */
export function summaryOf(status: RunStatus = "running"): RunSummary {
  const counts = { succeeded: 1, failed: 0, skipped: 0, running: 1, waiting: 0 };
  return { status, counts, gates: [], updatedAt: 1_763_700_000_000 };
}

/** A segment of `count` events behind `previousHash`. */
export function segmentOf(seq: number, count = 1, previousHash: string = noHash, text = "x"): Segment {
  const events = JSON.stringify(
    Array.from({ length: count }, (_, index) => ({ kind: "note", seq: seq + index, text })),
  );
  return { seq, count, at: 1_763_700_000_000 + seq, events, hash: segmentHash(previousHash, seq, events) };
}

/** A run to create. */
export function newRun(run: string, changes: Partial<NewRun> = {}): NewRun {
  return {
    key: keyOf(run),
    workflow: "audit",
    version: "v1",
    createdAt: 1_763_700_000_000,
    startedBy: "local:ada",
    segment: segmentOf(1),
    summary: summaryOf("created"),
    ...changes,
  };
}

/** An append that adds no event. */
export function answerOf(lease: Lease, changes: Partial<Append> = {}): Append {
  return { lease, summary: summaryOf(), consumed: [], startsCalls: false, ...changes };
}

/** An append of one event that takes nothing in and starts nothing. */
export function appendOf(lease: Lease, seq: number, changes: Partial<Append> = {}): Append {
  return answerOf(lease, { segment: segmentOf(seq), ...changes });
}

/** An inbox entry of ada's. */
export function entryOf(kind: InboxEntry["kind"], body: InboxEntry["body"] = {}): InboxEntry {
  return { kind, body, principal: "local:ada", at: 1_763_700_000_000 };
}

/** Creates one run; it must be new. */
export async function created(journal: Journal, run: NewRun): Promise<RunRow> {
  const [result] = await journal.create([run]);
  assert.equal(result?.created, true, `run ${run.key.run} should have been created`);
  return result.row;
}

/** Creates a run, and the lease of its driver. */
export async function driven(journal: Journal, run: string, changes: Partial<NewRun> = {}): Promise<Lease> {
  const row = await created(journal, newRun(run, changes));
  return { key: row.key, epoch: 1 };
}

/** All segments from `fromSeq` on. */
export async function segmentsOf(journal: Journal, key: RunKey, fromSeq = 1): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  for await (const segment of journal.read(key, fromSeq)) segments.push(segment);
  return segments;
}

/** The call must fail with this code. */
export async function refused(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(call, (error) => hasCode(error, code) || assert.fail(`expected ${code}, got ${String(error)}`));
}

/** The ids of runs, as they come. */
export function idsOf(rows: readonly { readonly key: RunKey }[]): readonly string[] {
  return rows.map(({ key }) => key.run);
}
