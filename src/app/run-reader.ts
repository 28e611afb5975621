import { existsSync } from "node:fs";
import path from "node:path";
import { isHeld, readHolder, type Holder } from "../adapters/sqlite/lock.ts";
import { openSqliteReader } from "../adapters/sqlite/sqlite-store.ts";
import type { Config } from "./config.ts";
import { createHistory, createRunReader, type History, type RunReader } from "./runs.ts";

/** Opens the runs of a project for reading, whoever holds the folder; undefined when nothing was ever run there. */
export function openRunReader(config: Config): RunReader | undefined {
  if (!existsSync(path.join(config.data, "journal.db"))) return undefined;
  const store = openSqliteReader(config.data);
  return createRunReader(store, closing(store));
}

function closing(store: Disposable): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => {
      store[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** Reads runs, and what has happened in them. */
export interface RunHistory extends RunReader, History {}

/** The same with what has happened in the runs. */
export function openRunHistory(config: Config): RunHistory | undefined {
  if (!existsSync(path.join(config.data, "journal.db"))) return undefined;
  const store = openSqliteReader(config.data);
  return { ...createRunReader(store, closing(store)), ...createHistory(store) };
}

/** True while a process carries runs of the project out, as far as can be told. */
export function isCarriedOut(config: Config): boolean {
  return isHeld(config.data);
}

/** Who says to hold the data folder, if anybody does. */
export function holderOf(config: Config): Holder | undefined {
  return readHolder(config.data);
}
