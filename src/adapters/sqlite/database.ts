import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { messageOf, RunwrightError } from "../../base/error.ts";
import type { Columns } from "../../ports/journal-rows.ts";
import { keepNames } from "./durable-names.ts";
import { createFailure, isDamage, type Failure } from "./failure.ts";
import { logBytesUsual } from "./log-limits.ts";
import { schema, schemaVersion, upgrades } from "./schema.ts";
import { assertSound, damaged } from "./soundness.ts";

/** A prepared statement; rows come as lists of columns. */
export interface Statement {
  run(...values: SQLInputValue[]): { readonly changes: number | bigint };
  get(...values: SQLInputValue[]): Columns | undefined;
  iterate(...values: SQLInputValue[]): IterableIterator<Columns>;
}

/** One connection that knows which errors can be survived. Everything runs at once, in the thread that calls. */
export interface Database extends Disposable {
  prepare(sql: string): Statement;
  /** Runs `read`; an I/O error in it stops the database. */
  reading<T>(read: () => T): T;
  /** Runs `write` in one transaction: all of it or nothing. */
  transact<T>(write: () => T): T;
  /**
   * Looks at the write-ahead log. `passive` also moves as many frames as it can, and `restart` also makes the next commit begin the log anew.
   * Neither waits: where another connection moves, or reads what would have to go, they are `busy`.
   */
  checkpoint(mode: "noop" | "passive" | "restart"): Checkpoint;
  /** The error for one that another connection of this process met: an I/O error there stops this one too. */
  met(error: unknown): unknown;
}

/** How it stands with the write-ahead log. */
export interface Checkpoint {
  readonly busy: boolean;
  /** Frames in the log, each of one page. */
  readonly frames: number;
  /** How many of them are in the database file. */
  readonly moved: number;
}

/** The synchronous setting of SQLite: `full` survives a power cut with everything acknowledged, `normal` may lose the last seconds. */
export type Synchronous = "full" | "normal";

/**
 * Makes the journal's file under another name, and gives it its own when it is whole: no reader ever meets one that is half made, nor holds its
 * maker up.
 */
export function makeDatabase(file: string): void {
  const unfinished = `${file}.new`;
  for (const rest of ["", "-journal", "-wal", "-shm"]) rmSync(`${unfinished}${rest}`, { force: true });
  try {
    using connection = new DatabaseSync(unfinished);
    connection.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = full; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1;
      BEGIN IMMEDIATE; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT;
    `);
  } catch (error) {
    throw createFailure(file).ofWrite(error);
  }
  renameSync(unfinished, file);
  keepNames(path.dirname(file));
}

/**
 * Opens the journal's file for writing, and upgrades one of an older schema. Only the holder of the folder may.
 *
 * Throws `store.unknown-schema` for a file of a schema that this build does not know and `journal.damaged` for a damaged one, and leaves either as it is: both are looked
 * for before anything can change the file.
 */
export function openDatabase(file: string, synchronous: Synchronous): Database {
  const version = schemaOf(file);
  if (version !== schemaVersion && !(version in upgrades)) throw unknownSchema(file, version);
  assertSound(file);
  const connection = new DatabaseSync(file, { timeout: 0 });
  try {
    // A commit is flushed by a sync that reaches the disk (macOS has to be told), and never pays for a checkpoint. A log that had to become
    // longer than usual is cut when it begins anew.
    connection.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1;
      PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = ${logBytesUsual}; PRAGMA temp_store = MEMORY;
    `);
    upgrade(connection, version);
    return guard(connection, file);
  } catch (error) {
    connection.close();
    throw isDamage(error) ? createFailure(file).ofRead(error) : createFailure(file).ofWrite(error);
  }
}

/** Opens the journal's file for reading, next to the process that writes it. Neither waits for the other. */
export function openDatabaseReadOnly(file: string): Database {
  if (!existsSync(file)) throw new RunwrightError("run.not-found", `There is no journal at ${file}.`);
  const version = schemaOf(file);
  if (version in upgrades) throw olderSchema(file, version);
  if (version !== schemaVersion) throw unknownSchema(file, version);
  return guard(new DatabaseSync(file, { timeout: 1000, readOnly: true }), file);
}

/** All in one transaction: a process that is killed on the way leaves the file as it was. */
function upgrade(connection: DatabaseSync, from: number): void {
  if (from === schemaVersion) return;
  let steps = "";
  for (let version = from; version < schemaVersion; version += 1) steps += upgrades[version] ?? "";
  connection.exec(`BEGIN IMMEDIATE; ${steps} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
}

function schemaOf(file: string): number {
  try {
    using connection = new DatabaseSync(file, { timeout: 1000, readOnly: true });
    return Number(connection.prepare("PRAGMA user_version").get()?.["user_version"]);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw damaged(file, messageOf(error), error);
  }
}

function olderSchema(file: string, version: number): RunwrightError {
  const message = `${file} has schema ${version}, that of an older Runwright, and this build reads schema ${schemaVersion}. Run \`runwright doctor\` once: it upgrades the file, and keeps every run.`;
  return new RunwrightError("store.unknown-schema", message);
}

function unknownSchema(file: string, version: number): RunwrightError {
  const message = `${file} has schema ${version}; this build knows schema ${schemaVersion}. Use the Runwright that wrote it; the file was not changed.`;
  return new RunwrightError("store.unknown-schema", message);
}

function guard(connection: DatabaseSync, file: string): Database {
  const failure = createFailure(file);
  const transact = createTransact(connection, failure);
  const checkpoints = {
    noop: connection.prepare("PRAGMA wal_checkpoint(NOOP)", { returnArrays: true }),
    passive: connection.prepare("PRAGMA wal_checkpoint(PASSIVE)", { returnArrays: true }),
    restart: connection.prepare("PRAGMA wal_checkpoint(RESTART)", { returnArrays: true }),
  };

  return {
    // With `returnArrays` rows are lists, which the types of Node do not say.
    prepare: (sql) => connection.prepare(sql, { returnArrays: true }) as unknown as Statement,
    reading(read) {
      failure.check();
      try {
        return read();
      } catch (error) {
        throw failure.ofRead(error);
      }
    },
    transact,
    checkpoint(mode) {
      failure.check();
      try {
        const [busy, frames, moved] = checkpoints[mode].get() as unknown as Columns;
        return { busy: busy === 1, frames: Number(frames), moved: Number(moved) };
      } catch (error) {
        throw failure.ofWrite(error);
      }
    },
    met: (error) => failure.ofWrite(error),
    [Symbol.dispose]() {
      failure.stop("it was disposed");
      if (connection.isOpen) connection.close();
    },
  };
}

function createTransact(connection: DatabaseSync, failure: Failure): Database["transact"] {
  const begin = connection.prepare("BEGIN IMMEDIATE");
  const commit = connection.prepare("COMMIT");
  const rollback = connection.prepare("ROLLBACK");

  return (write) => {
    failure.check();
    try {
      begin.run();
      const answer = write();
      commit.run();
      return answer;
    } catch (error) {
      const translated = failure.ofWrite(error);
      undo();
      throw translated;
    }
  };

  function undo(): void {
    // SQLite has rolled back by itself after most errors; a rollback that fails leaves a connection nobody should use.
    if (!connection.isTransaction) return;
    try {
      rollback.run();
    } catch (error) {
      failure.stop(`a rollback failed (${messageOf(error)})`);
    }
  }
}
