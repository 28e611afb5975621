// A store of an older schema is upgraded in place by who opens it for writing. The old tables stand here as that build made them.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { createFaultySqlite } from "../../../test/store-faults/faulty-sqlite.ts";
import { hasCode } from "../../base/error.ts";
import type { Store } from "../../ports/store.ts";
import { auditEntry } from "../../testing/journal-checks/audit.ts";
import { acme, appendOf, keyOf, segmentOf, segmentsOf, summaryOf } from "../../testing/journal-checks/world.ts";
import { versionOf } from "../../testing/journal-checks/versions.ts";
import { makeDatabase } from "./database.ts";
import { openSqliteReader, openSqliteStore } from "./sqlite-store.ts";

const schema1 = `
CREATE TABLE run (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL,
  workflow TEXT NOT NULL, version TEXT NOT NULL, created_at INTEGER NOT NULL, started_by TEXT NOT NULL, dedupe_key TEXT,
  epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL, status TEXT NOT NULL, summary TEXT NOT NULL,
  wake_at INTEGER, due INTEGER,
  last_entry INTEGER NOT NULL, unread INTEGER NOT NULL, holds INTEGER NOT NULL,
  PRIMARY KEY (tenant, workspace, run)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX run_by_dedupe_key ON run (tenant, workspace, dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX run_by_workflow ON run (tenant, workspace, workflow, run);
CREATE INDEX run_by_status ON run (tenant, workspace, status, run);
CREATE INDEX run_by_due ON run (due, run, tenant, workspace) WHERE due IS NOT NULL;

CREATE TABLE segment (
  position INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL, seq INTEGER NOT NULL,
  count INTEGER NOT NULL, at INTEGER NOT NULL, events TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (tenant, workspace, run, seq)
) STRICT;

CREATE TABLE inbox (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL, id INTEGER NOT NULL,
  kind TEXT NOT NULL, body TEXT NOT NULL, principal TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT,
  PRIMARY KEY (tenant, workspace, run, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_unread ON inbox (tenant, workspace, run, id) WHERE outcome IS NULL;

CREATE TABLE version (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (tenant, workspace, digest)
) STRICT, WITHOUT ROWID;
`;

/** What the build of schema 2 had besides. */
const addedInSchema2 = `
ALTER TABLE run ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN log_lines INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0;

CREATE TABLE snapshot (
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL,
  seq INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, form INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (tenant, workspace, run)
) STRICT;

CREATE TABLE blob (
  tenant TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (tenant, digest)
) STRICT;

CREATE TABLE log (
  position INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL, workspace TEXT NOT NULL, run TEXT NOT NULL, n INTEGER NOT NULL,
  path TEXT NOT NULL, attempt INTEGER NOT NULL, at INTEGER NOT NULL, level TEXT NOT NULL, text TEXT NOT NULL,
  UNIQUE (tenant, workspace, run, n)
) STRICT;
`;

const base = mkdtempSync(path.join(tmpdir(), "runwright-upgrade-"));
after(() => rmSync(base, { recursive: true, force: true }));
const holder = { pid: process.pid, host: "here", startedAt: 0 };

const newFolder = () => mkdtempSync(path.join(base, "store-"));
const fileIn = (folder: string) => path.join(folder, "journal.db");
const openIn = (folder: string): Promise<Store> => openSqliteStore({ folder, holder, synchronous: "full" });

/** Fills a new file as the build of schema 1 did: a run with an event, a wake time, a row in its inbox and its version. */
function fillSchema1(connection: DatabaseSync): void {
  const { events, hash, at } = segmentOf(1);
  connection.exec(`PRAGMA journal_mode = WAL; BEGIN; ${schema1} PRAGMA user_version = 1; COMMIT`);
  connection
    .prepare(
      "INSERT INTO run VALUES ('acme', 'main', 'r1', 'audit', 'v1', 5, 'local:ada', 'k', 3, 1, 'running', ?, 44, 0, 1, 1, 0)",
    )
    .run(JSON.stringify(summaryOf()));
  connection.prepare("INSERT INTO segment VALUES (1, 'acme', 'main', 'r1', 1, 1, ?, ?, ?)").run(at, events, hash);
  connection.exec("INSERT INTO inbox VALUES ('acme', 'main', 'r1', 1, 'decide', '{}', 'local:ada', 6, NULL)");
  connection.exec("INSERT INTO version VALUES ('acme', 'main', 'v1', '{}')");
}

/** A folder with a store of an older schema, as a process leaves it that closed it. */
function oldFolder(schema: 1 | 2 = 1): string {
  const folder = newFolder();
  using connection = new DatabaseSync(fileIn(folder));
  fillSchema1(connection);
  if (schema === 2) connection.exec(`BEGIN; ${addedInSchema2} PRAGMA user_version = 2; COMMIT`);
  return folder;
}

/** Everything of the old store is there, and what is new works. */
async function assertUpgraded(folder: string): Promise<void> {
  await using store = await openIn(folder);
  const { journal, catalog, logs } = store;
  const key = keyOf("r1");
  assert.deepEqual(await segmentsOf(journal, key), [segmentOf(1)]);
  assert.deepEqual(
    (await journal.inbox(key)).map(({ id, kind }) => [id, kind]),
    [[1, "decide"]],
  );
  assert.deepEqual(await catalog.get(acme, "v1"), {});
  const row = await journal.row(key);
  assert.deepEqual([row?.wakeAt, row?.lastSeq, row?.summary], [44, 1, summaryOf()]);
  assert.deepEqual(await journal.waking(undefined, 9), [{ key, wakeAt: 0 }]);

  const lease = await journal.takeOver(key);
  assert.deepEqual([lease.epoch, (await journal.row(key))?.tries], [4, 1]);
  const snapshot = { seq: 2, hash: segmentOf(2).hash, at: 9, form: 1, body: "{}" };
  const blobs = [{ digest: "d", body: "[]" }];
  assert.deepEqual(await journal.append([appendOf(lease, 2, { snapshot, blobs })]), ["ok"]);
  assert.equal((await catalog.publish(acme, versionOf("v2"), { by: "local:ada", at: 7 })).number, 1);
  await logs.write([{ key, path: "a", attempt: 1, at: 8, level: "stdout", text: "said" }]);

  await store.audit.record([auditEntry("upgraded")]);

  using reader = openSqliteReader(folder);
  assert.equal((await reader.audit.unsealed(0, 9)).length, 1);
  assert.deepEqual(await reader.journal.snapshot(key), snapshot);
  assert.equal((await reader.journal.blobs(acme, ["d"])).get("d"), "[]");
  assert.equal((await reader.logs.read(key, { after: 0, limit: 9 }))[0]?.text, "said");
}

/** Tables with their columns, and indexes, in the order of their names. */
function shapeOf(file: string): readonly unknown[] {
  using connection = new DatabaseSync(file, { readOnly: true });
  return [
    connection.prepare("PRAGMA user_version").get(),
    connection.prepare("SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name").all(),
    connection
      .prepare(
        "SELECT t.name AS t, c.* FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c ORDER BY t.name, c.cid",
      )
      .all(),
  ];
}

for (const schema of [1, 2] as const) {
  test(`a store of schema ${schema} is upgraded when it is opened for writing, and keeps everything`, async () => {
    await assertUpgraded(oldFolder(schema));
  });

  test(`a store that was upgraded from schema ${schema} has the tables of a new one`, async () => {
    const folder = oldFolder(schema);
    const fresh = path.join(newFolder(), "fresh.db");
    makeDatabase(fresh);
    assert.notDeepEqual(shapeOf(fileIn(folder)), shapeOf(fresh));
    await (await openIn(folder))[Symbol.asyncDispose]();
    assert.deepEqual(shapeOf(fileIn(folder)), shapeOf(fresh));
  });
}

test("a store of schema 1 whose process was killed is upgraded with all that lay in its log", async () => {
  const folder = newFolder();
  const copy = newFolder();
  using killed = new DatabaseSync(fileIn(folder));
  fillSchema1(killed);
  for (const end of ["", "-wal"]) copyFileSync(`${fileIn(folder)}${end}`, `${fileIn(copy)}${end}`);
  await assertUpgraded(copy);
});

test("a reader of schema 1 is told what to do, and changes nothing", () => {
  const folder = oldFolder();
  const before = readFileSync(fileIn(folder));
  assert.throws(
    () => openSqliteReader(folder),
    (error) => hasCode(error, "store.unknown-schema") && error.message.includes("Run `runwright doctor` once"),
  );
  assert.deepEqual(readFileSync(fileIn(folder)), before);
});

test("a store of a newer schema is refused to readers and writers, and not changed", async () => {
  const folder = oldFolder();
  {
    using connection = new DatabaseSync(fileIn(folder));
    connection.exec("PRAGMA user_version = 99");
  }
  const before = readFileSync(fileIn(folder));
  const isRefusal = (error: unknown) =>
    hasCode(error, "store.unknown-schema") && error.message.includes("Use the Runwright that wrote it");
  await assert.rejects(openIn(folder), isRefusal);
  assert.throws(() => openSqliteReader(folder), isRefusal);
  assert.deepEqual(readFileSync(fileIn(folder)), before);
});

for (const kind of ["io-error", "io-error-after", "busy"] as const) {
  test(`an upgrade that fails at any call (${kind}) loses nothing, and the next opening has it`, async () => {
    using faults = createFaultySqlite();
    const places: string[] = [];
    for (let nth = 1, met = true; met; nth += 1) {
      const folder = oldFolder();
      faults.arm(kind, nth);
      await openIn(folder).then(
        (store) => store[Symbol.asyncDispose](),
        () => {},
      );
      ({ met } = faults);
      if (met) places.push(faults.where);
      faults.disarm();
      await assertUpgraded(folder);
    }
    assert.ok(
      places.some((sql) => sql.startsWith("BEGIN IMMEDIATE; ALTER TABLE run")),
      places.join("\n"),
    );
  });
}

test("an upgrade is written whole or not at all", async () => {
  const folder = oldFolder();
  const on = (sql: string) => {
    using connection = new DatabaseSync(fileIn(folder));
    connection.exec(sql);
  };
  // The last of the new tables is in the way, after everything before it was made.
  on("CREATE TABLE release (x)");
  const before = shapeOf(fileIn(folder));
  await assert.rejects(openIn(folder), /release already exists/);
  assert.deepEqual(shapeOf(fileIn(folder)), before);
  on("DROP TABLE release");
  await assertUpgraded(folder);
});
