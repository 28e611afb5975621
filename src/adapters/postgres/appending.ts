import { runKeyText, type RunKey } from "../../base/ids.ts";
import { headIn, keyColumns, keyIn, snapshotColumns } from "../../ports/journal-rows.ts";
import {
  dueAt,
  endedUnread,
  headAfter,
  judgeAppend,
  leavesUnread,
  type RunHead,
  type Unread,
} from "../../ports/journal-rules.ts";
import type { Append, AppendResult, InboxEntry, InboxOutcome, Snapshot } from "../../ports/journal.ts";
import { insertAudit } from "./audit.ts";
import { insertBlobs, type TenantBlob } from "./blobs.ts";
import { blobsOfMade, createAll } from "./creating.ts";
import { addEntry } from "./inbox.ts";
import type { Send } from "./server.ts";
import { givenKeys, insertSegments, keyLists, lists, lockHeads } from "./statements.ts";

type UnreadOfRuns = ReadonlyMap<string, Map<number, InboxEntry["kind"]>>;

interface SnapshotOfRun {
  readonly key: RunKey;
  readonly snapshot: Snapshot;
}

const noUnread: Unread = new Map();

/**
 * `Journal.append` within a transaction.
 *
 * However many appends the batch holds, it takes the same few statements: lock and read the heads, judge here by the rules that all stores
 * share, write everything that was judged `ok`.
 */
export async function appendAll(send: Send, name: string, batch: readonly Append[]): Promise<readonly AppendResult[]> {
  const keys = batch.flatMap(({ lease, posts = [] }) => [lease.key, ...posts.map(({ key }) => key)]);
  const locked = await lockHeads(send, name, keys);
  const heads = new Map<string, RunHead>(
    locked.map((columns) => [runKeyText(keyIn(columns)), headIn(columns.slice(3))]),
  );
  const unread = await findUnread(send, name, batch);
  const written = new Map<string, Append>();
  const ok: Append[] = [];
  const ended: RunKey[] = [];

  const results = batch.map((append) => {
    const id = runKeyText(append.lease.key);
    const head = heads.get(id);
    const named = namedIn(unread.get(id), append);
    const result = judgeAppend(head, append, named);
    if (head === undefined || result !== "ok") return result;

    ok.push(append);
    written.set(id, append);
    heads.set(id, headAfter(head, append, named));
    for (const row of named.keys()) unread.get(id)?.delete(row);
    if (leavesUnread(head, append, named)) ended.push(append.lease.key);
    return result;
  });

  await writeAll(send, name, ok);
  await updateHeads(send, name, written, heads);
  if (ended.length > 0) await settleRest(send, name, ended);
  const creates = ok.flatMap((append) => append.creates ?? []);
  const made = creates.length > 0 ? await createAll(send, name, creates) : [];
  const posts = ok.flatMap((append) => append.posts ?? []);
  for (const { key, entry } of posts) await addEntry(send, name, key, entry);
  await insertBlobs(send, name, [...blobsOf(ok), ...blobsOfMade(creates, made)]);
  return results;
}

/** The unread rows that the batch names, of each run. */
async function findUnread(send: Send, name: string, batch: readonly Append[]): Promise<UnreadOfRuns> {
  const named = batch.flatMap(({ lease, consumed }) => consumed.map(({ id }) => ({ key: lease.key, id })));
  const unread = new Map<string, Map<number, InboxEntry["kind"]>>();
  if (named.length === 0) return unread;
  const rows = await send(
    `SELECT ${keyColumns}, id, kind FROM ${name}.inbox
     WHERE (${keyColumns}, id) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])) AND outcome IS NULL`,
    [...keyLists(named.map(({ key }) => key)), named.map(({ id }) => id)],
  );
  for (const columns of rows) {
    const id = runKeyText(keyIn(columns));
    const ofThisRun = unread.get(id) ?? new Map<number, InboxEntry["kind"]>();
    unread.set(id, ofThisRun.set(Number(columns[3]), String(columns[4]) as InboxEntry["kind"]));
  }
  return unread;
}

async function writeAll(send: Send, name: string, ok: readonly Append[]): Promise<void> {
  const segments = ok.flatMap(({ lease, segment }) => (segment === undefined ? [] : [{ key: lease.key, segment }]));
  if (segments.length > 0) await insertSegments(send, name, segments);
  const settled = ok.flatMap(({ lease, consumed }) => consumed.map((outcome) => ({ key: lease.key, outcome })));
  if (settled.length > 0) await settle(send, name, settled);
  const snapshots = new Map<string, SnapshotOfRun>();
  for (const { lease, snapshot } of ok)
    if (snapshot !== undefined) snapshots.set(runKeyText(lease.key), { key: lease.key, snapshot });
  if (snapshots.size > 0) await putSnapshots(send, name, [...snapshots.values()]);
  await insertAudit(
    send,
    name,
    ok.flatMap(({ audit = [] }) => audit),
  );
}

async function putSnapshots(send: Send, name: string, rows: readonly SnapshotOfRun[]): Promise<void> {
  await send(
    `INSERT INTO ${name}.snapshot (${keyColumns}, ${snapshotColumns})
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::int[], $8::text[])
     ON CONFLICT (${keyColumns}) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at, form = excluded.form,
       body = excluded.body`,
    [
      ...keyLists(rows.map(({ key }) => key)),
      ...lists(rows, ({ snapshot: { seq, hash, at, form, body } }) => [seq, hash, at, form, body]),
    ],
  );
}

function blobsOf(ok: readonly Append[]): readonly TenantBlob[] {
  return ok.flatMap(({ lease, blobs = [] }) => blobs.map((blob) => ({ tenant: lease.key.tenant, blob })));
}

/** `written` holds the last append of each run: its summary is the one that stays. */
async function updateHeads(
  send: Send,
  name: string,
  written: ReadonlyMap<string, Append>,
  heads: ReadonlyMap<string, RunHead>,
): Promise<void> {
  if (written.size === 0) return;
  await send(
    `UPDATE ${name}.run AS run SET last_seq = new.last_seq, status = new.status, summary = new.summary,
       wake_at = new.wake_at, due = new.due, unread = new.unread, holds = new.holds, tries = new.tries
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
         $9::int[], $10::int[], $11::int[])
       AS new (${keyColumns}, last_seq, status, summary, wake_at, due, unread, holds, tries)
     WHERE ${sameRun("run")}`,
    [
      ...keyLists([...written.values()].map(({ lease }) => lease.key)),
      ...lists([...written], ([id, { summary }]) => {
        const head = heads.get(id);
        if (head === undefined) throw new RangeError(`Run ${id} was judged without a head.`);
        const { lastSeq, status, wakeAt = null, unread, holds, tries } = head;
        return [lastSeq, status, JSON.stringify(summary), wakeAt, dueAt(head) ?? null, unread, holds, tries];
      }),
    ],
  );
}

async function settle(
  send: Send,
  name: string,
  rows: readonly { key: RunKey; outcome: InboxOutcome }[],
): Promise<void> {
  await send(
    `UPDATE ${name}.inbox AS entry SET outcome = new.outcome
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) AS new (${keyColumns}, id, outcome)
     WHERE ${sameRun("entry")} AND entry.id = new.id`,
    [
      ...keyLists(rows.map(({ key }) => key)),
      ...lists(rows, ({ outcome: { id, outcome } }) => [id, JSON.stringify(outcome)]),
    ],
  );
}

async function settleRest(send: Send, name: string, keys: readonly RunKey[]): Promise<void> {
  await send(
    `UPDATE ${name}.inbox SET outcome = $4
     WHERE (${keyColumns}) IN (SELECT * FROM ${givenKeys}) AND outcome IS NULL`,
    [...keyLists(keys), JSON.stringify(endedUnread)],
  );
}
function namedIn(unread: Unread | undefined, { consumed }: Append): Unread {
  if (consumed.length === 0 || unread === undefined) return noUnread;
  const named = new Map<number, InboxEntry["kind"]>();
  for (const { id } of consumed) {
    const kind = unread.get(id);
    if (kind !== undefined) named.set(id, kind);
  }
  return named;
}

function sameRun(table: string): string {
  return `${table}.tenant = new.tenant AND ${table}.workspace = new.workspace AND ${table}.run = new.run`;
}
