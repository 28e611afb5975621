import type { RunKey } from "../base/ids.ts";
import type { RunHead } from "./journal-rules.ts";
import type { InboxOutcome, InboxRow, RunRow, RunStatus, RunSummary, Segment, Snapshot, Waking } from "./journal.ts";
import type { LogRow } from "./logs.ts";

/** One row of a table: its columns in the order of the select. Drivers differ in whether a whole number comes as a number or as text. */
export type Columns = readonly unknown[];

/** The columns that `keyIn` reads, for a select. */
export const keyColumns = "tenant, workspace, run";

/** The columns that `rowIn` reads. */
export const rowColumns: string = `${keyColumns}, workflow, version, created_at, started_by, last_seq, wake_at, summary`;

/** The columns that `headIn` reads. */
export const headColumns = "epoch, last_seq, status, wake_at, unread, holds, tries";

/** The columns that `segmentIn` reads. */
export const segmentColumns = "seq, count, at, events, hash";

/** The columns that `entryIn` reads. */
export const entryColumns = "id, kind, body, principal, at";

/** The columns that `wakingIn` reads. */
export const wakingColumns: string = `${keyColumns}, due, tries`;

/** The columns that `snapshotIn` reads. */
export const snapshotColumns = "seq, hash, at, form, body";

/** The columns that `lineIn` reads. */
export const lineColumns = "n, path, attempt, at, level, text";

/** A run key as SQL stores keep it. */
export function keyIn([tenant, workspace, run]: Columns): RunKey {
  return { tenant: String(tenant), workspace: String(workspace), run: String(run) };
}

/** A run row as SQL stores keep it. */
export function rowIn(columns: Columns): RunRow {
  const [, , , workflow, version, createdAt, startedBy, lastSeq, wakeAt, summary] = columns;
  const row = {
    key: keyIn(columns),
    workflow: String(workflow),
    version: String(version),
    createdAt: Number(createdAt),
    startedBy: String(startedBy),
    lastSeq: Number(lastSeq),
    summary: JSON.parse(String(summary)) as RunSummary,
  };
  return wakeAt === null ? row : { ...row, wakeAt: Number(wakeAt) };
}

/** The head of a run as SQL stores keep it. */
export function headIn([epoch, lastSeq, status, wakeAt, unread, holds, tries]: Columns): RunHead {
  return {
    epoch: Number(epoch),
    lastSeq: Number(lastSeq),
    status: String(status) as RunStatus,
    wakeAt: wakeAt === null ? undefined : Number(wakeAt),
    unread: Number(unread),
    holds: Number(holds),
    tries: Number(tries),
  };
}

/** A segment as SQL stores keep it. */
export function segmentIn([seq, count, at, events, hash]: Columns): Segment {
  return { seq: Number(seq), count: Number(count), at: Number(at), events: String(events), hash: String(hash) };
}

/** An inbox row as SQL stores keep it. */
export function entryIn([id, kind, body, principal, at]: Columns): InboxRow {
  return {
    id: Number(id),
    kind: String(kind) as InboxRow["kind"],
    body: JSON.parse(String(body)) as InboxRow["body"],
    principal: String(principal),
    at: Number(at),
  };
}

/** The outcome of an inbox row as SQL stores keep it: the only column of the row, null while it is unread. */
export function outcomeIn(columns: Columns | undefined): InboxOutcome["outcome"] | undefined {
  const text = columns?.[0];
  return typeof text === "string" ? (JSON.parse(text) as InboxOutcome["outcome"]) : undefined;
}

/** A waking run as SQL stores keep it. */
export function wakingIn(columns: Columns): Waking {
  return { key: keyIn(columns), wakeAt: Number(columns[3]), tries: Number(columns[4]) };
}

/** A snapshot as SQL stores keep it. */
export function snapshotIn([seq, hash, at, form, body]: Columns): Snapshot {
  return { seq: Number(seq), hash: String(hash), at: Number(at), form: Number(form), body: String(body) };
}

/** A line as SQL stores keep it. Its text is JSON, since a program may write letters that a database does not take. */
export function lineIn({ tenant, workspace, run }: RunKey, [n, path, attempt, at, level, text]: Columns): LogRow {
  return {
    key: { tenant, workspace, run },
    n: Number(n),
    path: String(path),
    attempt: Number(attempt),
    at: Number(at),
    level: String(level) as LogRow["level"],
    text: JSON.parse(String(text)) as string,
  };
}
