import type { Plan } from "../../../src/language/plan.ts";
import type { Instance } from "../../../src/machine/state.ts";
import { hasEnded } from "../../../src/machine/states.ts";

/** True when every sibling that a step waits for has ended, in the list it stands in as it is now. */
export function waitsAreOver(plan: Plan, instance: Instance): boolean {
  return beforeOf(plan, instance).every((before) => before !== undefined && hasEnded(before.status));
}

/** The same, and what is done again meanwhile counts as it was: the step had been let go before changes were asked for. */
export function waitsWereOver(plan: Plan, instance: Instance): boolean {
  return beforeOf(plan, instance).every(
    (before) => before !== undefined && (before.redo ? true : hasEnded(before.status)),
  );
}

function beforeOf(plan: Plan, { step, scope }: Instance): readonly (Instance | undefined)[] {
  return step.waitsFor.map((index) => scope.children[plan.steps[index]?.position ?? -1]);
}

/** True for an instance that goes on without people: it runs, it waits for something that comes by itself, or its next move is due. */
export function isMoving(instance: Instance): boolean {
  const { status, waiting, gate, timer, cancelling, body, each } = instance;
  if (status === "ready") return true;
  if (status === "waiting") {
    const isOver = gate?.offer.expiresAt !== undefined && timer === undefined;
    return (waiting !== "gate" && waiting !== "reconcile") || cancelling || isOver;
  }
  if (status !== "running") return false;
  if (each !== undefined) return each.live === 0;
  return body === undefined || body.left === 0;
}
