import { existsSync } from "node:fs";
import path from "node:path";
import { readHolder, type Holder } from "../adapters/sqlite/lock.ts";
import { openSqliteReader } from "../adapters/sqlite/sqlite-store.ts";
import type { Config } from "./config.ts";
import { createRunReader, type RunReader } from "./runs.ts";

/** Opens the runs of a project for reading, whoever holds the folder; undefined when nothing was ever run there. */
export function openRunReader(config: Config): RunReader | undefined {
  if (!existsSync(path.join(config.data, "journal.db"))) return undefined;
  const store = openSqliteReader(config.data);
  return createRunReader(store, {
    [Symbol.asyncDispose]: () => {
      store[Symbol.dispose]();
      return Promise.resolve();
    },
  });
}

/** Who says to hold the data folder, if anybody does. */
export function holderOf(config: Config): Holder | undefined {
  return readHolder(config.data);
}
