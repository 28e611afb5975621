// A process that is killed while it makes its data folder leaves one that the next process can open.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { openSqliteReader, openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { hasCode } from "../../src/base/error.ts";
import { scope } from "./life.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-opening-"));
after(() => rmSync(base, { recursive: true, force: true }));
const contend = path.join(import.meta.dirname, "..", "sqlite", "contend.ts");
const holder = { pid: process.pid, host: "here", startedAt: 0 };

/** Files that appear one after the other while a folder is made: each is a moment to be killed at. */
const moments = [
  "lock.db",
  "lock.db-journal",
  "holder.json",
  "journal.db",
  "journal.db-journal",
  "journal.db-wal",
  "journal.db-shm",
];
const delaysMs = [0, 1, 3];

/** What a folder is after its maker was killed: nothing is promised yet, and nothing stands in the way. */
async function assertOpens(folder: string): Promise<void> {
  try {
    using reader = openSqliteReader(folder);
    assert.deepEqual(await reader.journal.list(scope, { limit: 1 }), []);
  } catch (error) {
    assert.ok(hasCode(error, "run.not-found"), String(error));
  }
  await using store = await openSqliteStore({ folder, holder, synchronous: "full" });
  assert.deepEqual(await store.journal.list(scope, { limit: 1 }), []);
}

/** Kills a process that opens the store in `folder` as soon as a file of this name is seen there. */
async function killAt(folder: string, name: string, delayMs: number): Promise<void> {
  const child = spawn(process.execPath, [contend, folder], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = new Promise((resolve) => void child.once("close", resolve));
  const watcher = watch(folder, (_, seen) => {
    if (seen === name) setTimeout(() => child.kill("SIGKILL"), delayMs);
  });
  child.stdout.on("data", () => child.kill("SIGKILL"));
  child.stdin.write("open\n");
  await gone;
  watcher.close();
}

test("a process that is killed while it makes its journal leaves a folder that opens", async () => {
  for (const name of moments) {
    for (const delayMs of delaysMs) {
      const folder = path.join(base, `${name}-${delayMs}`);
      mkdirSync(folder);
      await killAt(folder, name, delayMs);
      assert.ok(existsSync(path.join(folder, "lock.db")), `killed at ${name}`);
      await assertOpens(folder);
    }
  }
});

test("a folder opens although the first change to its journal has to be rolled back", async () => {
  const folder = path.join(base, "hot");
  mkdirSync(folder);
  // As a kill between the first page and the end of its transaction leaves it: a rollback journal of a file that had no page before.
  const header = Buffer.alloc(512);
  Buffer.from("d9d505f920a163d7", "hex").copy(header);
  header.writeUInt32BE(512, 20);
  header.writeUInt32BE(4096, 24);
  writeFileSync(path.join(folder, "journal.db-journal"), header);
  writeFileSync(path.join(folder, "journal.db"), Buffer.alloc(4096));
  await assertOpens(folder);
});
