import { RunwrightError } from "../base/error.ts";
import type { Plan, StepPlan } from "../language/plan.ts";
import type { RunEvent } from "./event.ts";
import { stepAt } from "./lifecycle.ts";
import type { Instance, RunState } from "./state.ts";

/** Where another try of a run begins: at a step of the file's own list, or at those that failed. */
export type ForkPoint = { readonly kind: "step"; readonly id: string } | { readonly kind: "failed" };

/** What another try of a run keeps. */
export interface Fork {
  /** The first step that is carried out anew. */
  readonly path: string;
  /** Steps of the file's own list whose events are kept, in the order of the file. */
  readonly kept: readonly StepPlan[];
  /** True for the paths in kept steps, and for the events of those. */
  readonly keepsPath: (path: string) => boolean;
  readonly keeps: (event: RunEvent) => boolean;
}

/**
 * What is kept of a run that has ended when it is tried again from a point on: every step of the file's own list that does not depend on it
 * and that ended as it should. What was stopped, cancelled or never reached is carried out anew, with all that depends on it.
 *
 * `changed` are the gates of the file's own list at which changes were asked for: one that is opened anew cannot keep what was made anew for it.
 * Throws `usage.invalid` naming what can be chosen.
 */
export function forkAt(state: RunState, point: ForkPoint, changed: ReadonlySet<string>): Fork {
  const { plan } = state;
  const chosen = point.kind === "step" ? [chosenStep(plan, point.id)] : failedSteps(state);
  const broken = plan.roots.filter((index) => !isKept(childAt(state, index), point));
  const anew = new Set([...chosen, ...broken]);
  for (const index of anew) {
    for (const follower of state.followers[index] ?? []) anew.add(follower);
    const { id, verb } = stepAt(state, index);
    if (changed.has(id) && verb.kind === "approve" && verb.onChanges?.redo !== undefined) anew.add(verb.onChanges.redo);
  }
  const first = Math.min(...chosen);
  const kept = plan.roots.filter((index) => !anew.has(index)).map((index) => stepAt(state, index));
  const ids = new Set(kept.map(({ id }) => id));
  const keepsPath = (path: string): boolean => ids.has(rootIdOf(path));
  const keeps = (event: RunEvent): boolean => "path" in event && keepsPath(event.path);
  return { path: stepAt(state, first).id, kept, keepsPath, keeps };
}

/** The step of the file's own list that a path lies in. */
export function rootIdOf(path: string): string {
  return path.replace(/[/@[].*$/, "");
}

const idsShownMax = 30;

function chosenStep(plan: Plan, id: string): number {
  const step = plan.steps.find((each) => each.id === id);
  if (step !== undefined && step.parent === undefined) return step.index;
  const ids = plan.roots.flatMap((index) => plan.steps[index]?.id ?? []);
  const choose = `choose one of ${ids.slice(0, idsShownMax).join(", ")}${ids.length > idsShownMax ? ", …" : ""}`;
  if (step === undefined) throw new RunwrightError("usage.invalid", `${plan.workflow} has no step '${id}': ${choose}.`);
  let around: StepPlan | undefined = step;
  while (around?.parent !== undefined) around = plan.steps[around.parent];
  throw new RunwrightError(
    "usage.invalid",
    `Step '${id}' stands in '${around?.id ?? ""}', which is carried out anew as a whole: ${choose}.`,
  );
}

function failedSteps(state: RunState): readonly number[] {
  const failed = state.plan.roots.filter((index) => childAt(state, index)?.status === "failed");
  if (failed.length > 0) return failed;
  throw new RunwrightError(
    "usage.invalid",
    `No step of run ${state.created?.run ?? ""} has failed: name the step to begin at with --from-step.`,
  );
}

function childAt(state: RunState, index: number): Instance | undefined {
  return state.root?.children[stepAt(state, index).position];
}

/** True for a step that ended as the file says it should. */
function isKept(instance: Instance | undefined, point: ForkPoint): boolean {
  switch (instance?.status) {
    case "succeeded":
      return true;
    case "skipped":
      return instance.skipped !== "parent";
    case "failed":
      return point.kind === "step" && instance.step.onFailure === "continue";
    default:
      return false;
  }
}
