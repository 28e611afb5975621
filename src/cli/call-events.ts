import type { Json } from "../base/json.ts";
import type { Plan } from "../language/plan.ts";
import type { RunEvent } from "../machine/event.ts";

interface CallPlace {
  readonly at: number;
  readonly path: string;
  readonly step: string;
  readonly verb: string;
  readonly attempt: number;
  /** The run that the step runs, where it runs another workflow. */
  readonly child?: string;
}

/** An attempt of a step that does something begins. */
export interface CallStart extends CallPlace {
  readonly kind: "start";
  readonly input: Json;
}

/** It has ended. */
export interface CallEnd extends CallPlace {
  readonly kind: "end";
  readonly startedAt: number;
  readonly event: Extract<RunEvent, { readonly kind: "step.succeeded" | "step.failed" | "step.cancelled" }>;
}

/** Finds the beginnings and ends of calls in the events of one run, which it is given in order. */
export interface CallEvents {
  take(event: RunEvent, at: number): CallStart | CallEnd | undefined;
  /** How often an instance has begun so far. */
  attemptsOf(path: string): number;
}

/** A step that only computes, waits or asks makes no call, and a group makes none of its own. */
export function createCallEvents(plan: Plan): CallEvents {
  const verbs = new Map(plan.steps.map(({ id, verb }) => [id, verb.kind]));
  const attempts = new Map<string, number>();
  const open = new Map<string, CallStart>();

  return { take, attemptsOf: (path) => attempts.get(path) ?? 0 };

  function take(event: RunEvent, at: number): CallStart | CallEnd | undefined {
    switch (event.kind) {
      case "step.started":
        attempts.set(event.path, event.attempt);
        // Only calls are given an input; groups begin without one.
        return event.input === undefined ? undefined : begin(event.path, at, event.input);
      case "child.started":
        attempts.set(event.path, (attempts.get(event.path) ?? 0) + 1);
        return begin(event.path, at, event.input, event.run);
      case "step.succeeded":
      case "step.failed":
      case "step.cancelled":
        return end(event, at);
      default:
        return undefined;
    }
  }

  function begin(path: string, at: number, input: Json, child?: string): CallStart {
    const step = stepOf(path);
    const start: CallStart = {
      kind: "start",
      at,
      path,
      step,
      verb: verbs.get(step) ?? "",
      attempt: attempts.get(path) ?? 1,
      input,
      ...(child !== undefined && { child }),
    };
    // Without the input: a call that is open for long need not hold it.
    open.set(path, { ...start, input: null });
    return start;
  }

  function end(event: CallEnd["event"], at: number): CallEnd | undefined {
    const begun = open.get(event.path);
    open.delete(event.path);
    if (begun === undefined) return undefined;
    const { input: _input, at: startedAt, ...place } = begun;
    return { ...place, kind: "end", at, startedAt, event };
  }
}

/** The step at the end of an instance path: `code` of `cycle@2/code`, `audit` of `audit[a%2Emd]`. */
export function stepOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/[@[].*$/, "");
}
