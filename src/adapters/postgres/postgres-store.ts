import { RunwrightError } from "../../base/error.ts";
import type { Store } from "../../ports/store.ts";
import { createAudit } from "./audit.ts";
import { createCatalog } from "./catalog.ts";
import { createLogs } from "./logs.ts";
import { createReader } from "./reading.ts";
import { schemaOf, schemaVersion, upgrades } from "./schema.ts";
import { connect, type Send, type Server } from "./server.ts";
import { createWriter } from "./writing.ts";

/** Where the store lies. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** The schema that holds the tables: a name of small letters, digits and underscores. */
  readonly schema: string;
  readonly connectionsMax: number;
}

/** Two processes that open a new database at once must not both make its tables. */
const setupLock = 7_786_011;

/**
 * Opens the store in a PostgreSQL database, and makes its tables when they are not there, or upgrades those of an older
 * build. Any number of processes may.
 *
 * Throws `package.missing` without `pg`, and `store.unknown-schema` for tables of a newer build, which it leaves as they are.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { url, schema, connectionsMax } = options;
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new RunwrightError(
      "config.invalid",
      `The schema name ${JSON.stringify(schema)} must match [a-z_][a-z0-9_]*.`,
    );
  }

  await using opening = new AsyncDisposableStack();
  const server = opening.use(await connect({ url, connectionsMax }));
  await setUp(server, schema);
  const resources = opening.move();
  const dispose = async () => resources[Symbol.asyncDispose]();
  return {
    journal: { ...createReader(server, schema), ...createWriter(server, schema), [Symbol.asyncDispose]: dispose },
    catalog: createCatalog(server, schema),
    logs: createLogs(server, schema),
    audit: createAudit(server, schema),
    [Symbol.asyncDispose]: dispose,
  };
}

async function setUp(server: Server, schema: string): Promise<void> {
  await server.transact(async (send) => {
    await send("SELECT pg_advisory_xact_lock($1)", [setupLock]);
    const [existing] = await send("SELECT to_regclass($1)::text", [`${schema}.meta`]);
    if (existing?.[0] === null) {
      await send(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      await send(`CREATE TABLE ${schema}.meta (schema_version integer NOT NULL)`);
      await send(`INSERT INTO ${schema}.meta VALUES (${schemaVersion})`);
      await send(schemaOf(schema));
    }
    const [row] = await send(`SELECT schema_version FROM ${schema}.meta`);
    const version = Number(row?.[0]);
    if (version === schemaVersion) return;
    if (version in upgrades) return upgrade(send, schema, version);
    throw new RunwrightError(
      "store.unknown-schema",
      `The tables in ${schema} have schema ${String(row?.[0])}; this build knows schema ${schemaVersion}. Use the Runwright that made them.`,
    );
  });
}

async function upgrade(send: Send, schema: string, from: number): Promise<void> {
  for (let version = from; version < schemaVersion; version += 1) {
    const step = upgrades[version];
    if (step !== undefined) await send(step(schema));
  }
  await send(`UPDATE ${schema}.meta SET schema_version = ${schemaVersion}`);
}
