import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createFunctionAction, type FunctionActionOptions } from "../../src/actions/function/function-action.ts";
import { functionLimits, type FunctionLimits } from "../../src/actions/function/limits.ts";
import type { Json } from "../../src/base/json.ts";
import type { Action, FunctionCall, ActionResult } from "../../src/ports/action.ts";
import type { LogLevel } from "../../src/ports/logs.ts";

/** A project in a folder of its own, with the real action and real processes. */
export interface Project extends AsyncDisposable {
  readonly root: string;
  readonly action: Action<FunctionCall>;
  readonly log: readonly { readonly level: LogLevel; readonly text: string }[];
  /** Calls a function; the signal defaults to one that never fires. */
  call(name: string, change?: Partial<FunctionCall>, signal?: AbortSignal): Promise<ActionResult>;
  /** The same, and only its output. */
  output(name: string, change?: Partial<FunctionCall>): Promise<Json>;
  write(file: string, text: string): void;
}

/** What a test may set. */
export interface ProjectOptions extends Partial<
  Pick<FunctionActionOptions, "size" | "readFolders" | "writeFolders" | "config">
> {
  readonly limits?: Partial<FunctionLimits>;
}

/** Makes a project of these files: `{"functions/hello.mjs": "export default …"}`. */
export function openProject(files: Readonly<Record<string, string>>, options: ProjectOptions = {}): Project {
  const root = realpathSync.native(mkdtempSync(path.join(tmpdir(), "runwright-test-")));
  const log: { readonly level: LogLevel; readonly text: string }[] = [];
  for (const [file, text] of Object.entries(files)) write(file, text);
  const action = createFunctionAction({
    root,
    size: options.size ?? 2,
    limits: { ...functionLimits, ...options.limits },
    readFolders: options.readFolders ?? [],
    writeFolders: options.writeFolders ?? ["reports"],
    config: options.config ?? {},
  });
  const call: Project["call"] = (name, change = {}, signal = new AbortController().signal) =>
    action.run({ ...sampleCall, name, log: (level, text) => log.push({ level, text }), ...change }, signal);

  return {
    root,
    action,
    log,
    call,
    output: async (name, change) => (await call(name, change)).output,
    write,
    async [Symbol.asyncDispose]() {
      await action[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    },
  };

  function write(file: string, text: string): void {
    const place = path.join(root, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
}

/** A module whose `run` has this body. */
export function moduleOf(body: string): string {
  return `export default async function run(ctx) {\n${body}\n}\n`;
}

/** A call like any other. */
export const sampleCall: FunctionCall = {
  key: { tenant: "local", workspace: "default", run: "r00000000000000000000000000" },
  workflow: "sample",
  version: "v1",
  path: "plan/hello",
  step: "hello",
  attempt: 1,
  principal: "local:test",
  idempotencyKey: "key-1",
  verb: "function",
  name: "hello",
  input: null,
  refs: () => ({}),
  env: {},
  log: () => undefined,
  once: (_effect, carryOut) =>
    carryOut({ key: "key-of-operation", signal: new AbortController().signal, policy: { rules: [], version: "" } }),
};
