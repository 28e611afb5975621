import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../../base/error.ts";
import type { AuditReader } from "../../ports/audit.ts";
import type { CatalogReader } from "../../ports/catalog.ts";
import type { JournalReader } from "../../ports/journal.ts";
import type { Logs } from "../../ports/logs.ts";
import type { Store } from "../../ports/store.ts";
import { createAudit, createAuditReader } from "./audit.ts";
import { createCatalog, createVersionReader } from "./catalog.ts";
import { makeDatabase, openDatabase, openDatabaseReadOnly, type Database, type Synchronous } from "./database.ts";
import { openHead } from "./head.ts";
import { openLock, type Holder } from "./lock.ts";
import { createLogReader, createLogs } from "./logs.ts";
import { networkFileSystem } from "./network-file-system.ts";
import { createReader } from "./reading.ts";
import { createTurnCommit, type TurnCommit } from "./turn-commit.ts";
import { createWriteAheadLog } from "./write-ahead-log.ts";
import { createWriter } from "./writing.ts";

/** Where the store lies and who opens it. */
export interface SqliteOptions {
  readonly folder: string;
  /** What a second process is told. */
  readonly holder: Holder;
  readonly synchronous: Synchronous;
}

/** What can be read beside the process that holds the folder. */
export interface StoreReader extends Disposable {
  readonly journal: JournalReader;
  readonly catalog: CatalogReader;
  readonly logs: Pick<Logs, "read">;
  readonly audit: AuditReader;
}

const databaseName = "journal.db";
const headName = "head.json";

/**
 * Opens the store in a folder for this process alone, and makes it when it is not there.
 *
 * One process writes (`store.held` for every other), one connection, in the thread that calls: each commit is one transaction, flushed to the
 * disk before its promise resolves.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { folder, holder, synchronous } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const remote = networkFileSystem(folder);
  if (remote !== undefined) {
    throw new RunwrightError(
      "config.invalid",
      `The data folder ${folder} lies on ${remote}; it must be on a disk of this machine.`,
    );
  }

  await using opening = new AsyncDisposableStack();
  opening.use(await openLock(folder, holder));
  const file = path.join(folder, databaseName);
  if (!existsSync(file)) makeDatabase(file);
  const database = opening.use(openDatabase(file, synchronous));
  const log = opening.use(createWriteAheadLog(database, file));
  const headFile = path.join(folder, headName);
  // With `normal` a power cut may take acknowledged commits away: that is its bargain, and no damage to report later.
  if (synchronous === "normal") rmSync(headFile, { force: true });
  const head = synchronous === "full" ? opening.use(openHead(headFile, database)) : undefined;
  const commit = createTurnCommit(database, {
    assertRoom: () => log.assertRoom(),
    committed() {
      log.committed();
      head?.committed();
    },
  });
  return storeOver(database, commit, opening.move());
}

/** Opens the store in a folder for reading, whether or not another process holds it. Throws `run.not-found` where there is none. */
export function openSqliteReader(folder: string): StoreReader {
  const database = openDatabaseReadOnly(path.join(folder, databaseName));
  return {
    journal: createReader(database),
    catalog: createVersionReader(database),
    logs: createLogReader(database),
    audit: createAuditReader(database),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

/** Puts journal and catalog over an open database; disposing the store disposes `resources`. */
function storeOver(database: Database, commit: TurnCommit, resources: AsyncDisposable): Store {
  let disposing: Promise<void> | undefined;

  return {
    journal: { ...createReader(database), ...createWriter(database, commit), [Symbol.asyncDispose]: dispose },
    catalog: createCatalog(database, commit),
    logs: createLogs(database, commit),
    audit: createAudit(database, commit),
    [Symbol.asyncDispose]: dispose,
  };

  async function dispose(): Promise<void> {
    commit.flush();
    disposing ??= Promise.resolve(resources[Symbol.asyncDispose]());
    await disposing;
  }
}
