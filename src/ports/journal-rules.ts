import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { isTerminal } from "../machine/states.ts";
import type { Append, AppendResult, InboxEntry, InboxOutcome, NewRun, RunStatus, Segment, RunRow } from "./journal.ts";

/** The part of a run that decides what may be written next. Each adapter reads it in the transaction that writes. */
export interface RunHead {
  readonly epoch: number;
  readonly lastSeq: number;
  readonly status: RunStatus;
  readonly wakeAt: number | undefined;
  /** Unread inbox rows. */
  readonly unread: number;
  /** Those of them that hold back new calls: cancels and pauses. */
  readonly holds: number;
  /** Takeovers in a row without a commit or a release after them. */
  readonly tries: number;
}

/** The unread inbox rows that an append names, by id. */
export type Unread = ReadonlyMap<number, InboxEntry["kind"]>;

/** The outcome of rows that were still unread when their run ended. */
export const endedUnread: InboxOutcome["outcome"] = {
  ok: false,
  code: "run.ended",
  message: "The run had ended before this was read.",
};

/** The epoch of a run that was just created: its creator's. */
export const firstEpoch = 1;

/** Throws `journal.conflict` for a run whose first segment is not the first. */
export function assertFirst({ key, segment }: NewRun): void {
  if (segment.seq === 1 && segment.count >= 1) return;
  throw new RunwrightError(
    "journal.conflict",
    `Run ${key.run} must begin with seq 1 and at least one event, not with seq ${segment.seq} and ${segment.count} events.`,
  );
}

/** The row of a run that was just created. */
export function rowOfNew({ key, workflow, version, createdAt, startedBy, segment, summary, wakeAt }: NewRun): RunRow {
  const row = { key, workflow, version, createdAt, startedBy, lastSeq: segment.count, summary };
  return wakeAt === undefined ? row : { ...row, wakeAt };
}

/** Throws `run.ended` or `inbox.full` where a run takes no more inbox rows. */
export function assertTakesEntries(run: string, { status, unread }: Pick<RunHead, "status" | "unread">): void {
  if (isTerminal(status)) throw new RunwrightError("run.ended", `Run ${run} has ended: it is ${status}.`);
  if (unread < limits.inboxRowsMax) return;
  throw new RunwrightError(
    "inbox.full",
    `The inbox of run ${run} holds ${unread} unread rows, and ${limits.inboxRowsMax} is the most.`,
  );
}

/** The error for a run that is not there, or not the asker's: the two must look the same. */
export function runNotFound(run: string): RunwrightError {
  return new RunwrightError("run.not-found", `There is no run ${run}.`);
}

/** The error for blobs that something stored names, and that are not stored. */
export function blobMissing(digest: string): RunwrightError {
  return new RunwrightError(
    "journal.damaged",
    `The journal names the value ${digest}, which is not stored: a part of it is lost. Restore a backup.`,
  );
}

/** True for entries that hold back new calls until the driver has taken them in. */
export function isHold(kind: InboxEntry["kind"]): boolean {
  return kind === "cancel" || kind === "pause";
}

/**
 * What becomes of an append: the one place that knows, so that no two stores can differ.
 *
 * The fence comes first: a driver that was replaced must stop, whatever else is wrong with what it wrote. A run that does not exist has
 * no lease either.
 */
export function judgeAppend(head: RunHead | undefined, append: Append, unread: Unread): AppendResult {
  if (head === undefined || head.epoch !== append.lease.epoch) return "fenced";
  if (append.segment !== undefined && !follows(head, append.segment)) return "conflict";
  // A row that was read before, or is named twice, would be told two outcomes.
  if (append.consumed.some(({ id }) => !unread.has(id)) || unread.size !== append.consumed.length) return "conflict";
  if (append.startsCalls && head.holds > holdsIn(unread)) return "held";
  return "ok";
}

/** The head after an append that was judged `ok`. A run that ends leaves no row unread: see `endedUnread`. */
export function headAfter(head: RunHead, append: Append, unread: Unread): RunHead {
  const { status } = append.summary;
  const ended = isTerminal(status);
  return {
    epoch: head.epoch,
    lastSeq: head.lastSeq + (append.segment?.count ?? 0),
    status,
    wakeAt: append.wakeAt,
    unread: ended ? 0 : head.unread - unread.size,
    holds: ended ? 0 : head.holds - holdsIn(unread),
    tries: 0,
  };
}

/** True when the append ends its run while rows that it does not name are unread: they are settled with `endedUnread`. */
export function leavesUnread(head: RunHead, append: Append, unread: Unread): boolean {
  return isTerminal(append.summary.status) && head.unread > unread.size;
}

/** When a run must be driven again: at once while a row is unread, else when it asked for; undefined = not by itself. */
export function dueAt(head: Pick<RunHead, "unread" | "wakeAt">): number | undefined {
  return head.unread > 0 ? 0 : head.wakeAt;
}

/** The rows of a page: what was asked for, within the bound. */
export function pageRows(limit: number): number {
  return Math.max(0, Math.min(Math.trunc(limit), limits.pageRowsMax));
}

function follows(head: RunHead, segment: Segment): boolean {
  return segment.seq === head.lastSeq + 1 && segment.count >= 1;
}

function holdsIn(unread: Unread): number {
  let holds = 0;
  for (const kind of unread.values()) if (isHold(kind)) holds += 1;
  return holds;
}
