// An audit log as a process leaves it: a real folder, a real key, real checkpoints.
import { readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { openAuditSealer } from "../../src/app/audit/open-sealer.ts";
import type { Config } from "../../src/app/config.ts";
import { linkHash } from "../../src/audit/chain.ts";
import type { Seal } from "../../src/ports/audit.ts";
import type { Store } from "../../src/ports/store.ts";
import { auditEntry } from "../../src/testing/journal-checks/audit.ts";
import { appendOf, driven, other } from "../../src/testing/journal-checks/world.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";

/** The configuration of a folder that is all data. */
export function configOf(data: string, checkpoints: readonly string[] = []): Config {
  return {
    root: data,
    file: undefined,
    data,
    roles: {},
    providers: {},
    prices: [],
    policy: undefined,
    secrets: {},
    connectors: { shellCommands: [], fileRoots: [], allowHosts: [] },
    audit: { checkpoints },
    origins: { data: "default", roles: "default" },
  };
}

/** A store in a folder, with its sealer on a clock that is moved by hand. */
export interface OpenLog extends AsyncDisposable {
  readonly store: Store;
  readonly clock: ManualClock;
  /** Lets the store go without a last turn of the sealer, as a kill does. */
  kill(): Promise<void>;
}

/** Opens the folder as an app does. */
export async function openLog(config: Config): Promise<OpenLog> {
  const holder = { pid: process.pid, host: "here", startedAt: 0 };
  const store = await openSqliteStore({ folder: config.data, holder, synchronous: "full" });
  const clock = createManualClock(1_763_700_000_000);
  const sealer = await openAuditSealer(config, store.audit, clock);
  return {
    store,
    clock,
    async kill() {
      await store[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      await sealer[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Rows that each life of `writeLog` leaves of each tenant. */
export const rowsOfLife = 4;

/** Makes a log of two tenants in several lives of a process, so that it has several checkpoints; all of it linked and signed. */
export async function writeLog(config: Config, lives = 3): Promise<void> {
  for (let life = 0; life < lives; life += 1) {
    await using log = await openLog(config);
    const { journal, audit } = log.store;
    const lease = await driven(journal, `r${life}`);
    for (let seq = 2; seq < 4; seq += 1) {
      const rows = [auditEntry(`r${life}/a#${seq}`), auditEntry(`r${life}/b#${seq}`, other)];
      await journal.append([appendOf(lease, seq, { audit: rows })]);
    }
    await audit.record([
      auditEntry(`v${life}`),
      auditEntry(`w${life}`, other),
      auditEntry(`x${life}`, other),
      auditEntry(`y${life}`),
    ]);
  }
}

/** The database of a folder as somebody has it who does not ask Runwright: without the triggers. */
export function openRaw(folder: string): DatabaseSync {
  const database = new DatabaseSync(path.join(folder, "journal.db"));
  for (const table of ["audit_row", "audit_seal"])
    for (const kind of ["update", "delete", "replace"]) database.exec(`DROP TRIGGER IF EXISTS ${table}_no_${kind}`);
  database.exec("PRAGMA synchronous = OFF");
  return database;
}

/** Makes the chain of a tenant anew over what its rows say now, as somebody would who knows how but has no key. */
export function relink(database: DatabaseSync, tenant: string): void {
  const rows = database
    .prepare("SELECT position, entry FROM audit_row WHERE tenant = ? ORDER BY position")
    .all(tenant) as unknown as readonly { readonly position: number; readonly entry: string }[];
  database.prepare("DELETE FROM audit_seal WHERE tenant = ?").run(tenant);
  let before: Pick<Seal, "n" | "hash"> = { n: 0, hash: "" };
  for (const { position, entry } of rows) {
    const link = { tenant, position, n: before.n + 1, prev: before.hash };
    const hash = linkHash(link, entry);
    database.prepare("INSERT INTO audit_seal VALUES (?, ?, ?, ?, ?)").run(position, tenant, link.n, link.prev, hash);
    before = { n: link.n, hash };
  }
}

/** Lines of a file that are not empty. */
export function linesIn(file: string): readonly string[] {
  return readFileSync(file, "utf8").split("\n").filter(Boolean);
}
