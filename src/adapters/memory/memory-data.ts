import { runKeyText, type RunKey, type Scope } from "../../base/ids.ts";
import { isTerminal } from "../../machine/states.ts";
import { entryText } from "../../ports/audit-rules.ts";
import type { AuditEntry, AuditRow, Seal } from "../../ports/audit.ts";
import type { Release } from "../../ports/catalog.ts";
import {
  assertFirst,
  assertTakesEntries,
  blobMissing,
  dueAt,
  endedUnread,
  firstEpoch,
  headAfter,
  isHold,
  judgeAppend,
  leavesUnread,
  pageRows,
  runNotFound,
  type RunHead,
  type Unread,
} from "../../ports/journal-rules.ts";
import type {
  Append,
  AppendResult,
  Blob,
  CreateResult,
  InboxEntry,
  InboxOutcome,
  InboxRow,
  Lease,
  NewRun,
  RunQuery,
  RunRow,
  RunSummary,
  Segment,
  Snapshot,
  Waking,
} from "../../ports/journal.ts";
import type { LogHead } from "../../ports/log-rules.ts";
import type { LogRow } from "../../ports/logs.ts";

interface StoredEntry {
  readonly row: string;
  readonly kind: InboxEntry["kind"];
  outcome: InboxOutcome["outcome"] | undefined;
}

interface StoredRun {
  readonly made: Pick<RunRow, "key" | "workflow" | "version" | "createdAt" | "startedBy">;
  head: RunHead;
  summary: string;
  readonly segments: Segment[];
  /** Entry `id` stands at `id - 1`. */
  readonly inbox: StoredEntry[];
  snapshot: Snapshot | undefined;
  log: LogHead;
  readonly lines: LogRow[];
}

/** What outlives a crash of the memory store. */
export interface MemoryData {
  readonly runs: Map<string, StoredRun>;
  readonly runOfDedupeKey: Map<string, StoredRun>;
  readonly versions: Map<string, string>;
  /** Releases of each workflow in the order of their numbers, by its scoped id. */
  readonly releases: Map<string, Release[]>;
  readonly releaseOfDigest: Map<string, Release>;
  readonly blobs: Map<string, string>;
  /** The row of position `p` stands at `p - 1`. */
  readonly auditRows: AuditRow[];
  readonly seals: Seal[];
}

/** Nothing stored yet. */
export function createMemoryData(): MemoryData {
  return {
    runs: new Map(),
    runOfDedupeKey: new Map(),
    versions: new Map(),
    releases: new Map(),
    releaseOfDigest: new Map(),
    blobs: new Map(),
    auditRows: [],
    seals: [],
  };
}

/** `Journal.create`, at once. */
export function createRuns(data: MemoryData, batch: readonly NewRun[]): readonly CreateResult[] {
  for (const run of batch) assertFirst(run);
  return batch.map((run) => {
    const { key, workflow, version, createdAt, startedBy, dedupeKey, segment, summary, wakeAt } = run;
    const dedupe = dedupeKey === undefined ? undefined : scopedText(key, dedupeKey);
    const known =
      (dedupe === undefined ? undefined : data.runOfDedupeKey.get(dedupe)) ?? data.runs.get(runKeyText(key));
    if (known !== undefined) return { row: rowOf(known), created: false };

    const stored: StoredRun = {
      made: { key: { ...key }, workflow, version, createdAt, startedBy },
      head: {
        epoch: firstEpoch,
        lastSeq: segment.count,
        status: summary.status,
        wakeAt,
        unread: 0,
        holds: 0,
        tries: 0,
      },
      summary: JSON.stringify(summary),
      segments: [{ ...segment }],
      inbox: [],
      snapshot: undefined,
      log: { lines: 0, bytes: 0 },
      lines: [],
    };
    keepBlobs(data, key, run.blobs);
    addAuditRows(data, run.audit);
    data.runs.set(runKeyText(key), stored);
    if (dedupe !== undefined) data.runOfDedupeKey.set(dedupe, stored);
    return { row: rowOf(stored), created: true };
  });
}

/** `Audit.record`, at once. */
export function addAuditRows(data: MemoryData, entries: readonly AuditEntry[] = []): void {
  for (const entry of entries)
    data.auditRows.push({ position: data.auditRows.length + 1, tenant: entry.tenant, text: entryText(entry) });
}

/** `Journal.takeOver`, at once. */
export function takeOverRun(data: MemoryData, key: RunKey): Lease {
  const run = runOf(data, key);
  const epoch = run.head.epoch + 1;
  run.head = { ...run.head, epoch, tries: run.head.tries + 1 };
  return { key, epoch };
}

/** `Journal.mark`, at once. */
export function markRun(data: MemoryData, { key, epoch }: Lease, by: 1 | -1): void {
  const run = data.runs.get(runKeyText(key));
  if (run?.head.epoch === epoch) run.head = { ...run.head, tries: Math.max(0, run.head.tries + by) };
}

/** `Journal.append`, at once. */
export function appendBatch(data: MemoryData, batch: readonly Append[]): readonly AppendResult[] {
  const results = batch.map((append) => {
    const run = data.runs.get(runKeyText(append.lease.key));
    const unread = unreadOf(run, append);
    const result = judgeAppend(run?.head, append, unread);
    if (run !== undefined && result === "ok") {
      keepBlobs(data, append.lease.key, append.blobs);
      addAuditRows(data, append.audit);
      write(run, append, unread);
    }
    return result;
  });
  const written = batch.filter((_append, index) => results[index] === "ok");
  createRuns(
    data,
    written.flatMap(({ creates = [] }) => creates),
  );
  for (const { key, entry } of written.flatMap(({ posts = [] }) => posts)) {
    const run = data.runs.get(runKeyText(key));
    if (run !== undefined && !isTerminal(run.head.status)) addEntry(run, entry);
  }
  return results;
}

function write(run: StoredRun, append: Append, unread: Unread): void {
  const leftovers = leavesUnread(run.head, append, unread);
  run.head = headAfter(run.head, append, unread);
  run.summary = JSON.stringify(append.summary);
  if (append.segment !== undefined) run.segments.push({ ...append.segment });
  if (append.snapshot !== undefined) run.snapshot = { ...append.snapshot };
  for (const { id, outcome } of append.consumed) entryOf(run, id).outcome = { ...outcome };
  if (leftovers) for (const entry of run.inbox) entry.outcome ??= endedUnread;
}

function unreadOf(run: StoredRun | undefined, append: Append): Unread {
  const unread = new Map<number, InboxEntry["kind"]>();
  for (const { id } of append.consumed) {
    const entry = run?.inbox[id - 1];
    if (entry !== undefined && entry.outcome === undefined) unread.set(id, entry.kind);
  }
  return unread;
}

/** `Journal.post`, at once. */
export function postEntry(data: MemoryData, key: RunKey, entry: InboxEntry): InboxRow {
  const run = runOf(data, key);
  assertTakesEntries(key.run, run.head);
  return addEntry(run, entry);
}

function addEntry(run: StoredRun, { kind, body, principal, at }: InboxEntry): InboxRow {
  const row = JSON.stringify({ id: run.inbox.length + 1, kind, body, principal, at } satisfies InboxRow);
  run.inbox.push({ row, kind, outcome: undefined });
  run.head = { ...run.head, unread: run.head.unread + 1, holds: run.head.holds + (isHold(kind) ? 1 : 0) };
  return JSON.parse(row) as InboxRow;
}

/** The place of the segment that holds `fromSeq`, or behind the last one. */
export function segmentIndex(run: StoredRun, fromSeq: number): number {
  let low = 0;
  let high = run.segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { seq, count } = run.segments[middle] ?? { seq: 0, count: 0 };
    if (seq + count > fromSeq) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** `Journal.inbox`, at once. */
export function unreadRows(data: MemoryData, key: RunKey): readonly InboxRow[] {
  return runOf(data, key)
    .inbox.filter(({ outcome }) => outcome === undefined)
    .map(({ row }) => JSON.parse(row) as InboxRow);
}

/** `Journal.outcome`, at once. */
export function outcomeOf(data: MemoryData, key: RunKey, id: number): InboxOutcome["outcome"] | undefined {
  return runOf(data, key).inbox[id - 1]?.outcome;
}

/** `Journal.row`, at once. */
export function findRow(data: MemoryData, key: RunKey): RunRow | undefined {
  const run = data.runs.get(runKeyText(key));
  return run === undefined ? undefined : rowOf(run);
}

/** `Journal.snapshot`, at once. */
export function snapshotOf(data: MemoryData, key: RunKey): Snapshot | undefined {
  const snapshot = data.runs.get(runKeyText(key))?.snapshot;
  return snapshot === undefined ? undefined : { ...snapshot };
}

/** `Journal.blobs`, at once. */
export function findBlobs(
  data: MemoryData,
  { tenant }: Scope,
  digests: readonly string[],
): ReadonlyMap<string, string> {
  const bodyOf = (digest: string): string => {
    const body = data.blobs.get(blobKey(tenant, digest));
    if (body === undefined) throw blobMissing(digest);
    return body;
  };
  return new Map(digests.map((digest) => [digest, bodyOf(digest)]));
}

function keepBlobs(data: MemoryData, { tenant }: Scope, blobs: readonly Blob[] = []): void {
  for (const { digest, body } of blobs) {
    const key = blobKey(tenant, digest);
    if (!data.blobs.has(key)) data.blobs.set(key, body);
  }
}

function blobKey(tenant: string, digest: string): string {
  return JSON.stringify([tenant, digest]);
}

/** `Journal.list`, at once. */
export function listRows(data: MemoryData, scope: Scope, query: RunQuery): readonly RunRow[] {
  return [...data.runs.values()]
    .filter(({ made, head }) => {
      if (made.key.tenant !== scope.tenant || made.key.workspace !== scope.workspace) return false;
      if (query.workflow !== undefined && made.workflow !== query.workflow) return false;
      if (query.status !== undefined && head.status !== query.status) return false;
      return query.before === undefined || made.key.run < query.before;
    })
    .toSorted((left, right) => compareText(right.made.key.run, left.made.key.run))
    .slice(0, pageRows(query.limit))
    .map((run) => rowOf(run));
}

/** `Journal.waking`, at once. */
export function wakingPage(data: MemoryData, after: Waking | undefined, limit: number): readonly Waking[] {
  const due: Waking[] = [];
  for (const { made, head } of data.runs.values()) {
    const wakeAt = dueAt(head);
    if (wakeAt !== undefined) due.push({ key: { ...made.key }, wakeAt });
  }
  return due
    .filter((waking) => after === undefined || compareWaking(waking, after) > 0)
    .toSorted(compareWaking)
    .slice(0, pageRows(limit));
}

/** The run of this key, or `run.not-found`. */
export function runOf(data: MemoryData, key: RunKey): StoredRun {
  const run = data.runs.get(runKeyText(key));
  if (run === undefined) throw runNotFound(key.run);
  return run;
}

function entryOf(run: StoredRun, id: number): StoredEntry {
  const entry = run.inbox[id - 1];
  if (entry === undefined) throw new RangeError(`Inbox row ${id} was judged to be there.`);
  return entry;
}

function rowOf({ made, head, summary }: StoredRun): RunRow {
  const { wakeAt, lastSeq, tries } = head;
  return {
    ...made,
    key: { ...made.key },
    lastSeq,
    tries,
    summary: JSON.parse(summary) as RunSummary,
    ...(wakeAt === undefined ? {} : { wakeAt }),
  };
}

/** A text that belongs to a tenant and workspace, as a key. */
export function scopedText({ tenant, workspace }: Scope, name: string): string {
  return JSON.stringify([tenant, workspace, name]);
}

function compareWaking(left: Waking, right: Waking): number {
  return (
    left.wakeAt - right.wakeAt ||
    compareText(left.key.run, right.key.run) ||
    compareText(left.key.tenant, right.key.tenant) ||
    compareText(left.key.workspace, right.key.workspace)
  );
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
