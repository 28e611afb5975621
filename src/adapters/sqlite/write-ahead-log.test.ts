// The write-ahead log while much is written: with the thread that moves it, without, with readers, and with kills in the middle.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import type { Worker } from "node:worker_threads";
import { startProgram } from "../../../test/sqlite/program.ts";
import { hasCode } from "../../base/error.ts";
import type { Lease } from "../../ports/journal.ts";
import { noHash, segmentHash } from "../../ports/segment-hash.ts";
import type { Store } from "../../ports/store.ts";
import { appendOf, driven, segmentOf, segmentsOf } from "../../testing/journal-checks/world.ts";
import { logBytesLead, logBytesMax, logBytesUsual } from "./log-limits.ts";
import { openSqliteReader, openSqliteStore } from "./sqlite-store.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-log-"));
after(() => rmSync(base, { recursive: true, force: true }));
const holder = { pid: process.pid, host: "here", startedAt: 0 };
/** About a mebibyte in each commit; the hash of the last one stands in the next. */
const text = "x".repeat(1_000_000);
const commitBytes = 1_100_000;

interface World extends AsyncDisposable {
  readonly folder: string;
  readonly store: Store;
  readonly lease: Lease;
  /** Appends one large segment; gives back how long the log is after it. */
  append(): Promise<number>;
  /** How many segments were acknowledged. */
  readonly acked: number;
}

async function open(folder: string = mkdtempSync(path.join(base, "store-"))): Promise<World> {
  const store = await openSqliteStore({ folder, holder, synchronous: "full" });
  const lease = await driven(store.journal, "r1");
  let { hash } = segmentOf(1);
  const world = {
    folder,
    store,
    lease,
    acked: 1,
    async append() {
      const segment = segmentOf(world.acked + 1, 1, hash, text);
      const [result] = await store.journal.append([appendOf(lease, segment.seq, { segment })]);
      assert.equal(result, "ok");
      ({ hash } = segment);
      world.acked += 1;
      return logBytes(folder);
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
  return world;
}

const logBytes = (folder: string): number => statSync(path.join(folder, "journal.db-wal")).size;
const nextTurn = () => new Promise((resolve) => void setImmediate(resolve));

/** Every acknowledged segment is there, and each follows from the one before. */
async function assertWhole(journal: Pick<Store["journal"], "read">, { lease, acked }: World): Promise<void> {
  const segments = await segmentsOf(journal as Store["journal"], lease.key);
  assert.equal(segments.length, acked);
  let hash: string = noHash;
  for (const segment of segments) {
    assert.equal(segment.hash, segmentHash(hash, segment.seq, segment.events));
    ({ hash } = segment);
  }
}

/** Threads that are started from here on. */
function watchThreads(seen: (thread: Worker) => void): Disposable {
  process.on("worker", seen);
  return { [Symbol.dispose]: () => void process.off("worker", seen) };
}

test("the log begins anew again and again while much is written, and readers beside it see every commit", async () => {
  const threads: Worker[] = [];
  using _watch = watchThreads((thread) => threads.push(thread));
  await using world = await open();
  using reader = openSqliteReader(world.folder);
  let bytesMax = 0;
  while (world.acked < 60) {
    bytesMax = Math.max(bytesMax, await world.append());
    assert.equal((await reader.journal.row(world.lease.key))?.lastSeq, world.acked);
    await nextTurn();
  }
  assert.ok(bytesMax >= logBytesUsual, `control: ${bytesMax} bytes would not have needed a checkpoint`);
  assert.ok(bytesMax <= logBytesMax, `${bytesMax} bytes`);
  assert.equal(threads.length, 1);
  await assertWhole(reader.journal, world);
});

test("a thread that dies is replaced, and after some deaths the writer moves the log by itself", async () => {
  const ends: Promise<number>[] = [];
  // The first two die before they can do anything, the third while it moves or after.
  using _watch = watchThreads((thread) => {
    ends.push(ends.length < 2 ? thread.terminate() : once(thread, "online").then(() => thread.terminate()));
  });
  await using world = await open();
  let bytesMax = 0;
  while (world.acked < 50) {
    bytesMax = Math.max(bytesMax, await world.append());
    await nextTurn();
    await Promise.all(ends);
  }
  assert.equal(ends.length, 3);
  assert.ok(bytesMax <= logBytesLead, `${bytesMax} bytes`);
  await world.store[Symbol.asyncDispose]();
  await using again = await openSqliteStore({ folder: world.folder, holder, synchronous: "full" });
  await assertWhole(again.journal, world);
});

test("a caller who never lets the event loop turn is bounded as well", async () => {
  await using world = await open();
  let bytesMax = 0;
  while (world.acked < 80) bytesMax = Math.max(bytesMax, await world.append());
  assert.ok(bytesMax >= logBytesUsual);
  assert.ok(bytesMax <= logBytesMax + 16 * commitBytes, `${bytesMax} bytes`);
});

test("a reader that never ends lets the log grow up to its limit, where commits are refused until it ends", async () => {
  await using world = await open();
  const file = path.join(world.folder, "journal.db");
  using reader = new DatabaseSync(file, { readOnly: true });
  reader.exec("BEGIN");
  const countOf = () => reader.prepare("SELECT count(*) AS count FROM segment").get()?.["count"];
  assert.equal(countOf(), 1);
  const filling = async () => {
    while (world.acked < 150) {
      await world.append();
      await nextTurn();
    }
  };
  await assert.rejects(filling(), (error) => hasCode(error, "journal.full") && error.message.includes("has been read"));
  const grown = logBytes(world.folder);
  assert.ok(grown >= logBytesMax && grown <= logBytesMax + 2 * commitBytes, `${grown} bytes`);
  await assert.rejects(world.append(), (error) => hasCode(error, "journal.full"));
  assert.equal(countOf(), 1, "the reader still sees its old state");
  await assertWhole(world.store.journal, world);

  reader.exec("COMMIT");
  const shrunk = await world.append();
  assert.ok(shrunk <= logBytesUsual, `${shrunk} bytes`);
  await assertWhole(world.store.journal, world);
});

test("kill -9 in the middle of a checkpoint loses nothing", async () => {
  for (const killAfter of [420, 480]) {
    const folder = mkdtempSync(path.join(base, "store-"));
    await using writer = startProgram("append-forever", [folder, "30000"]);
    let acked = 0;
    for await (const line of writer.lines()) {
      if (line.startsWith("acked ")) acked = Number(line.slice(6));
      if (acked === killAfter) void writer.kill();
    }
    await using store = await openSqliteStore({ folder, holder, synchronous: "full" });
    const key = { tenant: "local", workspace: "default", run: "r1" };
    const segments = await segmentsOf(store.journal, key);
    assert.ok(segments.length >= acked && acked >= killAfter, `${segments.length} of ${acked}`);
    let hash: string = noHash;
    for (const { seq, events } of segments) hash = segmentHash(hash, seq, events);
    assert.equal(hash, segments.at(-1)?.hash);
  }
});
