import { hasCode, RunwrightError, toRunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { evaluate } from "../language/expression/evaluate.ts";
import type { WaitEventPlan } from "../language/plan.ts";
import type { RunEvent } from "./event.ts";
import { namesAt } from "./names.ts";
import type { Instance, RunState } from "./state.ts";

/** An event as it is reported to a run. */
export interface Report {
  readonly type: string;
  readonly data: Json;
}

/** The events that a report leads to: it is kept, and every wait that it matches is over. Throws `inbox.full` when the run keeps too many. */
export function receive(state: RunState, report: Report, by: string): readonly RunEvent[] {
  if (state.received.length >= limits.receivedMax) {
    throw new RunwrightError("inbox.full", `The run has received ${limits.receivedMax} events and takes no more.`);
  }
  const { type, data } = report;
  const number = state.received.length;
  const ended = [...(state.listening.get(type) ?? [])].flatMap((instance) => {
    if (instance.cancelling) return [];
    const event = endedBy(state, instance, report, number);
    return event === undefined ? [] : [event];
  });
  return [{ kind: "event.received", v: 1, type, data, by }, ...ended];
}

/** The end of a wait that begins now, when what it waits for was reported before. */
export function alreadyReceived(
  state: RunState,
  instance: Instance,
  plan: WaitEventPlan,
  nowMs: number,
): RunEvent | undefined {
  const waiter = withoutIterations(instance.path);
  for (const [number, received] of state.received.entries()) {
    const isOver = received.at + limits.receivedKeptMs < nowMs || received.usedBy.has(waiter);
    if (received.type !== plan.event || isOver) continue;
    const event = endedBy(state, instance, received, number);
    if (event !== undefined) return event;
  }
  return undefined;
}

/** A path as it is in every iteration. */
export function withoutIterations(path: string): string {
  return path.replaceAll(/@\d+/g, "");
}

/** What an event does to a wait; undefined when it does not match. A condition that cannot be worked out fails the step. */
function endedBy(state: RunState, instance: Instance, report: Report, number: number): RunEvent | undefined {
  const { path, step } = instance;
  try {
    if (!matches(state, instance, report)) return undefined;
  } catch (error) {
    if (!hasCode(error, "expression.failed") && !hasCode(error, "expression.too-expensive")) throw error;
    const { code, message } = toRunwrightError(error);
    return { kind: "step.failed", v: 1, path, error: { code, message: `match of ${step.id}: ${message}` } };
  }
  return { kind: "step.succeeded", v: 1, path, output: report.data, event: number };
}

function matches(state: RunState, instance: Instance, { type, data }: Report): boolean {
  const { verb } = instance.step;
  if (verb.kind !== "wait_event" || verb.match === undefined) return verb.kind === "wait_event";
  const names = namesAt(state, { scope: instance.scope, instance });
  const value = evaluate(verb.match, {
    name: (name) => (name === "event" ? { type, data } : names.name(name)),
    step: (step, field) => names.step(step, field),
  });
  return value === true;
}
