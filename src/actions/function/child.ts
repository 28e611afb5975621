// The program of a child process: it imports modules of the project and carries out one call at a time.
import { AsyncLocalStorage } from "node:async_hooks";
import { readSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { Socket } from "node:net";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import type { Json } from "../../base/json.ts";
import type { LogLevel } from "../../ports/logs.ts";
import { createChildOnce } from "./child-once.ts";
import type { FunctionContext, FunctionModule } from "./context.ts";
import {
  type Call,
  callsFd,
  createLineReader,
  type Failure,
  type FromChild,
  type RefAnswer,
  refsFd,
  type Start,
  type ToChild,
} from "./protocol.ts";
import { checkReturned, stepFields, toolFields } from "./returned.ts";
import { describeThrown } from "./thrown.ts";

interface Current {
  readonly call: Call;
  /** Made when the module asks for its signal or an abort comes: most calls need none. */
  controller: AbortController | undefined;
  linesLeft: number;
}

// An input is bounded by the engine before it is sent.
const lineBytesMax = 2 ** 29;
const callsPerMemoryLook = 16;
const modules = new Map<string, FunctionModule>();
const whose = new AsyncLocalStorage<Current>();
const link = new Socket({ fd: callsFd, readable: true, writable: true });
const operations = createChildOnce(write);
const answerBytes = Buffer.allocUnsafe(64 * 1024);
let start: Start | undefined;
let current: Current | undefined;
let spoilt = false;
let ends = 0;
let residentBytes = 0;

// Which of its output streams the module has used; asking the streams themselves would open them.
const printed = new Set<NodeJS.WriteStream>();
for (const name of ["stdout", "stderr"] as const) noticeUse(name);
// The module sees an environment with nothing in it but PATH, HOME and TMPDIR.
delete process.env["NODE_COMPILE_CACHE"];
link.on("data", createLineReader(lineBytesMax, heard, leave));
link.on("end", leave).on("close", leave).on("error", leave);
process.on("uncaughtException", stray);

function heard(text: string): void {
  const line = JSON.parse(text) as ToChild;
  if (line.kind === "start") start = line;
  else if (line.kind === "call") void serve(line);
  else if (line.kind !== "abort") operations.heard(line);
  else if (current?.call.id === line.id) controllerOf(current).abort();
}

async function serve(call: Call): Promise<void> {
  const mine: Current = { call, controller: undefined, linesLeft: settings().logLinesMax };
  current = mine;
  await whose.run(mine, () => carryOut(mine));
}

async function carryOut(mine: Current): Promise<void> {
  const { call } = mine;
  const known = modules.get(call.file);
  try {
    const run = known ?? (await load(call));
    const fields = call.settings === undefined ? stepFields : toolFields;
    const returned = checkReturned(
      await run(contextOf(mine)),
      { name: nameOf(call), fields },
      settings().valueBytesMax,
    );
    await flushPrinted();
    if ("code" in returned) return fail(mine, returned);
    finish(mine, `{"kind":"done","returned":${returned.text},${endOf(call)}}`);
  } catch (error) {
    const loading = !modules.has(call.file);
    // Node keeps the failure of an import for ever: only a fresh process can see the module mended.
    spoilt ||= loading;
    const failure = describeThrown(error, {
      name: nameOf(call),
      root: settings().root,
      allowed: settings().allowed,
      loading,
    });
    if (loading && error instanceof SyntaxError && !hasPlace(error)) return die(mine, failure, error);
    await flushPrinted();
    fail(mine, failure);
  }
  // After the answer, so that nobody waits for it: the next process of this version then starts without compiling.
  if (known === undefined) setImmediate(flushCompileCache);
}

async function load(call: Call): Promise<FunctionModule> {
  const loaded = (await import(pathToFileURL(call.file).href)) as { readonly default?: unknown };
  if (typeof loaded.default !== "function") {
    throw new SyntaxError(
      `${call.meta.source} has no default export that is a function: write export default async function run(ctx) { … }`,
    );
  }
  const run = loaded.default as FunctionModule;
  modules.set(call.file, run);
  return run;
}

function contextOf(mine: Current): FunctionContext {
  const { call } = mine;
  return {
    meta: call.meta,
    input: call.input,
    env: call.env,
    settings: call.settings ?? {},
    config: settings().config,
    once: (name, work, options) => operations.once(askerOf(mine), { name, work, options }),
    refs: { get: (ref, path) => ask(call.id, ref, path) },
    logger: {
      action: (...parts) => log(mine, "action", parts),
      warn: (...parts) => log(mine, "warn", parts),
      error: (...parts) => log(mine, "error", parts),
    },
    get signal() {
      return controllerOf(mine).signal;
    },
  };
}

function askerOf(mine: Current): Parameters<typeof operations.once>[0] {
  return { id: mine.call.id, signal: () => controllerOf(mine).signal, valueBytesMax: settings().valueBytesMax };
}

function controllerOf(mine: Current): AbortController {
  mine.controller ??= new AbortController();
  return mine.controller;
}

/** Blocks until the engine answers: `ctx.refs.get` is no promise, and most calls never use it, so the outputs are not sent along. */
function ask(id: number, ref: unknown, path: unknown): Json {
  // Modules are not all written in TypeScript.
  if (typeof ref !== "string" || (path !== undefined && typeof path !== "string")) {
    throw Object.assign(new TypeError("ctx.refs.get(ref, path) takes text"), { retryable: false });
  }
  writeSync(refsFd, `${JSON.stringify({ id, ref, path })}\n`);
  const parts: Buffer[] = [];
  for (let ended = false; !ended;) {
    const bytes = readSync(refsFd, answerBytes);
    if (bytes === 0) return process.exit(0);
    parts.push(Buffer.from(answerBytes.subarray(0, bytes)));
    ended = answerBytes[bytes - 1] === 10;
  }
  const answer = JSON.parse(Buffer.concat(parts).toString()) as RefAnswer;
  if ("missing" in answer) throw Object.assign(new Error(answer.missing), { retryable: false });
  return answer.value;
}

function log(mine: Current, level: LogLevel, parts: readonly unknown[]): void {
  mine.linesLeft -= 1;
  // One line more than is kept: the engine then says that some were left out.
  if (mine.linesLeft < -1) return;
  const text = format(...parts).slice(0, settings().logLineBytesMax);
  write({ kind: "log", id: mine.call.id, level, text });
}

/** An error that nobody awaited. It belongs to the call that started the work, even when another call runs by now. */
function stray(error: unknown): void {
  const owner = whose.getStore() ?? current;
  spoilt = true;
  if (current === undefined) return write({ kind: "spoilt", id: 0 });
  if (owner !== current) return;
  const where = { name: nameOf(current.call), root: settings().root, allowed: settings().allowed, loading: false };
  fail(current, describeThrown(error, where));
}

function noticeUse(name: "stdout" | "stderr"): void {
  const original = Object.getOwnPropertyDescriptor(process, name);
  Object.defineProperty(process, name, {
    ...original,
    get(this: NodeJS.Process) {
      const stream = original?.get?.call(this) as NodeJS.WriteStream;
      printed.add(stream);
      return stream;
    },
  });
}

/** Node buffers what a pipe does not take at once. It must have left before the call ends, or it would count as the next call's. */
async function flushPrinted(): Promise<void> {
  for (const stream of printed) {
    if (stream.writableLength > 0) await new Promise((flushed) => stream.write("", flushed));
  }
}

function fail(mine: Current, failure: Failure): void {
  finish(mine, `{"kind":"failed","failure":${JSON.stringify(failure)},${endOf(mine.call)}}`);
}

function die(mine: Current, failure: Failure, error: unknown): void {
  finish(mine, `{"kind":"dying","failure":${JSON.stringify(failure)},${endOf(mine.call)}}`);
  process.removeAllListeners("uncaughtException");
  setImmediate(() => {
    throw error;
  });
}

/** A call ends once; what comes later, such as a result after a stray error, is not sent. */
function finish(mine: Current, line: string): void {
  if (current !== mine) return;
  current = undefined;
  link.write(`${line}\n`);
}

function endOf(call: Call): string {
  // Asking the system costs as much as a whole call.
  if (ends % callsPerMemoryLook === 0) residentBytes = process.memoryUsage.rss();
  ends += 1;
  return `"id":${call.id},"residentBytes":${residentBytes},"spoilt":${spoilt}`;
}

function write(line: FromChild): void {
  link.write(`${JSON.stringify(line)}\n`);
}

function hasPlace(error: Error): boolean {
  return error.message.includes("default export") || /^\S+:\d+$/m.test(error.stack ?? "");
}

function nameOf({ meta }: Call): string {
  return meta.actionId === undefined ? `Function '${meta.functionName}'` : `Assignment '${meta.actionId}'`;
}

function settings(): Start {
  if (start === undefined) throw new Error("A call came before the start line.");
  return start;
}

function leave(): void {
  process.exit(0);
}
