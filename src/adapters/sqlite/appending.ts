import { limits } from "../../base/limits.ts";
import { isTerminal } from "../../machine/states.ts";
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
  const updateHead = database.prepare(
    `UPDATE run SET last_seq = ?, summary = ?, status = ?, wake_at = ?, due = ?, unread = ?, holds = ?, tries = ? WHERE ${ofRun}`,
  );
  const putSnapshot = createPutSnapshot(database);
  const advance = createAdvance(database);
  const unreadKind = database.prepare(`SELECT kind FROM inbox WHERE ${ofRun} AND id = ? AND outcome IS NULL`);
  const settle = database.prepare(`UPDATE inbox SET outcome = ? WHERE ${ofRun} AND id = ?`);
  const settleRest = database.prepare(
    `UPDATE inbox INDEXED BY inbox_unread SET outcome = ? WHERE ${ofRun} AND outcome IS NULL`,
  );

  return (append) => {
    if (advance(append)) {
      bring(append);
      return "ok";
    }
    const head = headOf(append.lease.key);
    const unread = append.consumed.length === 0 ? none : unreadOf(append);
    const result = judgeAppend(head, append, unread);
    if (head !== undefined && result === "ok") write(head, append, unread);
    return result;
  };

  /** Writes what an append brings beside the run row. */
  function bring({ lease: { key }, blobs, audit, segment, snapshot }: Append): void {
    if (blobs !== undefined) addBlobs(key.tenant, blobs);
    if (audit !== undefined) addAudit(audit);
    if (segment !== undefined) addSegment(key, segment);
    if (snapshot !== undefined) putSnapshot(key, snapshot);
  }

  function write(head: RunHead, append: Append, unread: Unread): void {
    const { key } = append.lease;
    const { tenant, workspace, run } = key;
    const after = headAfter(head, append, unread);
    const summary = JSON.stringify(append.summary);
    bring(append);
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

/**
 * Most appends follow on what the run row says and change nothing in it but the seq and the summary: one statement asks and writes. The function
 * gives true when it has; otherwise nothing was written, and the row has to be read to find out why.
 */
function createAdvance(database: Database): (append: Append) => boolean {
  const update = database.prepare(
    `UPDATE run SET last_seq = ?, summary = ? WHERE ${ofRun} AND epoch = ? AND last_seq = ? AND status = ? AND wake_at IS ? AND tries = 0 AND holds <= ?`,
  );
  return ({ lease, segment, consumed, summary, wakeAt = null, startsCalls }) => {
    if (segment === undefined || segment.count < 1 || consumed.length > 0 || isTerminal(summary.status)) return false;
    const { tenant, workspace, run } = lease.key;
    const before = segment.seq - 1;
    const holdsMax = startsCalls ? 0 : limits.inboxRowsMax;
    const asked = [tenant, workspace, run, lease.epoch, before, summary.status, wakeAt, holdsMax];
    return update.run(before + segment.count, JSON.stringify(summary), ...asked).changes !== 0;
  };
}
