import type { SkipReason } from "./event.ts";
import { stepAt } from "./lifecycle.ts";
import type { Instance, RunState } from "./state.ts";

/**
 * Why an instance whose waits have all ended does not run, or undefined when it may (semantics rule 1).
 *
 * `run_on` ranges over the explicit needs; without them over the step before (success) or over all earlier steps of the list.
 */
export function skipRule(state: RunState, instance: Instance): SkipReason | undefined {
  const { scope, step } = instance;
  if (scope.halted) return "parent";
  if (scope.stoppedBy !== undefined && step.runOn === "success") return "parent";
  if (!runsOn(state, instance)) return "needs";
  return elseHolds(state, instance) ? undefined : "else";
}

function runsOn(state: RunState, instance: Instance): boolean {
  const { scope, step } = instance;
  if (step.runOn === "always") return true;

  const needs = step.needs?.map((index) => siblingAt(state, instance, index));
  if (step.runOn === "failure") {
    return needs === undefined ? scope.firstFailed < step.position : needs.some((need) => need?.failedBefore === true);
  }
  if (needs === undefined || needs.length === 0) return true;

  const broken = needs.some(
    (need) => need?.status === "cancelled" || (need?.status === "failed" && need.step.onFailure !== "continue"),
  );
  const succeeded = needs.some(
    (need) => need?.status === "succeeded" || (need?.status === "failed" && need.step.onFailure === "continue"),
  );
  return !broken && succeeded;
}

/** A step with `else: x` runs exactly when `x` was skipped by its `if`, or was a gate that was rejected and let the run go on. */
function elseHolds(state: RunState, instance: Instance): boolean {
  if (instance.step.elseOf === undefined) return true;
  const other = siblingAt(state, instance, instance.step.elseOf);
  return other?.skipped === "if" || other?.skipped === "rejected";
}

function siblingAt(state: RunState, instance: Instance, index: number): Instance | undefined {
  return instance.scope.children[stepAt(state, index).position];
}
