import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { createLocalHost } from "../adapters/local-host/local-host.ts";
import { openSqliteStore } from "../adapters/sqlite/sqlite-store.ts";
import type { JsonObject } from "../base/json.ts";
import type { Committed, Engine } from "../engine/contract.ts";
import { openEngine } from "../engine/engine.ts";
import type { Version } from "../ports/catalog.ts";
import type { Host } from "../ports/host.ts";
import type { RunRow } from "../ports/journal.ts";
import type { LogEntry } from "../ports/logs.ts";
import type { Store } from "../ports/store.ts";
import { createRealClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { controlAddress } from "./control/address.ts";
import { controlRoutes } from "./control/routes.ts";
import { openControlServer } from "./control/server.ts";
import { localPrincipal, localScope } from "./principal.ts";
import { createRunAction } from "./run-action.ts";
import { createHistory, createRunReader, type History, localKey, type Runs } from "./runs.ts";
import { refusal, type WholeVersion, wholeVersion } from "./versions.ts";
import { readWorkflow } from "./workflow-file.ts";

/** How an app works. */
export interface AppOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `all`: every unfinished run of the folder goes on. `asked`: only those that are started, decided or resumed here. */
  readonly drive: "all" | "asked";
  /** Told every line that steps log and print, as it comes. */
  readonly onLog: (entry: LogEntry) => void;
}

/** The whole of Runwright in this process: it holds the data folder, carries runs out and answers other commands. */
export interface App extends History, AsyncDisposable {
  readonly runs: Runs;
  /** Starts a version that was read and checked before. */
  start(whole: WholeVersion, input: JsonObject, env: AppOptions["env"]): Promise<RunRow>;
  /** Calls `listener` after every commit of a run, until disposed. */
  subscribe(listener: (committed: Committed) => void): Disposable;
  /** Resolves when a run has ended, or when only people can move it on. */
  settled(run: string, signal: AbortSignal): Promise<RunRow>;
  /** From the moment this resolves no other command reaches this process, and what reached it before is done. */
  shut(): Promise<void>;
  /** Rejects when nothing can go on in this process; never resolves. */
  readonly failed: Promise<never>;
}

/**
 * Opens everything that a project needs to run. Throws `store.held` when another process holds the data folder.
 *
 * What is opened last is closed first: no command is answered any more when the engine stops, and the engine has let go of everything when the
 * store closes.
 */
export async function openApp(config: Config, options: AppOptions): Promise<App> {
  await using opening = new AsyncDisposableStack();
  const clock = createRealClock();
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const socket = controlAddress(config.data, options.env);
  const holder = { pid: process.pid, host: hostname(), startedAt: clock.now(), socket };

  const store = opening.use(await openSqliteStore({ folder: config.data, holder, synchronous: "full" }));
  const action = opening.use(createRunAction(config, store));
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined);
  const focus = createFocus(opening.use(createLocalHost(clock, fatal.reject)), options.drive);
  const engine = opening.use(
    await openEngine({
      store,
      host: focus.host,
      action,
      clock,
      chance: Math.random,
      randomBytes: () => randomBytes(10),
    }),
  );
  engine.failed.catch(fatal.reject);
  engine.listen(options.onLog);
  focus.opened();

  const runs = createRuns({ config, store, engine, start, env: options.env });
  const door = opening.use(await openControlServer(socket, controlRoutes(runs, process.pid)));
  const opened = opening.move();

  return {
    runs,
    start,
    ...createHistory(store),
    subscribe: (listener) => engine.subscribe(listener),
    settled: (run, signal) => Promise.race([engine.settled(localKey(run), signal), fatal.promise]),
    shut: () => Promise.resolve(door[Symbol.asyncDispose]()),
    failed: fatal.promise,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };

  async function start(
    { version, parts }: WholeVersion,
    input: JsonObject,
    env: AppOptions["env"],
    again?: string,
  ): Promise<RunRow> {
    const { row } = await engine.start({
      scope: localScope,
      principal: localPrincipal(),
      version,
      parts,
      input,
      env: declaredEnv([version, ...parts], env),
      ...(again !== undefined && { again }),
    });
    return row;
  }
}

/** What the runs of a project stand on. */
interface RunsDeps {
  readonly config: Config;
  readonly store: Store;
  readonly engine: Engine;
  readonly start: (whole: WholeVersion, input: JsonObject, env: AppOptions["env"], again?: string) => Promise<RunRow>;
  readonly env: AppOptions["env"];
}

function createRuns({ config, store, engine, start, env: own }: RunsDeps): Runs {
  const principal = localPrincipal();
  const reader = createRunReader(store, { [Symbol.asyncDispose]: () => Promise.resolve() });
  return {
    ...reader,
    start: ({ file, input, env }) => start(versionOf(config, file), input, env),
    decide: (run, decision) => engine.decide(localKey(run), principal, decision),
    cancel: (run, reason) => engine.cancel(localKey(run), principal, reason),
    pause: (run) => engine.pause(localKey(run), principal),
    report: (run, report) => engine.report(localKey(run), principal, report),
    resume: (run) => engine.resume(localKey(run), principal),
    rerun,
    inputsOf,
  };

  async function inputsOf(run: string): ReturnType<Runs["inputsOf"]> {
    const { row, input } = await reader.view(run);
    return { input, schema: (await store.catalog.get(localScope, row.version)).plan.inputs };
  }

  /** What the steps of a version run is kept already: only the version itself is handed on. */
  async function rerun(run: string, input: JsonObject): Promise<RunRow> {
    const { row, input: before } = await reader.view(run);
    const version = await store.catalog.get(localScope, row.version);
    return start({ version, parts: [] }, { ...before, ...input }, own, run);
  }
}

/** The variables that any of these versions declares: a child has its parent's. */
function declaredEnv(versions: readonly Version[], env: AppOptions["env"]): Readonly<Record<string, string>> {
  const names = Array.from(new Set(versions.flatMap(({ plan }) => plan.env)));
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])));
}

/** A host that leaves alone what an engine finds unfinished when it opens, where only some runs are asked for. */
function createFocus(host: Host, drive: AppOptions["drive"]): { readonly host: Host; opened(): void } {
  let isOpen = drive === "all";
  return {
    host: {
      start: (work) => host.start(work),
      nudge: (run) => (isOpen ? host.nudge(run) : Promise.resolve()),
      wakeAt: (run, atMs) => (isOpen ? host.wakeAt(run, atMs) : Promise.resolve()),
      [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
    },
    opened() {
      isOpen = true;
    },
  };
}

/** The version that a file is now, whole; throws `workflow.invalid` with every error of the file. */
function versionOf(config: Config, file: string): WholeVersion {
  const workflow = readWorkflow(config, file, config.root);
  if (workflow.version === undefined) throw refusal(workflow);
  return wholeVersion(config, workflow.version, path.resolve(config.root, file));
}
