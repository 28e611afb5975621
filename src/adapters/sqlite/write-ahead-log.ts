import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { RunwrightError } from "../../base/error.ts";
import { createCheckpointThread, type Moved } from "./checkpoint-thread.ts";
import type { Checkpoint, Database } from "./database.ts";
import { logBytesLead, logBytesMax, logBytesUsual, pageBytes } from "./log-limits.ts";

const mib = 1_048_576;
/** The log is made longer by this much at a time, which takes about a millisecond, as soon as less than the half of it is left. */
const stepBytes = mib;
/** What could not be moved is tried again when the log has grown by this much. */
const retryBytes = 4 * mib;
/** What the writer moves by itself, in a few milliseconds: what came while the thread moved the rest. */
const holdBytesMax = 2 * mib;
/** In a turn of the event loop with more commits than this the log is looked after between them. */
const commitsMax = 16;
/** How long a commit waits, at the end of the log, for a thread that is still moving. */
const waitMsMax = 5000;
const waitStepMs = 5;

/** Looks after the write-ahead log, between commits. */
export interface WriteAheadLog extends AsyncDisposable {
  /** Throws `journal.full` while the log can take no further commit. */
  assertRoom(): void;
  /** Something was committed: the log may need care, once the turn is over. */
  committed(): void;
}

/**
 * Keeps the log of a database ahead of its commits, and bounded.
 *
 * - Ahead: a commit that makes a file longer flushes the new size as well, so the file is given its size beforehand, which makes a commit
 *   about a third faster. Step by step, so that neither a short command nor a single commit pays for the whole.
 * - Bounded: past its usual length the log is moved into the database file by a thread of its own, while commits go on. It cannot begin anew
 *   before everything is moved, and commits would always be ahead of the thread; so the writer moves the last of it in a turn of its own.
 *   Where there is no thread, or it died, or cannot keep up, the writer moves everything. Only whoever goes on reading an old state for long
 *   keeps the log from beginning anew. Then it grows up to its limit, where commits are refused until the reader has ended.
 */
export function createWriteAheadLog(database: Database, databaseFile: string): WriteAheadLog {
  const thread = createCheckpointThread(databaseFile, answered);
  let size = 0;
  /** The length at which something is to be done the next time. */
  let attentionAt = logBytesUsual;
  let isMoving = false;
  let isFull = false;
  let commits = 0;
  let scheduled: NodeJS.Immediate | undefined;
  keepAhead(0);

  return {
    assertRoom() {
      if (isFull) beginAnew();
    },
    committed() {
      commits += 1;
      if (commits >= commitsMax) care();
      else scheduled ??= setImmediate(care);
    },
    async [Symbol.asyncDispose]() {
      clearImmediate(scheduled);
      await thread[Symbol.asyncDispose]();
    },
  };

  /** Nobody waits for this. A full disk is met again at the next commit; an I/O error has stopped the database. */
  function care(): void {
    commits = 0;
    scheduled = undefined;
    try {
      lookAfter(database.checkpoint("noop"));
    } catch {}
  }

  function lookAfter(log: Checkpoint): void {
    const bytes = log.frames * pageBytes;
    keepAhead(bytes);
    isFull = bytes >= logBytesMax;
    if (bytes < logBytesUsual) attentionAt = logBytesUsual;
    if (bytes < attentionAt) return;
    attentionAt = bytes + retryBytes;
    if (isMoving) return;
    isMoving = thread.ask();
    if (!isMoving) database.checkpoint("passive");
  }

  /** The thread has moved what there was when it was asked, and some more. What it left behind is less than that, unless a reader needs it. */
  function answered(moved: Moved): void {
    isMoving = false;
    try {
      if (!moved.ok) throw database.met(Object.assign(new Error(moved.message), { errcode: moved.errcode }));
      const log = database.checkpoint("noop");
      const leftMax = log.frames * pageBytes < logBytesLead ? holdBytesMax : logBytesUsual;
      if ((log.frames - log.moved) * pageBytes <= leftMax) database.checkpoint("passive");
    } catch {}
  }

  /** The last resort before a commit is refused. */
  function beginAnew(): void {
    for (let waitedMs = 0; ; waitedMs += waitStepMs) {
      const { busy } = database.checkpoint("restart");
      if (!busy) break;
      if (!isMoving || waitedMs >= waitMsMax) throw logFull(databaseFile, isMoving);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitStepMs);
    }
    isFull = false;
    attentionAt = logBytesUsual;
  }

  /** SQLite ignores the zeros, since no frame in them has a checksum. Without the space it goes without: this is only about speed. */
  function keepAhead(bytes: number): void {
    if (size >= logBytesUsual || bytes + stepBytes / 2 <= size) return;
    size = Math.min(Math.max(size, bytes) + stepBytes, logBytesUsual);
    lengthen(`${databaseFile}-wal`, size);
  }
}

function logFull(file: string, isMoving: boolean): RunwrightError {
  const why = isMoving
    ? "because this disk takes too long to move it into that file; nothing was written. It is tried again"
    : "because another program has been reading that file all the while; nothing was written. Close that program (for example a database browser), and everything goes on by itself";
  const message = `The write-ahead log of ${file} has reached ${logBytesMax / mib} MiB and cannot begin anew, ${why}.`;
  return new RunwrightError("journal.full", message);
}

/** Fills a file with zeros up to this length; where there is not enough space, it is left as it was, since others need that space. */
function lengthen(file: string, bytes: number): void {
  const handle = openSync(file, "r+");
  const { size } = fstatSync(handle);
  try {
    const zeros = new Uint8Array(stepBytes);
    for (let end = size; end < bytes;) {
      end += writeSync(handle, zeros, 0, Math.min(zeros.length, bytes - end), end);
    }
    fdatasyncSync(handle);
  } catch {
    if (fstatSync(handle).size > size) ftruncateSync(handle, size);
  } finally {
    closeSync(handle);
  }
}
