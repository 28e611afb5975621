// What happens to the SQLite store when processes die, disks fill up and files are damaged: with real processes and files.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { startProgram } from "../../../test/sqlite/program.ts";
import { hasCode, type ErrorCode } from "../../base/error.ts";
import type { Append, Segment } from "../../ports/journal.ts";
import { segmentHash } from "../../ports/segment-hash.ts";
import type { Store } from "../../ports/store.ts";
import {
  acme,
  appendOf,
  created,
  driven,
  entryOf,
  keyOf,
  newRun,
  segmentOf,
  segmentsOf,
} from "../../testing/journal-checks/world.ts";
import { type Database, makeDatabase, openDatabase } from "./database.ts";
import { createReader } from "./reading.ts";
import { openSqliteReader, openSqliteStore } from "./sqlite-store.ts";
import { createTurnCommit } from "./turn-commit.ts";
import { createWriter } from "./writing.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-sqlite-"));
after(() => rmSync(base, { recursive: true, force: true }));
const holder = { pid: process.pid, host: "here", startedAt: 0 };
const childKey = { tenant: "local", workspace: "default", run: "r1" };

const newFolder = () => mkdtempSync(path.join(base, "store-"));
const openIn = (folder: string): Promise<Store> => openSqliteStore({ folder, holder, synchronous: "full" });
const withCode = (code: ErrorCode) => (error: unknown) => hasCode(error, code);

async function assertWhole(journal: Store["journal"], ackedSeq: number): Promise<void> {
  const segments: readonly Segment[] = await segmentsOf(journal, childKey);
  let hash = "";
  for (const [index, segment] of segments.entries()) {
    assert.equal(segment.seq, index + 1);
    assert.equal(segment.hash, segmentHash(hash, segment.seq, segment.events));
    hash = segment.hash;
  }
  assert.ok(segments.length >= ackedSeq, `${segments.length} segments, but ${ackedSeq} were acknowledged`);
  assert.equal((await journal.row(childKey))?.lastSeq, segments.length);
}

test("every append that was acknowledged is there after kill -9 of the writer", async () => {
  for (const killAfter of [1, 7, 40, 120, 300]) {
    const folder = newFolder();
    await using writer = startProgram("append-forever", [folder]);
    let acked = 0;
    for await (const line of writer.lines()) {
      if (line.startsWith("acked ")) acked = Number(line.slice(6));
      if (acked === killAfter) void writer.kill();
    }
    assert.ok(acked >= killAfter);
    await using store = await openIn(folder);
    await assertWhole(store.journal, acked);
  }
});

test("of two processes that open a folder at the same moment one gets it, and the other is told who, twenty times", async () => {
  const folder = newFolder();
  await using left = startProgram("contend", [folder]);
  await using right = startProgram("contend", [folder]);
  for (let round = 0; round < 20; round += 1) {
    const [toLeft, toRight] = await Promise.all([left.ask("open"), right.ask("open")]);
    const [winner, answer, told] = toLeft === "mine" ? [left, toLeft, toRight] : [right, toRight, toLeft];
    assert.equal(answer, "mine", told);
    const [, waitedMs, pid] = /^store\.held in (\d+) ms: .* process (\d+) on here\.$/.exec(told) ?? [];
    assert.equal(pid, String(winner.pid), told);
    assert.ok(Number(waitedMs) < 1000, told);
    assert.equal(await winner.ask("close"), "closed");
  }
});

test("a folder is free again once its holder was killed, and its name no longer counts", async () => {
  const folder = newFolder();
  await using first = startProgram("contend", [folder]);
  assert.equal(await first.ask("open"), "mine");
  await assert.rejects(
    openIn(folder),
    (error) => hasCode(error, "store.held") && error.message.includes(String(first.pid)),
  );
  await first.kill();
  assert.ok(existsSync(path.join(folder, "holder.json")));
  await using _store = await openIn(folder);
});

test("the same process cannot open a folder twice either", async () => {
  const folder = newFolder();
  await using _store = await openIn(folder);
  await assert.rejects(
    openIn(folder),
    (error) => hasCode(error, "store.held") && error.message.includes(String(process.pid)),
  );
});

test("a reader sees what the holder commits, and holds nobody up", async () => {
  const folder = newFolder();
  assert.throws(() => openSqliteReader(folder), withCode("run.not-found"));
  await using store = await openIn(folder);
  const lease = await driven(store.journal, "r1");
  using reader = openSqliteReader(folder);
  const reading = reader.journal.read(lease.key, 1)[Symbol.asyncIterator]();
  await reading.next();
  assert.deepEqual(await store.journal.append([appendOf(lease, 2)]), ["ok"]);
  assert.equal((await reader.journal.row(lease.key))?.lastSeq, 2);
  assert.equal((await reader.journal.list(acme, { limit: 5 })).length, 1);
});

test("a full store rolls back, says so, and works again when there is space", async () => {
  using database = newDatabase();
  const commit = createTurnCommit(database, { assertRoom() {}, committed() {} });
  const journal = { ...createWriter(database, commit), ...createReader(database) };
  const limitTo = (pages: number) => database.reading(() => database.prepare(`PRAGMA max_page_count = ${pages}`).get());
  const [row] = await journal.create([newRun("r1")]);
  assert.ok(row?.created);
  const lease = { key: keyOf("r1"), epoch: 1 };
  limitTo(1);
  const big = (seq: number): Append =>
    appendOf(lease, seq, { segment: segmentOf(seq, 1, "", "x".repeat(100_000)), wakeAt: 1 });
  await assert.rejects(journal.append([appendOf(lease, 2), big(3)]), withCode("journal.full"));
  assert.equal((await journal.row(lease.key))?.lastSeq, 1);
  assert.equal((await journal.row(lease.key))?.wakeAt, undefined);
  limitTo(1_000_000);
  assert.deepEqual(await journal.append([appendOf(lease, 2), big(3)]), ["ok", "ok"]);
});

test("after an I/O error the outcome is unknown, and the store refuses everything until it is opened again", async (context) => {
  if (process.platform === "win32") return context.skip("needs a shell that can limit the size of files");
  const folder = newFolder();
  // The kernel refuses to let a file grow past 4 MiB: a write in the middle of a commit fails.
  await using writer = startProgram("append-forever", [folder, "30000"], `trap "" XFSZ; ulimit -f 8192`);
  let acked = 0;
  const rest: string[] = [];
  for await (const line of writer.lines()) {
    if (line.startsWith("acked ")) acked = Number(line.slice(6));
    else rest.push(line);
  }
  assert.deepEqual(rest, ["failed journal.unknown-outcome", "then journal.closed"]);
  assert.ok(acked > 20);
  await using store = await openIn(folder);
  await assertWhole(store.journal, acked);
});

test("a write of somebody else to the file is refused cleanly, not waited for", async () => {
  const folder = newFolder();
  await using store = await openIn(folder);
  const lease = await driven(store.journal, "r1");
  using stranger = new DatabaseSync(path.join(folder, "journal.db"));
  stranger.exec("BEGIN IMMEDIATE");
  await assert.rejects(store.journal.append([appendOf(lease, 2)]), withCode("store.held"));
  stranger.exec("ROLLBACK");
  assert.deepEqual(await store.journal.append([appendOf(lease, 2)]), ["ok"]);
});

test("a file of a newer schema, or of something else, is refused and not touched", async () => {
  for (const sql of ["PRAGMA user_version = 99", "CREATE TABLE recipe (name TEXT)"]) {
    const folder = newFolder();
    const file = path.join(folder, "journal.db");
    {
      using foreign = new DatabaseSync(file);
      foreign.exec(`CREATE TABLE other (x); ${sql}`);
    }
    const before = readFileSync(file);
    await assert.rejects(openIn(folder), withCode("store.unknown-schema"));
    assert.throws(() => openSqliteReader(folder), withCode("store.unknown-schema"));
    assert.deepEqual(readFileSync(file), before);
    assert.equal(existsSync(`${file}-wal`), false);
  }
});

test("a file that is no database any more is reported as damaged", async () => {
  const folder = newFolder();
  writeFileSync(path.join(folder, "journal.db"), "not a database".repeat(1000));
  await assert.rejects(openIn(folder), withCode("journal.damaged"));
});

test("a journal that lost its end is not opened", async () => {
  const folder = newFolder();
  const file = path.join(folder, "journal.db");
  {
    await using store = await openIn(folder);
    await driven(store.journal, "r1");
  }
  copyFileSync(file, `${file}.old`);
  {
    await using store = await openIn(folder);
    await store.journal.append([appendOf({ key: keyOf("r1"), epoch: 1 }, 2)]);
  }
  const whole = readFileSync(file);
  copyFileSync(`${file}.old`, file);
  await assert.rejects(
    openIn(folder),
    (error) => hasCode(error, "journal.damaged") && error.message.includes("ends before commit 2"),
  );
  writeFileSync(file, whole);
  {
    await using store = await openIn(folder);
    await created(store.journal, newRun("r2"));
  }
  rmSync(path.join(folder, "head.json"));
  copyFileSync(`${file}.old`, file);
  await using _store = await openIn(folder);
});

test("the small writes of one turn share a commit, and the failure of one concerns it alone", async () => {
  using database = newDatabase();
  let commits = 0;
  const commit = createTurnCommit(database, { assertRoom() {}, committed: () => void (commits += 1) });
  const journal = { ...createWriter(database, commit), ...createReader(database) };
  await journal.create([newRun("r1"), newRun("r2")]);
  commits = 0;
  const posts = Array.from({ length: 50 }, (_, index) =>
    journal.post(keyOf(index === 25 ? "r9" : "r1"), entryOf("decide")),
  );
  const answers = await Promise.allSettled([...posts, journal.takeOver(keyOf("r2"))]);
  assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 50);
  assert.equal(commits, 1);

  const waiting = journal.post(keyOf("r2"), entryOf("cancel"));
  assert.deepEqual(await journal.append([appendOf({ key: keyOf("r2"), epoch: 2 }, 2, { startsCalls: true })]), [
    "held",
  ]);
  assert.equal((await waiting).kind, "cancel");
  assert.equal(commits, 2);
});

function newDatabase(): Database {
  const file = path.join(newFolder(), "journal.db");
  makeDatabase(file);
  return openDatabase(file, "full");
}
