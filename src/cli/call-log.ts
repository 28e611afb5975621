import { appendFileSync, closeSync, openSync } from "node:fs";
import path from "node:path";
import { messageOf, RunwrightError } from "../base/error.ts";
import type { JsonObject } from "../base/json.ts";
import type { Plan } from "../language/plan.ts";
import type { RunEvent } from "../machine/event.ts";
import { rootIdOf } from "../machine/fork.ts";
import type { Output } from "./output.ts";
import type { Recorder } from "./recording.ts";
import { safeJson, safeLine } from "./safe-text.ts";

/** The file of `--log`: one line of JSON for every attempt of a call that ends while it is open. */
export interface CallLog extends Disposable {
  /** Writes the lines of one run of this plan, each with the mark. */
  recorder(plan: Plan, mark: JsonObject): Recorder;
}

interface Attempt {
  readonly attempt: number;
  readonly startedAt: number;
}

type AttemptEnd = Extract<RunEvent, { readonly kind: "step.succeeded" | "step.failed" | "step.cancelled" }>;

/**
 * Opens the file to append to it. Throws `usage.invalid` when that cannot be done. A line that cannot be written later is said once, and the run
 * goes on: it is worth more than its log.
 */
export function openCallLog(file: string, cwd: string, output: Output): CallLog {
  const openedAt = Date.now();
  let descriptor: number | undefined = openForAppending(file, cwd);

  return {
    recorder,
    [Symbol.dispose]: close,
  };

  function recorder(plan: Plan, mark: JsonObject): Recorder {
    const verbs = new Map(plan.steps.map(({ id, verb }) => [id, verb.kind]));
    // Calls that are open now: never more than the run has.
    const open = new Map<string, Attempt>();
    const isKept = createKept();
    return ({ run, at, event }) => {
      if (isKept(event)) return;
      // Only calls are given an input; groups begin without one.
      if (event.kind === "step.started" && event.input !== undefined)
        open.set(event.path, { attempt: event.attempt, startedAt: at });
      if (event.kind !== "step.succeeded" && event.kind !== "step.failed" && event.kind !== "step.cancelled") return;
      const begun = open.get(event.path);
      open.delete(event.path);
      // What ended before was a matter of the command that carried it out.
      if (begun === undefined || at < openedAt) return;
      const step = stepOf(event.path);
      write({ run, ...mark, path: event.path, step, verb: verbs.get(step) ?? "", ...lineOf(event, begun, at) });
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

function lineOf(event: AttemptEnd, { attempt, startedAt }: Attempt, at: number): JsonObject {
  return {
    attempt,
    status: statuses[event.kind],
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(at).toISOString(),
    ms: at - startedAt,
    ...(event.kind === "step.failed" && { error: { ...event.error } }),
    ...(event.kind === "step.succeeded" && event.artifacts !== undefined && { artifacts: event.artifacts }),
  };
}

const statuses = { "step.succeeded": "succeeded", "step.failed": "failed", "step.cancelled": "cancelled" } as const;

/** The step at the end of an instance path: `code` of `cycle@2/code`, `audit` of `audit[a%2Emd]`. */
function stepOf(instance: string): string {
  return instance.slice(instance.lastIndexOf("/") + 1).replace(/[@[].*$/, "");
}
