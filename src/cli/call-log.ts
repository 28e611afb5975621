import { appendFileSync, closeSync, openSync } from "node:fs";
import path from "node:path";
import { messageOf, RunwrightError } from "../base/error.ts";
import type { JsonObject } from "../base/json.ts";
import type { Plan } from "../language/plan.ts";
import { brief } from "./brief.ts";
import { type CallEnd, createCallEvents } from "./call-events.ts";
import type { RunEvent } from "../machine/event.ts";
import { rootIdOf } from "../machine/fork.ts";
import type { Output } from "./output.ts";
import type { Recorder } from "./recording.ts";
import { safeJson, safeLine } from "./safe-text.ts";

/** The file of `--log`: one line of JSON for every attempt of a call that ends while it is open. */
export interface CallLog extends Disposable {
  /** Writes the lines of one run of this plan, each with the mark; undefined where that is done already. */
  recorder(run: string, plan: Plan, mark: JsonObject): Recorder | undefined;
}

/** How much of a value is shown where only a hint of it is wanted. */
export const briefChars = 200;

/**
 * Opens the file to append to it. Throws `usage.invalid` when that cannot be done. A line that cannot be written later is said once, and the run
 * goes on: it is worth more than its log.
 */
export function openCallLog(file: string, cwd: string, output: Output): CallLog {
  const openedAt = Date.now();
  const recorded = new Set<string>();
  let descriptor: number | undefined = openForAppending(file, cwd);

  return {
    recorder,
    [Symbol.dispose]: close,
  };

  function recorder(id: string, plan: Plan, mark: JsonObject): Recorder | undefined {
    if (recorded.has(id)) return undefined;
    recorded.add(id);
    const calls = createCallEvents(plan);
    const inputs = new Map<string, string>();
    const isKept = createKept();
    return ({ run, under, at, event }) => {
      if (isKept(event)) return;
      const call = calls.take(event, at);
      // The calls of a sub-workflow have lines of their own.
      if (call === undefined || call.child !== undefined) return;
      if (call.kind === "start") return void inputs.set(call.path, brief(call.input, briefChars));
      const input = inputs.get(call.path) ?? "";
      inputs.delete(call.path);
      // What ended before was a matter of the command that carried it out.
      if (call.at < openedAt) return;
      write({ run, ...mark, ...(under !== "" && { under }), ...lineOf(call, input) });
    };
  }

  function write(line: JsonObject): void {
    if (descriptor === undefined) return;
    try {
      appendFileSync(descriptor, `${safeJson(line, 0)}\n`);
    } catch (error) {
      close();
      output.note(`${output.tone("bad", "--log")} ${file} cannot be written any more: ${safeLine(messageOf(error))}`);
    }
  }

  function close(): void {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  }
}

/** True for what a run keeps of another: its calls were a matter of that one. To be asked of every event, from the first on. */
function createKept(): (event: RunEvent) => boolean {
  let kept: ReadonlySet<string> = new Set();
  return (event) => {
    if (event.kind === "run.created") kept = new Set(event.forkedFrom?.kept);
    return "path" in event && kept.has(rootIdOf(event.path));
  };
}

function openForAppending(file: string, cwd: string): number {
  try {
    return openSync(path.resolve(cwd, file), "a");
  } catch (error) {
    const why = messageOf(error);
    throw new RunwrightError("usage.invalid", `--log ${file} cannot be opened for writing: ${why}.`, { cause: error });
  }
}

function lineOf({ path: at, step, verb, attempt, event, startedAt, at: endedAt }: CallEnd, input: string): JsonObject {
  return {
    path: at,
    step,
    verb,
    attempt,
    status: statuses[event.kind],
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    ms: endedAt - startedAt,
    input,
    ...(event.kind === "step.failed" && { error: { ...event.error } }),
    ...(event.kind === "step.succeeded" && { output: brief(event.output ?? null, briefChars) }),
    ...(event.kind === "step.succeeded" && event.artifacts !== undefined && { artifacts: event.artifacts }),
  };
}

const statuses = { "step.succeeded": "succeeded", "step.failed": "failed", "step.cancelled": "cancelled" } as const;
