import { RunwrightError } from "../base/error.ts";
import type { RunEvent } from "./event.ts";

/** How an instance stands. `ready` = its start rule can be decided now. */
export type StepStatus = "pending" | "ready" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "skipped";

/** How a run stands; stored with its summary. */
export type RunPhase = "created" | "running" | "awaiting_approval" | "paused" | "completed" | "failed" | "cancelled";

/** How a gate stands. */
export type GateState = "open" | "accepted" | "rejected" | "expired" | "withdrawn";

/** One way from a state to another, and the events that lead along it. Without `from` it is how something comes into being. */
export interface Transition<State extends string> {
  readonly from?: State;
  readonly to: State;
  readonly by: readonly RunEvent["kind"][];
}

/** Every transition of a step instance. What is not listed does not happen. */
export const stepTransitions: readonly Transition<StepStatus>[] = [
  {
    to: "pending",
    by: [
      "run.started",
      "scope.expanded",
      "iteration.started",
      "step.started",
      "step.succeeded",
      "step.failed",
      "step.skipped",
      "child.started",
      "gate.decided",
      "gate.changes-requested",
      "gate.expired",
    ],
  },
  {
    from: "pending",
    to: "ready",
    by: [
      "run.started",
      "scope.expanded",
      "iteration.started",
      "step.started",
      "step.succeeded",
      "step.failed",
      "step.cancelled",
      "step.skipped",
      "child.started",
      "gate.decided",
      "gate.changes-requested",
      "gate.expired",
      "gate.withdrawn",
    ],
  },
  {
    from: "pending",
    to: "skipped",
    by: [
      "run.cancel-requested",
      "run.limit-reached",
      "budget.reached",
      "step.failed",
      "timer.fired",
      "gate.decided",
      "gate.expired",
    ],
  },
  { from: "ready", to: "running", by: ["scope.expanded", "iteration.started", "step.started", "step.continued"] },
  { from: "ready", to: "waiting", by: ["step.waiting", "child.started", "gate.opened"] },
  { from: "ready", to: "succeeded", by: ["step.succeeded", "child.started"] },
  { from: "ready", to: "failed", by: ["step.failed"] },
  { from: "ready", to: "cancelled", by: ["step.cancelled"] },
  {
    from: "ready",
    to: "skipped",
    by: [
      "run.cancel-requested",
      "run.limit-reached",
      "budget.reached",
      "step.failed",
      "step.skipped",
      "timer.fired",
      "gate.decided",
      "gate.expired",
    ],
  },
  { from: "running", to: "waiting", by: ["step.failed", "effect.unknown", "effect.held"] },
  { from: "running", to: "succeeded", by: ["step.succeeded"] },
  { from: "running", to: "failed", by: ["step.failed"] },
  { from: "running", to: "cancelled", by: ["step.cancelled"] },
  { from: "waiting", to: "ready", by: ["timer.fired", "gate.decided"] },
  { from: "waiting", to: "succeeded", by: ["step.succeeded", "gate.decided", "gate.expired"] },
  { from: "waiting", to: "failed", by: ["step.failed", "gate.decided", "gate.expired"] },
  { from: "waiting", to: "cancelled", by: ["step.cancelled", "gate.changes-requested", "gate.withdrawn"] },
  { from: "waiting", to: "skipped", by: ["gate.decided", "gate.expired"] },
];

/**
 * Every transition of a run, event by event: one that is cancelled while it waits for approval is running until its gates are withdrawn.
 * Terminal states never change. A fault of the machine ends a run as failed, wherever it stands, and so does the end of patience with one that kills the engine.
 */
export const runTransitions: readonly Transition<RunPhase>[] = [
  { to: "created", by: ["run.created"] },
  { from: "created", to: "running", by: ["run.started"] },
  { from: "created", to: "paused", by: ["run.paused"] },
  { from: "created", to: "failed", by: ["run.finished", "run.set-aside"] },
  { from: "created", to: "cancelled", by: ["run.finished"] },
  {
    from: "running",
    to: "awaiting_approval",
    by: [
      "step.succeeded",
      "step.failed",
      "step.cancelled",
      "step.skipped",
      "child.started",
      "effect.unknown",
      "effect.held",
      "gate.opened",
      "gate.decided",
      "gate.escalated",
      "gate.expired",
      "gate.withdrawn",
    ],
  },
  { from: "running", to: "paused", by: ["run.paused", "budget.reached"] },
  { from: "running", to: "completed", by: ["run.finished"] },
  { from: "running", to: "failed", by: ["run.finished", "run.set-aside"] },
  { from: "running", to: "cancelled", by: ["run.finished"] },
  {
    from: "awaiting_approval",
    to: "running",
    by: ["run.cancel-requested", "run.limit-reached", "timer.fired", "gate.decided", "gate.changes-requested"],
  },
  { from: "awaiting_approval", to: "paused", by: ["run.paused"] },
  { from: "awaiting_approval", to: "failed", by: ["run.finished", "run.set-aside"] },
  { from: "paused", to: "created", by: ["run.resumed"] },
  { from: "paused", to: "running", by: ["run.resumed"] },
  { from: "paused", to: "awaiting_approval", by: ["run.resumed"] },
  { from: "paused", to: "completed", by: ["run.finished"] },
  { from: "paused", to: "failed", by: ["run.finished", "run.set-aside"] },
  { from: "paused", to: "cancelled", by: ["run.finished"] },
];

/** Every transition of a gate. One that stays open has had a word, or asks others now. */
export const gateTransitions: readonly Transition<GateState>[] = [
  { to: "open", by: ["gate.opened", "effect.unknown", "effect.held"] },
  { from: "open", to: "open", by: ["gate.voted", "gate.escalated", "gate.reminded"] },
  { from: "open", to: "accepted", by: ["gate.decided", "gate.expired"] },
  { from: "open", to: "rejected", by: ["gate.decided"] },
  { from: "open", to: "expired", by: ["gate.expired"] },
  { from: "open", to: "withdrawn", by: ["gate.changes-requested", "gate.withdrawn"] },
];

const stepWays = waysOf(stepTransitions);
const runWays = waysOf(runTransitions);

/** True for states that never change again. */
export function hasEnded(status: StepStatus): boolean {
  return !stepWays.has(status);
}

/** True for run states that never change again. */
export function isTerminal(phase: RunPhase): boolean {
  return !runWays.has(phase);
}

/** Throws `machine.illegal` for a step transition that is not in the table. */
export function assertStepTransition(path: string, from: StepStatus, to: StepStatus): void {
  if (stepWays.get(from)?.has(to) !== true) {
    throw new RunwrightError("machine.illegal", `Step instance ${path} cannot go from ${from} to ${to}.`);
  }
}

/** Where each state leads to. A state that leads nowhere has no entry. */
function waysOf<State extends string>(
  transitions: readonly Transition<State>[],
): ReadonlyMap<State, ReadonlySet<State>> {
  const ways = new Map<State, Set<State>>();
  for (const { from, to } of transitions) {
    if (from !== undefined) ways.set(from, (ways.get(from) ?? new Set()).add(to));
  }
  return ways;
}
