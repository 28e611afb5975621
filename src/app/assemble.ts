import { randomBytes } from "node:crypto";
import path from "node:path";
import { createModuleLocks } from "../actions/function/module-lock.ts";
import { createLocalHost } from "../adapters/local-host/local-host.ts";
import type { Chance, Clock } from "../base/clock.ts";
import type { JsonObject } from "../base/json.ts";
import type { Engine, StartRequest } from "../engine/contract.ts";
import { openEngine } from "../engine/engine.ts";
import { forkRun } from "../engine/fork.ts";
import type { ForkPoint } from "../machine/fork.ts";
import type { Action } from "../ports/action.ts";
import type { Catalog, Version } from "../ports/catalog.ts";
import type { Host } from "../ports/host.ts";
import type { Policy } from "../ports/policy.ts";
import type { Store } from "../ports/store.ts";
import type { Config } from "./config.ts";
import type { App, AppOptions } from "./contract.ts";
import { secretVariables } from "./open-vault.ts";
import { modulesRoot } from "./modules-root.ts";
import { localPrincipal, localScope } from "./principal.ts";
import { assertUnchanged } from "./publish/drift.ts";
import { publishFile } from "./publish/publish.ts";
import {
  createHistory,
  createRunReader,
  type ListedRun,
  listedRun,
  localKey,
  type Runs,
  type StartRun,
} from "./runs.ts";
import { refusal, type WholeVersion, wholeOf, wholeVersion } from "./versions.ts";
import { readWorkflowBeside } from "./workflow-file.ts";
import { installedConnectors } from "./world.ts";

/** What an app stands on: everything in which one that carries runs out differs from one that only plays them through. */
export interface Ground {
  readonly store: Store;
  readonly action: Action;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Asked before anything leaves; a dry run lets nothing leave, and asks nobody. */
  readonly policy?: Policy;
  /** Takes secrets out of texts. A dry run has none. */
  readonly redact?: (text: string) => string;
}

/** An app whose parts are still those of whoever opens it. */
export interface Assembled extends Omit<App, "shut" | "leftBehind" | typeof Symbol.asyncDispose> {
  readonly engine: Engine;
}

/** Puts an app together over its ground. What it opens is left to `opening`, behind everything that lies in there already. */
export async function assemble(
  opening: AsyncDisposableStack,
  config: Config,
  ground: Ground,
  options: AppOptions,
): Promise<Assembled> {
  const { store, clock } = ground;
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined);
  const focus = createFocus(opening.use(createLocalHost(clock, fatal.reject)), options.drive);
  const engine = opening.use(await openEngine({ ...ground, host: focus.host, randomBytes: () => randomBytes(10) }));
  engine.failed.catch(fatal.reject);
  engine.listen(options.onLog);
  focus.opened();
  const modules = createModuleLocks(config.root);
  return {
    engine,
    runs: createRuns({ config, store, engine, clock, start, env: options.env }),
    start,
    ...createHistory(store),
    subscribe: (listener) => engine.subscribe(listener),
    async settled(run, signal) {
      const row = await Promise.race([engine.settled(localKey(run), signal), fatal.promise]);
      const [release] = await store.catalog.releasesOf(localScope, [row.version]);
      return listedRun(row, release?.number);
    },
    failed: fatal.promise,
  };

  async function start(
    { version, parts }: WholeVersion,
    input: JsonObject,
    env: AppOptions["env"],
    from: Pick<StartRequest, "again" | "fork"> = {},
  ): Promise<ListedRun> {
    for (const each of [version, ...parts]) assertAsPublished(each);
    const { row } = await engine.start({
      scope: localScope,
      principal: localPrincipal(),
      version,
      parts,
      input,
      env: declaredEnv([version, ...parts], env, secretVariables(config)),
      ...from,
    });
    return listedRun(row, version.number);
  }

  /** Looked at before a run starts, so that one that could only fail does not begin; and again at each call. */
  function assertAsPublished(version: Version): void {
    if (version.lock === undefined) return;
    const root = modulesRoot(config, path.resolve(config.root, version.file));
    assertUnchanged(version, { modules, root, connectors: () => installedConnectors(config) });
  }
}

/** What the runs of a project stand on. */
interface RunsDeps {
  readonly config: Config;
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly start: (
    whole: WholeVersion,
    input: JsonObject,
    env: AppOptions["env"],
    from?: Pick<StartRequest, "again" | "fork">,
  ) => Promise<ListedRun>;
  readonly env: AppOptions["env"];
}

function createRuns({ config, store, engine, clock, start, env: own }: RunsDeps): Runs {
  const principal = localPrincipal();
  const reader = createRunReader(store, { [Symbol.asyncDispose]: () => Promise.resolve() });
  return {
    ...reader,
    start: async (request) => start(await versionOf(config, request, store.catalog), request.input, request.env),
    publish: (request) => publishFile({ config, catalog: store.catalog, clock, principal }, request),
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
  async function rerun(run: string, input: JsonObject, point?: ForkPoint): Promise<ListedRun> {
    if (point !== undefined) {
      const forked = await forkRun(store, localKey(run), point, input);
      return start({ version: forked.version, parts: [] }, forked.input, own, { again: run, fork: forked.fork });
    }
    const { row, input: before } = await reader.view(run);
    const version = await store.catalog.get(localScope, row.version);
    return start({ version, parts: [] }, { ...before, ...input }, own, { again: run });
  }
}

/** The variables that any of these versions declares: a child has its parent's. */
function declaredEnv(
  versions: readonly Version[],
  env: AppOptions["env"],
  secret: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const names = Array.from(new Set(versions.flatMap(({ plan }) => plan.env))).filter((name) => !secret.has(name));
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

/** The version that is to be run, whole; throws `workflow.invalid` with every error of a file, and `version.not-found`. */
async function versionOf(config: Config, request: StartRun, catalog: Catalog): Promise<WholeVersion> {
  if ("workflow" in request)
    return wholeOf(await catalog.numbered(localScope, request.workflow, request.number), catalog);
  const { file } = request;
  const workflow = await readWorkflowBeside(catalog, config, { file, cwd: config.root });
  if (workflow.version === undefined) throw refusal(workflow);
  return wholeVersion(config, workflow.version, { place: path.resolve(config.root, file), catalog });
}
