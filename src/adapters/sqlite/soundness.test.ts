// Damage that SQLite would only meet much later, or never, is looked for after an end that was not clean.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { hasCode } from "../../base/error.ts";
import { created, newRun } from "../../testing/journal-checks/world.ts";
import { pageBytes } from "./log-limits.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-soundness-"));
after(() => rmSync(base, { recursive: true, force: true }));
const holder = { pid: process.pid, host: "here", startedAt: 0 };
const kept = ["journal.db", "journal.db-wal", "head.json"] as const;
const runsCount = 400;

const newFolder = () => mkdtempSync(path.join(base, "store-"));
const openIn = (folder: string) => openSqliteStore({ folder, holder, synchronous: "full" });
const filesOf = (folder: string) => kept.map((name) => readFileSync(path.join(folder, name)));

/** A folder as a killed process leaves it: most of the journal in its file, the last commit in the log. */
async function leftOpen(): Promise<string> {
  const folder = newFolder();
  {
    await using store = await openIn(folder);
    await store.journal.create(Array.from({ length: runsCount }, (_, index) => newRun(`r${index}`)));
  }
  const copy = newFolder();
  await using store = await openIn(folder);
  await created(store.journal, newRun("last"));
  for (const name of kept) cpSync(path.join(folder, name), path.join(copy, name));
  return copy;
}

/** Overwrites the head of a page, as a disk does that wrote something else there. */
function damagePage(folder: string, page: number): void {
  const file = path.join(folder, "journal.db");
  const bytes = readFileSync(file);
  bytes.fill(0x5a, page * pageBytes, page * pageBytes + 8);
  writeFileSync(file, bytes);
}

/** Pages that are read from the log: what the file holds of them is not served to anybody. */
function pagesInLog(folder: string): ReadonlySet<number> {
  const log = readFileSync(path.join(folder, "journal.db-wal"));
  const pages = new Set<number>();
  for (let at = 32; log.readUInt32BE(at) !== 0; at += 24 + pageBytes) pages.add(log.readUInt32BE(at) - 1);
  return pages;
}

test("a damaged page is found at open after an end that was not clean, and nothing is changed", async () => {
  const folder = await leftOpen();
  const pages = readFileSync(path.join(folder, "journal.db")).length / pageBytes;
  const unread = pagesInLog(folder);
  let refused = 0;
  for (let page = 2; page < pages; page += 2) {
    if (unread.has(page)) continue;
    const copy = newFolder();
    cpSync(folder, copy, { recursive: true });
    damagePage(copy, page);
    const before = filesOf(copy);
    await assert.rejects(
      openIn(copy),
      (error) => hasCode(error, "journal.damaged") && error.message.includes("Restore the data folder from a backup"),
      `page ${page} of ${pages}`,
    );
    assert.deepEqual(filesOf(copy), before);
    refused += 1;
  }
  assert.ok(refused > 15, `${refused} pages`);
});

test("a store that was left open and is sound goes on, and leaves no log behind when it is closed", async () => {
  const folder = await leftOpen();
  {
    await using store = await openIn(folder);
    assert.equal((await store.journal.list(newRun("last").key, { limit: 1000 })).length, runsCount + 1);
  }
  assert.equal(existsSync(path.join(folder, "journal.db-wal")), false);
});
