import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, test } from "node:test";
import { Client } from "pg";
import { startPostgres } from "../../../test/postgres.ts";
import { hasCode, type ErrorCode } from "../../base/error.ts";
import type { Append } from "../../ports/journal.ts";
import type { Store } from "../../ports/store.ts";
import {
  acme,
  appendOf,
  driven,
  entryOf,
  idsOf,
  keyOf,
  newRun,
  segmentsOf,
} from "../../testing/journal-checks/world.ts";
import { auditEntry, linksFor, objectsOf } from "../../testing/journal-checks/audit.ts";
import { testJournal, type OpenStore } from "../../testing/journal-contract.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { connect, type Server } from "./server.ts";
import { createWriter } from "./writing.ts";

const withCode = (code: ErrorCode) => (error: unknown) => hasCode(error, code);
const server = await startPostgres();

if ("skipped" in server) {
  test("postgres", { skip: server.skipped }, () => {});
} else {
  const { url } = server;
  let schemas = 0;
  after(() => server[Symbol.asyncDispose]());

  const newSchema = () => `store_${(schemas += 1)}`;
  const openIn = (schema: string): Promise<Store> => openPostgresStore({ url, schema, connectionsMax: 5 });
  const reopenable = async (schema: string): Promise<OpenStore> => {
    const store = await openIn(schema);
    return {
      ...store,
      async reopen() {
        await store[Symbol.asyncDispose]();
        return reopenable(schema);
      },
    };
  };
  const ask = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  testJournal("postgres", () => reopenable(newSchema()));

  test("many processes may open a new database at once", async () => {
    const schema = newSchema();
    const stores = await Promise.all(Array.from({ length: 6 }, () => openIn(schema)));
    await Promise.all(stores.map((store, index) => store.journal.create([newRun(`r${index}`)])));
    assert.equal((await stores[0]?.journal.list(acme, { limit: 9 }))?.length, 6);
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()));
  });

  test("a driver that another process replaced cannot write", async () => {
    const schema = newSchema();
    await using left = await openIn(schema);
    await using right = await openIn(schema);
    const slow = await driven(left.journal, "r1");
    const fast = await right.journal.takeOver(slow.key);
    assert.deepEqual(await left.journal.append([appendOf(slow, 2)]), ["fenced"]);
    assert.deepEqual(await right.journal.append([appendOf(fast, 2)]), ["ok"]);
  });

  test("a cancel that another process posts holds the next call", async () => {
    const schema = newSchema();
    await using left = await openIn(schema);
    await using right = await openIn(schema);
    const lease = await driven(left.journal, "r1");
    await right.journal.post(lease.key, entryOf("cancel"));
    assert.deepEqual(await left.journal.append([appendOf(lease, 2, { startsCalls: true })]), ["held"]);
  });

  test("batches over the same runs in other orders, and starts over the same keys, never deadlock", async () => {
    const schema = newSchema();
    await using left = await openIn(schema);
    await using right = await openIn(schema);
    const ids = Array.from({ length: 30 }, (_, index) => `r${index}`);
    const batchOf = (order: readonly string[]): readonly Append[] =>
      order.map((run) => appendOf({ key: keyOf(run), epoch: 1 }, 2));
    const runsOf = (order: readonly string[], mark: string) =>
      order.map((run, index) => newRun(`${run}${mark}${index}`, { dedupeKey: run }));
    const shuffled = (round: number) =>
      ids.toSorted((a, b) => ((a.charCodeAt(1) * round) % 7) - ((b.charCodeAt(1) * round) % 7));
    await left.journal.create(ids.map((run) => newRun(run)));
    const work = Array.from({ length: 12 }, (_, round) => {
      const { journal } = round % 2 === 0 ? left : right;
      const order = round % 3 === 0 ? ids.toReversed() : shuffled(round);
      return [
        journal.append(batchOf(order)),
        journal.create(runsOf(order, `x${round}x`)),
        journal.post(keyOf("r1"), entryOf("decide")),
      ];
    });
    await Promise.all(work.flat());
    assert.equal((await segmentsOf(left.journal, keyOf("r7"))).length, 2);
    assert.equal(idsOf(await left.journal.list(acme, { limit: 1000 })).length, 60);
  });

  test("a batch of a thousand appends takes a handful of statements", async () => {
    const schema = newSchema();
    await using store = await openIn(schema);
    const runs = Array.from({ length: 1000 }, (_, index) => newRun(`r${index}`));
    await store.journal.create(runs);
    const { id } = await store.journal.post(keyOf("r5"), entryOf("decide"));

    await using database = await connect({ url, connectionsMax: 1 });
    let statements = 0;
    const counting: Server = {
      ...database,
      transact: (work) => database.transact((send) => work((...sent) => ((statements += 1), send(...sent)))),
    };
    const batch = runs.map(({ key }) =>
      appendOf({ key, epoch: 1 }, 2, key.run === "r5" ? { consumed: [{ id, outcome: { ok: true } }] } : {}),
    );
    assert.deepEqual(new Set(await createWriter(counting, schema).append(batch)), new Set(["ok"]));
    assert.equal(statements, 5);
  });

  test("rows of the audit log and their links can only be added", async () => {
    const schema = newSchema();
    await using store = await openIn(schema);
    await store.audit.record([auditEntry("a")]);
    await store.audit.seal(linksFor(await store.audit.pending(1)));
    for (const table of ["audit_row", "audit_seal"])
      for (const sql of [
        `UPDATE ${schema}.${table} SET tenant = 'x'`,
        `DELETE FROM ${schema}.${table}`,
        `TRUNCATE ${schema}.${table}`,
      ])
        await assert.rejects(ask(sql), /are only ever added/, sql);
  });

  test("an audit row that is committed late, behind linked ones, is linked too", async () => {
    const schema = newSchema();
    await using store = await openIn(schema);
    const late = new Client({ connectionString: url });
    await late.connect();
    await late.query("BEGIN");
    await late.query(`INSERT INTO ${schema}.audit_row (tenant, entry) VALUES ('acme', '{"object":"late"}')`);
    await store.audit.record([auditEntry("early")]);
    const first = await store.audit.pending(9);
    assert.deepEqual(objectsOf(first), ["early"]);
    await store.audit.seal(linksFor(first));
    assert.deepEqual(await store.audit.pending(9), []);
    await late.query("COMMIT");
    await late.end();
    assert.deepEqual(objectsOf(await store.audit.pending(9)), ["late"]);
  });

  test("a connection that breaks before the commit has written nothing, and the next call has a new one", async () => {
    await using store = await openIn(newSchema());
    const lease = await driven(store.journal, "r1");
    await ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'runwright'");
    const result = await store.journal.append([appendOf(lease, 2)]).catch((error: unknown) => error);
    if (result instanceof Error) assert.ok(hasCode(result, "journal.closed"), String(result));
    const seq = (await store.journal.row(lease.key))?.lastSeq ?? 0;
    assert.equal(seq, result instanceof Error ? 1 : 2);
    assert.deepEqual(await store.journal.append([appendOf(lease, seq + 1)]), ["ok"]);
  });

  test("after a commit that was not answered the store refuses everything, and another shows the truth", async () => {
    const schema = newSchema();
    await using store = await openIn(schema);
    const lease = await driven(store.journal, "r1");
    // The commit itself waits in a deferred trigger, long enough to take the connection away.
    await ask(`
      CREATE FUNCTION ${schema}.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON ${schema}.segment DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION ${schema}.slow()`);
    const appending = store.journal.append([appendOf(lease, 2)]);
    const refusal = assert.rejects(appending, withCode("journal.unknown-outcome"));
    const end =
      "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active'";
    for (let found = false; !found;) found = (await ask(end)).length > 0;
    await refusal;
    await assert.rejects(store.journal.append([appendOf(lease, 2)]), withCode("journal.closed"));
    await assert.rejects(store.journal.row(lease.key), withCode("journal.closed"));
    await using reopened = await openIn(schema);
    assert.equal((await reopened.journal.row(lease.key))?.lastSeq, 1);
  });

  test("tables of a newer schema are refused", async () => {
    const schema = newSchema();
    await using _first = await openIn(schema);
    await ask(`UPDATE ${schema}.meta SET schema_version = 99`);
    await assert.rejects(openIn(schema), withCode("store.unknown-schema"));
  });

  test("a schema name that could carry SQL is refused", async () => {
    for (const schema of ["a; DROP TABLE x", "A", "", 'a"b', "1a"])
      await assert.rejects(openIn(schema), withCode("config.invalid"));
  });

  test("a server that is not there is named, and nothing is unknown", async () => {
    const nowhere = openPostgresStore({
      url: "postgres://postgres@127.0.0.1:1/postgres",
      schema: "a",
      connectionsMax: 1,
    });
    await assert.rejects(nowhere, withCode("journal.closed"));
  });
}

test("without the package pg the message says what to install", () => {
  const hide = `import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (name === "pg") throw Object.assign(new Error("Cannot find package 'pg'"), { code: "ERR_MODULE_NOT_FOUND" });
      return next(name, context);
    } });`;
  const store = JSON.stringify(new URL("postgres-store.ts", import.meta.url).href);
  const program = `const { openPostgresStore } = await import(${store});
    await openPostgresStore({ url: "postgres://x", schema: "a", connectionsMax: 1 }).catch((error) => console.log(error.code, error.message));`;
  const preload = `data:text/javascript,${encodeURIComponent(hide)}`;
  const ran = spawnSync(process.execPath, ["--import", preload, "--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  assert.match(ran.stdout, /^package\.missing .*npm install pg/, ran.stderr);
});
