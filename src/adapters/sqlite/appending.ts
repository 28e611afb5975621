import {
  dueAt,
  endedUnread,
  headAfter,
  judgeAppend,
  leavesUnread,
  type RunHead,
  type Unread,
} from "../../ports/journal-rules.ts";
import type { Append, AppendResult, InboxEntry } from "../../ports/journal.ts";
import { createAddAudit } from "./audit.ts";
import { createAddBlobs } from "./blobs.ts";
import type { Database } from "./database.ts";
import { createPutSnapshot } from "./snapshots.ts";
import { createAddSegment, createHeadOf, ofRun } from "./statements.ts";

const none: Unread = new Map();

/** Judges one append and writes it, within a transaction. */
export function createAppendOne(database: Database): (append: Append) => AppendResult {
  const headOf = createHeadOf(database);
  const addSegment = createAddSegment(database);
  const addBlobs = createAddBlobs(database);
  const addAudit = createAddAudit(database);
  const updateSummary = database.prepare(`UPDATE run SET last_seq = ?, summary = ? WHERE ${ofRun}`);
  const updateHead = database.prepare(
    `UPDATE run SET last_seq = ?, summary = ?, status = ?, wake_at = ?, due = ?, unread = ?, holds = ?, tries = ? WHERE ${ofRun}`,
  );
  const putSnapshot = createPutSnapshot(database);
  const unreadKind = database.prepare(`SELECT kind FROM inbox WHERE ${ofRun} AND id = ? AND outcome IS NULL`);
  const settle = database.prepare(`UPDATE inbox SET outcome = ? WHERE ${ofRun} AND id = ?`);
  const settleRest = database.prepare(
    `UPDATE inbox INDEXED BY inbox_unread SET outcome = ? WHERE ${ofRun} AND outcome IS NULL`,
  );

  return (append) => {
    const head = headOf(append.lease.key);
    const unread = append.consumed.length === 0 ? none : unreadOf(append);
    const result = judgeAppend(head, append, unread);
    if (head !== undefined && result === "ok") write(head, append, unread);
    return result;
  };

  function write(head: RunHead, append: Append, unread: Unread): void {
    const { key } = append.lease;
    const { tenant, workspace, run } = key;
    const after = headAfter(head, append, unread);
    const summary = JSON.stringify(append.summary);
    if (append.blobs !== undefined) addBlobs(tenant, append.blobs);
    if (append.audit !== undefined) addAudit(append.audit);
    if (append.segment !== undefined) addSegment(key, append.segment);
    if (append.snapshot !== undefined) putSnapshot(key, append.snapshot);
    if (sameButSeq(head, after)) {
      updateSummary.run(after.lastSeq, summary, tenant, workspace, run);
      return;
    }

    const { lastSeq, status, wakeAt = null, holds, tries } = after;
    const due = dueAt(after) ?? null;
    updateHead.run(lastSeq, summary, status, wakeAt, due, after.unread, holds, tries, tenant, workspace, run);
    for (const { id, outcome } of append.consumed) settle.run(JSON.stringify(outcome), tenant, workspace, run, id);
    if (leavesUnread(head, append, unread)) settleRest.run(JSON.stringify(endedUnread), tenant, workspace, run);
  }

  function unreadOf({ lease, consumed }: Append): Unread {
    const { tenant, workspace, run } = lease.key;
    const unread = new Map<number, InboxEntry["kind"]>();
    for (const { id } of consumed) {
      const found = unreadKind.get(tenant, workspace, run, id);
      if (found !== undefined) unread.set(id, String(found[0]) as InboxEntry["kind"]);
    }
    return unread;
  }
}

/** True for most appends: then no index of the run row changes, and the cheaper statement will do. */
function sameButSeq(before: RunHead, after: RunHead): boolean {
  if (before.unread !== after.unread || before.tries !== after.tries) return false;
  return before.status === after.status && before.wakeAt === after.wakeAt;
}
