import type { JsonObject } from "../base/json.ts";
import type { Committed } from "../engine/contract.ts";
import type { LogEntry } from "../ports/logs.ts";
import type { RunHistory } from "./run-reader.ts";
import type { History, ListedRun, Runs } from "./runs.ts";
import type { WholeVersion } from "./versions.ts";

/** How an app works. */
export interface AppOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `all`: every unfinished run of the folder goes on. `asked`: only those that are started, decided or resumed here. */
  readonly drive: "all" | "asked";
  /** Told every line that steps log, as it comes. */
  readonly onLog: (entry: LogEntry) => void;
}

/** The whole of Runwright in this process: it carries runs out and, where it holds a data folder, answers other commands. */
export interface App extends History, AsyncDisposable {
  readonly runs: Runs;
  /** Starts a version that was read and checked before. */
  start(whole: WholeVersion, input: JsonObject, env: AppOptions["env"]): Promise<ListedRun>;
  /** Calls `listener` after every commit of a run, until disposed. */
  subscribe(listener: (committed: Committed) => void): Disposable;
  /** Resolves when a run has ended, or when only people can move it on. */
  settled(run: string, signal: AbortSignal): Promise<ListedRun>;
  /** From the moment this resolves no other command reaches this process, and what reached it before is done. */
  shut(): Promise<void>;
  /** Reads what this app has left behind, once it is closed. */
  leftBehind(): RunHistory;
  /** Rejects when nothing can go on in this process; never resolves. */
  readonly failed: Promise<never>;
}
