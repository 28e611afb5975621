import { existsSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type JsonObject } from "../../base/json.ts";
import { safePlace } from "../../base/paths.ts";
import type { Action, FunctionCall, ActionResult } from "../../ports/action.ts";
import { createReaper, type Reaper } from "../../processes/reaper.ts";
import { createCallLog } from "./call-log.ts";
import { type ChildHandle, startChild } from "./child-handle.ts";
import { type Executor, findExecutor, type ExecutorKind, findModule } from "./find.ts";
import { describeIsolation, isolate } from "./isolation.ts";
import type { FunctionLimits } from "./limits.ts";
import { createPool } from "./pool.ts";
import type { Call, FunctionMeta } from "./protocol.ts";
import { createScratch, type Scratch } from "./scratch.ts";

/** What the action for `function:` and `assignment:` steps needs. */
export interface FunctionActionOptions {
  /** The project's folder. */
  readonly root: string;
  /** Processes that serve at the same time, at most. */
  readonly size: number;
  readonly limits: FunctionLimits;
  /** Folders outside of the project's own that modules may read whole, absolute; those that are not there are left out. */
  readonly readFolders: readonly string[];
  /** Folders of the project in which modules may write, for example `reports`. They need not exist. */
  readonly writeFolders: readonly string[];
  /** For `ctx.config`. */
  readonly config: JsonObject;
}

const own = fileURLToPath(new URL("../../", import.meta.url));

/** Carries out `function:` and `assignment:` steps: modules of the project, each call in a child process of its own tenant and version. */
export function createFunctionAction(options: FunctionActionOptions): Action<FunctionCall> {
  const { size, limits } = options;
  const root = projectFolder(options.root);
  const scratch = createScratch();
  const reaper = createReaper(() => scratch.folder());
  const start = starter({ ...options, root, readFolders: grantedFolders(options.readFolders) }, scratch, reaper);
  const pool = createPool({ size, limits, start, residentBytes });
  let calls = 0;

  return {
    async run(call, signal) {
      if (signal.aborted) throw aborted(call);
      const executor =
        call.tool === undefined ? findExecutor(root, kindOf(call), call.name) : findModule(root, call.name);
      try {
        return await pool.use(
          { key: keyOf(call), ...executor },
          (child) => serve(child, call, executor, signal),
          signal,
        );
      } catch (error) {
        throw signal.aborted ? aborted(call) : error;
      }
    },
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]();
      reaper[Symbol.dispose]();
      scratch[Symbol.dispose]();
    },
  };

  async function serve(
    child: ChildHandle,
    call: FunctionCall,
    executor: Executor,
    signal: AbortSignal,
  ): Promise<ActionResult> {
    if (signal.aborted) throw aborted(call);
    calls += 1;
    const { input, env, refs, once, tool } = call;
    const settings = tool === undefined ? {} : { settings: tool.settings };
    const meta = metaOf(call, executor);
    const message: Call = { kind: "call", id: calls, file: executor.file, meta, input, env, ...settings };
    const flood = (): void => child.kill(`it printed more than ${limits.printedBytesMax} bytes`);
    const log = createCallLog(limits, call.log, flood);
    const warnings = new Set<string>();
    const missing = (what: string): void => {
      if (warnings.size < warningsMax) warnings.add(`${what} It counts as null.`);
    };
    const hooks = { name: nameOf(call), refs, log, once, ...(call.permissive === true && { missing }) };
    const returned = await child.call(message, hooks, signal);
    // A result that comes after the abort is as late as none: the engine has moved on.
    if (signal.aborted) throw aborted(call);
    return { ...withPlaces(returned, call, root), ...(warnings.size > 0 && { warnings: [...warnings] }) };
  }
}

const warningsMax = 20;

/**
 * Artifacts are files of the project, kept as places in it: the same name on every platform, and no way to a file that a module merely names.
 */
function withPlaces(returned: ActionResult, call: FunctionCall, root: string): ActionResult {
  const { artifacts } = returned;
  if (!isJsonObject(artifacts)) return returned;
  const places = Object.entries(artifacts).map(([name, written]) => {
    const checked = safePlace(root, typeof written === "string" ? written : "", path);
    if ("place" in checked) return [name, checked.place] as const;
    throw new RunwrightError(
      "function.output-invalid",
      `${nameOf(call)} returned the artifact '${name}' with a path that ${checked.problem}; expected a file of the project, such as reports/a.md.`,
    );
  });
  return { ...returned, artifacts: Object.fromEntries(places) };
}

/** Starts processes with what `options` allow them, each with its own folder, and watched over by the reaper. */
function starter(options: FunctionActionOptions, scratch: Scratch, reaper: Reaper): (key: string) => ChildHandle {
  const { root, readFolders, writeFolders, config, limits } = options;
  const { residentBytesMax, valueBytesMax, logLinesMax, logLineBytesMax } = limits;
  const allowed = describeIsolation(readFolders, writeFolders);

  return (key) => {
    reaper.ready();
    const home = scratch.open(key);
    const places = { root, readFolders, writeFolders, scratch: home.folder, cache: home.cache, own };
    const child = startChild({
      isolation: isolate({ ...places, residentBytesMax }),
      start: { kind: "start", root, config, valueBytesMax, logLinesMax, logLineBytesMax, allowed },
      limits,
    });
    const { pid } = child;
    if (pid !== undefined) reaper.watch(pid);
    void child.gone.finally(() => {
      if (pid !== undefined) reaper.forget(pid);
      home[Symbol.dispose]();
    });
    return child;
  };
}

/** Resident memory of a process on Linux; elsewhere only the heap limit and the child's own reports hold. */
function residentBytes(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

function grantedFolders(folders: readonly string[]): readonly string[] {
  // Node reads a path with `*` as a pattern that allows more than the folder: such a one stays closed.
  return folders
    .filter((folder) => existsSync(folder) && !folder.includes("*"))
    .map((folder) => realpathSync.native(folder));
}

function projectFolder(folder: string): string {
  const root = realpathSync.native(folder);
  // Node reads it as a pattern, and what follows would be allowed with it.
  if (root.includes("*"))
    throw new RunwrightError("usage.invalid", `Functions cannot be confined to ${root}: its path contains '*'.`);
  return root;
}

/** Which kind of module a call is of: calls of other verbs belong to other actions. */
function kindOf({ verb, path: step }: FunctionCall): ExecutorKind {
  if (verb === "function" || verb === "assignment") return verb;
  throw new RunwrightError("machine.illegal", `Step ${step} is of the verb ${verb}, which is no module.`);
}

function keyOf(call: FunctionCall): string {
  return `${call.key.tenant}/${call.version}`;
}

function metaOf(call: FunctionCall, executor: Executor): FunctionMeta {
  return {
    runId: call.key.run,
    stepId: call.step,
    ...(call.verb === "assignment" ? { actionId: call.name } : { functionName: call.name }),
    source: executor.source,
    path: call.path,
    attempt: call.attempt,
    idempotencyKey: call.idempotencyKey,
    workflow: call.workflow,
    version: call.version,
    tenant: call.key.tenant,
    workspace: call.key.workspace,
    ...(call.tool !== undefined && { call: call.tool.call }),
  };
}

function nameOf(call: FunctionCall): string {
  return `${call.verb === "assignment" ? "Assignment" : "Function"} '${call.name}'`;
}

function aborted(call: FunctionCall): RunwrightError {
  return new RunwrightError("call.aborted", `The call of ${nameOf(call)} at ${call.path} was aborted.`);
}
