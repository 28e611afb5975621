import type { RunKey } from "../../base/ids.ts";
import { isTerminal } from "../../machine/states.ts";
import { assertFirst, assertTakesEntries, isHold, runNotFound } from "../../ports/journal-rules.ts";
import type {
  Append,
  AppendResult,
  InboxEntry,
  InboxRow,
  JournalWriter,
  Lease,
  Takeover,
} from "../../ports/journal.ts";
import { createAppendOne } from "./appending.ts";
import { createCreateOne } from "./creating.ts";
import type { Database } from "./database.ts";
import { createHeadOf, ofRun } from "./statements.ts";
import type { TurnCommit } from "./turn-commit.ts";

/** Writes a journal through the one writing connection: batches at once, single rows with the others of their turn. */
export function createWriter(database: Database, commit: TurnCommit): JournalWriter {
  const createOne = createCreateOne(database);
  const appendOne = createAppendOne(database);
  const headOf = createHeadOf(database);
  const raiseEpoch = database.prepare(
    `UPDATE run SET epoch = epoch + 1, tries = tries + 1 WHERE ${ofRun} RETURNING epoch, tries`,
  );
  const forgetTries = database.prepare(`UPDATE run SET tries = 0 WHERE ${ofRun} AND epoch = ?`);
  const countEntry = database.prepare(
    `UPDATE run SET last_entry = last_entry + 1, unread = unread + 1, holds = holds + ?, due = 0 WHERE ${ofRun} RETURNING last_entry`,
  );
  const insertEntry = database.prepare(
    "INSERT INTO inbox (tenant, workspace, run, id, kind, body, principal, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );

  return {
    async create(batch) {
      for (const run of batch) assertFirst(run);
      return commit.now(() => batch.map(createOne));
    },
    async takeOver(key) {
      return commit.soon(() => takeOverOne(key));
    },
    async release(lease) {
      if (database.reading(() => needsRelease(lease))) await commit.soon(() => releaseOne(lease));
    },
    async append(batch) {
      return commit.now(() => appendBatch(batch));
    },
    async post(key, entry) {
      return commit.soon(() => postOne(key, entry));
    },
  };

  function appendBatch(batch: readonly Append[]): readonly AppendResult[] {
    const results = batch.map(appendOne);
    for (const [index, { creates = [], posts = [] }] of batch.entries()) {
      if (results[index] !== "ok") continue;
      for (const run of creates) createOne(run);
      for (const { key, entry } of posts) tellOne(key, entry);
    }
    return results;
  }

  function tellOne(key: RunKey, entry: InboxEntry): void {
    const head = headOf(key);
    if (head !== undefined && !isTerminal(head.status)) addEntry(key, entry);
  }

  function takeOverOne(key: RunKey): Takeover {
    const raised = raiseEpoch.get(key.tenant, key.workspace, key.run);
    if (raised === undefined) throw runNotFound(key.run);
    return { key, epoch: Number(raised[0]), tries: Number(raised[1]) };
  }

  function needsRelease({ key, epoch }: Lease): boolean {
    const head = headOf(key);
    return head !== undefined && head.epoch === epoch && head.tries > 0;
  }

  function releaseOne({ key: { tenant, workspace, run }, epoch }: Lease): void {
    forgetTries.run(tenant, workspace, run, epoch);
  }

  function postOne(key: RunKey, entry: InboxEntry): InboxRow {
    const head = headOf(key);
    if (head === undefined) throw runNotFound(key.run);
    assertTakesEntries(key.run, head);
    return addEntry(key, entry);
  }

  function addEntry({ tenant, workspace, run }: RunKey, { kind, body, principal, at }: InboxEntry): InboxRow {
    const id = Number(countEntry.get(isHold(kind) ? 1 : 0, tenant, workspace, run)?.[0]);
    insertEntry.run(tenant, workspace, run, id, kind, JSON.stringify(body), principal, at);
    return { id, kind, body, principal, at };
  }
}
