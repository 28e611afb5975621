// A process that is killed while it makes its data folder leaves one that the next process can open.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch } from "node:fs";
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
  "journal.db.new",
  "journal.db.new-journal",
  "journal.db.new-wal",
  "journal.db",
  "journal.db-wal",
  "journal.db-shm",
];
const delaysMs = [0, 1, 3];

async function assertNothingOrWhole(folder: string): Promise<void> {
  try {
    using reader = openSqliteReader(folder);
    assert.deepEqual(await reader.journal.list(scope, { limit: 1 }), []);
  } catch (error) {
    assert.ok(hasCode(error, "run.not-found"), String(error));
  }
}

/** What a folder is after its maker was killed: nothing is promised yet, and nothing stands in the way. */
async function assertOpens(folder: string): Promise<void> {
  await assertNothingOrWhole(folder);
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

test("whoever reads while a folder is made finds nothing or a whole store, and does not hold its maker up", async () => {
  for (let round = 0; round < 5; round += 1) {
    const folder = path.join(base, `read-${round}`);
    mkdirSync(folder);
    const program = spawn(process.execPath, [contend, folder], { stdio: ["pipe", "pipe", "inherit"] });
    const said: string[] = [];
    program.stdout.on("data", (text) => said.push(String(text)));
    program.stdin.write("open\n");
    while (said.length === 0) {
      await assertNothingOrWhole(folder);
      await new Promise((resolve) => void setImmediate(resolve));
    }
    await assertNothingOrWhole(folder);
    assert.deepEqual(said, ["mine\n"]);
    program.kill("SIGKILL");
  }
});
