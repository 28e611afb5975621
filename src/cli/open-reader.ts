import type { Config } from "../app/config.ts";
import { openRunHistory, type RunHistory } from "../app/run-reader.ts";
import { RunwrightError } from "../base/error.ts";

/** Reads the project's runs, whoever holds the folder. Throws `run.not-found` where nothing was ever run. */
export function openReader(config: Config): RunHistory {
  const reader = openRunHistory(config);
  if (reader === undefined) throw new RunwrightError("run.not-found", `There are no runs in ${config.data}.`);
  return reader;
}
