import { RunwrightError } from "../base/error.ts";

/** How an instance stands. `ready` = its start rule can be decided now. */
export type StepStatus = "pending" | "ready" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "skipped";

/** How a run stands; stored with its summary. */
export type RunPhase = "created" | "running" | "awaiting_approval" | "paused" | "completed" | "failed" | "cancelled";

/** Every transition of a step instance. What is not listed does not happen. */
const stepTransitions: Readonly<Record<StepStatus, readonly StepStatus[]>> = {
  pending: ["ready", "skipped"],
  ready: ["running", "waiting", "succeeded", "failed", "skipped", "cancelled"],
  running: ["waiting", "succeeded", "failed", "cancelled"],
  waiting: ["ready", "running", "succeeded", "failed", "skipped", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
  skipped: [],
};

/** Every transition of a run. Terminal states never change. */
export const runTransitions: Readonly<Record<RunPhase, readonly RunPhase[]>> = {
  created: ["running", "cancelled", "paused"],
  running: ["awaiting_approval", "paused", "completed", "failed", "cancelled"],
  awaiting_approval: ["running", "paused", "cancelled", "completed", "failed"],
  paused: ["running", "awaiting_approval", "cancelled", "completed", "failed"],
  completed: [],
  failed: [],
  cancelled: [],
};

/** True for states that never change again. */
export function hasEnded(status: StepStatus): boolean {
  return stepTransitions[status].length === 0;
}

/** True for run states that never change again. */
export function isTerminal(phase: RunPhase): boolean {
  return runTransitions[phase].length === 0;
}

/** Throws `machine.illegal` for a step transition that is not in the table. */
export function assertStepTransition(path: string, from: StepStatus, to: StepStatus): void {
  if (!stepTransitions[from].includes(to)) {
    throw new RunwrightError("machine.illegal", `Step instance ${path} cannot go from ${from} to ${to}.`);
  }
}
