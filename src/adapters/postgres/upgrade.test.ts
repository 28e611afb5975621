// Tables of an older schema are upgraded by who opens them. The old ones stand here as that build made them.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Client } from "pg";
import { startPostgres } from "../../../test/postgres.ts";
import { hasCode } from "../../base/error.ts";
import { auditEntry } from "../../testing/journal-checks/audit.ts";
import { acme, appendOf, keyOf, newRun, segmentOf, segmentsOf, summaryOf } from "../../testing/journal-checks/world.ts";
import { versionOf } from "../../testing/journal-checks/versions.ts";
import { openPostgresStore } from "./postgres-store.ts";

const schema1 = (name: string) => `
CREATE SCHEMA ${name};
CREATE TABLE ${name}.meta (schema_version integer NOT NULL);
INSERT INTO ${name}.meta VALUES (1);
CREATE TABLE ${name}.run (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL,
  workflow text COLLATE "C" NOT NULL, version text COLLATE "C" NOT NULL, created_at bigint NOT NULL, started_by text NOT NULL,
  dedupe_key text COLLATE "C",
  epoch bigint NOT NULL, last_seq bigint NOT NULL, status text COLLATE "C" NOT NULL, summary text NOT NULL,
  wake_at bigint, due bigint,
  last_entry bigint NOT NULL DEFAULT 0, unread integer NOT NULL DEFAULT 0, holds integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, workspace, run)
);
CREATE UNIQUE INDEX run_by_dedupe_key ON ${name}.run (tenant, workspace, dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX run_by_workflow ON ${name}.run (tenant, workspace, workflow, run);
CREATE INDEX run_by_status ON ${name}.run (tenant, workspace, status, run);
CREATE INDEX run_by_due ON ${name}.run (due, run, tenant, workspace) WHERE due IS NOT NULL;

CREATE TABLE ${name}.segment (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, seq bigint NOT NULL,
  count integer NOT NULL, at bigint NOT NULL, events text NOT NULL, hash text NOT NULL,
  PRIMARY KEY (tenant, workspace, run, seq)
);

CREATE TABLE ${name}.inbox (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, id bigint NOT NULL,
  kind text NOT NULL, body text NOT NULL, principal text NOT NULL, at bigint NOT NULL, outcome text,
  PRIMARY KEY (tenant, workspace, run, id)
);
CREATE INDEX inbox_unread ON ${name}.inbox (tenant, workspace, run, id) WHERE outcome IS NULL;

CREATE TABLE ${name}.version (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, digest text COLLATE "C" NOT NULL, body text NOT NULL,
  PRIMARY KEY (tenant, workspace, digest)
);
`;

/** What the build of schema 2 had besides. */
const addedInSchema2 = (name: string) => `
UPDATE ${name}.meta SET schema_version = 2;
ALTER TABLE ${name}.run ADD COLUMN tries integer NOT NULL DEFAULT 0, ADD COLUMN log_lines bigint NOT NULL DEFAULT 0,
  ADD COLUMN log_bytes bigint NOT NULL DEFAULT 0;

CREATE TABLE ${name}.snapshot (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL,
  seq bigint NOT NULL, hash text NOT NULL, at bigint NOT NULL, form integer NOT NULL, body text NOT NULL,
  PRIMARY KEY (tenant, workspace, run)
);

CREATE TABLE ${name}.blob (
  tenant text COLLATE "C" NOT NULL, digest text COLLATE "C" NOT NULL, body text NOT NULL,
  PRIMARY KEY (tenant, digest)
);

CREATE TABLE ${name}.log (
  tenant text COLLATE "C" NOT NULL, workspace text COLLATE "C" NOT NULL, run text COLLATE "C" NOT NULL, n bigint NOT NULL,
  path text COLLATE "C" NOT NULL, attempt integer NOT NULL, at bigint NOT NULL, level text NOT NULL, text text NOT NULL,
  PRIMARY KEY (tenant, workspace, run, n)
);
`;

const server = await startPostgres();

if ("skipped" in server) {
  test("postgres", { skip: server.skipped }, () => {});
} else {
  const { url } = server;
  after(() => server[Symbol.asyncDispose]());
  const openIn = (schema: string) => openPostgresStore({ url, schema, connectionsMax: 3 });
  const ask = async (sql: string, values?: readonly string[]): Promise<readonly unknown[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql, values === undefined ? [] : [...values])).rows;
    } finally {
      await client.end();
    }
  };
  const shapeOf = (schema: string) =>
    ask(
      `SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default FROM information_schema.columns
       WHERE table_schema = $1 ORDER BY table_name, column_name`,
      [schema],
    );
  const makeOld = async (name: string, schema: 1 | 2 = 1): Promise<void> => {
    await ask(schema1(name));
    if (schema === 2) await ask(addedInSchema2(name));
    const { events, hash, at } = segmentOf(1);
    await ask(
      `INSERT INTO ${name}.run VALUES ('acme', 'main', 'r1', 'audit', 'v1', 5, 'local:ada', 'k', 3, 1, 'running', $1, 44, 0, 1, 1, 0)`,
      [JSON.stringify(summaryOf())],
    );
    await ask(`INSERT INTO ${name}.segment VALUES ('acme', 'main', 'r1', 1, 1, ${at}, $1, $2)`, [events, hash]);
    await ask(`INSERT INTO ${name}.inbox VALUES ('acme', 'main', 'r1', 1, 'decide', '{}', 'local:ada', 6, NULL)`);
    await ask(`INSERT INTO ${name}.version VALUES ('acme', 'main', 'v1', '{}')`);
  };

  for (const schema of [1, 2] as const) {
    test(`tables of schema ${schema} are upgraded once by many who open them at once, and keep everything`, async () => {
      const name = `old_store_${schema}`;
      await makeOld(name, schema);
      const stores = await Promise.all(Array.from({ length: 5 }, () => openIn(name)));
      const [store] = stores;
      assert.ok(store);
      const { journal, catalog, logs } = store;
      const key = keyOf("r1");
      assert.deepEqual(await segmentsOf(journal, key), [segmentOf(1)]);
      assert.deepEqual(
        (await journal.inbox(key)).map(({ id, kind }) => [id, kind]),
        [[1, "decide"]],
      );
      assert.deepEqual(await catalog.get(acme, "v1"), {});
      const [again] = await journal.create([newRun("r2", { dedupeKey: "k" })]);
      assert.deepEqual([again?.created, again?.row.wakeAt, again?.row.summary], [false, 44, summaryOf()]);
      assert.deepEqual(await journal.waking(undefined, 9), [{ key, wakeAt: 0 }]);

      const lease = await journal.takeOver(key);
      assert.deepEqual([lease.epoch, (await journal.row(key))?.tries], [4, 1]);
      const snapshot = { seq: 2, hash: segmentOf(2).hash, at: 9, form: 1, body: "{}" };
      const blobs = [{ digest: "d", body: "[]" }];
      assert.deepEqual(await journal.append([appendOf(lease, 2, { snapshot, blobs })]), ["ok"]);
      await logs.write([{ key, path: "a", attempt: 1, at: 8, level: "stdout", text: "said" }]);
      assert.deepEqual(await journal.snapshot(key), snapshot);
      assert.equal((await journal.blobs(acme, ["d"])).get("d"), "[]");
      assert.equal((await logs.read(key, { after: 0, limit: 9 }))[0]?.text, "said");
      assert.equal((await catalog.publish(acme, versionOf("v2"), { by: "local:ada", at: 7 })).number, 1);
      await store.audit.record([auditEntry("upgraded")]);
      assert.equal((await store.audit.pending(9)).length, 1);
      await Promise.all(stores.map((opened) => opened[Symbol.asyncDispose]()));
    });

    test(`tables that were upgraded from schema ${schema} are those of a new store`, async () => {
      const [name, fresh] = [`upgraded_${schema}`, `fresh_${schema}`];
      await makeOld(name, schema);
      const before = await shapeOf(name);
      await (await openIn(name))[Symbol.asyncDispose]();
      await (await openIn(fresh))[Symbol.asyncDispose]();
      assert.notDeepEqual(before, await shapeOf(fresh));
      assert.deepEqual(await shapeOf(name), await shapeOf(fresh));
      assert.deepEqual(await ask(`SELECT schema_version FROM ${name}.meta`), [{ schema_version: 3 }]);
    });
  }

  test("an upgrade is written whole or not at all", async () => {
    await makeOld("blocked");
    // The last of the new tables is in the way, after everything before it was made.
    await ask("CREATE TABLE blocked.release (x integer)");
    const before = await shapeOf("blocked");
    await assert.rejects(openIn("blocked"), /"release" already exists/);
    assert.deepEqual(await shapeOf("blocked"), before);
    await ask("DROP TABLE blocked.release");
    await (await openIn("blocked"))[Symbol.asyncDispose]();
  });

  test("tables of a newer schema are refused and left as they are", async () => {
    await makeOld("newer");
    await ask("UPDATE newer.meta SET schema_version = 99");
    const before = await shapeOf("newer");
    await assert.rejects(openIn("newer"), (error) => hasCode(error, "store.unknown-schema"));
    assert.deepEqual(await shapeOf("newer"), before);
  });
}
