import { RunwrightError } from "../../base/error.ts";
import type { Committed } from "../../engine/contract.ts";
import type { StepPlan } from "../../language/plan.ts";
import type { Version } from "../../ports/catalog.ts";
import { type StepNames, stepIdOf } from "./step-names.ts";

/** A step with the place that it has in the whole dry run: `deploy/notify` for the step `notify` of the run that `deploy` runs. */
export interface Placed {
  readonly path: string;
  readonly step: StepPlan;
}

/** The runs of one dry run: the one that was asked for, and those that its steps run. */
export interface Places {
  /** Takes in what was committed: a run may have begun. */
  watch(committed: Committed): void;
  /** The step at a path of a run. */
  stepAt(run: string, path: string): Placed;
}

/** The places of a version, before any run of it has begun. */
export function createPlaces(names: StepNames, version: Version): Places {
  const runs = new Map<string, { readonly prefix: string; readonly version: Version }>();
  const steps = new Map<Version, ReadonlyMap<string, StepPlan>>();
  return {
    watch({ key, events }) {
      const parent = known(key.run);
      for (const event of events) {
        if (event.kind !== "child.started") continue;
        const child = names.child(parent.version, event.workflow);
        if (child !== undefined) runs.set(event.run, { prefix: `${parent.prefix}${event.path}/`, version: child });
      }
    },
    stepAt(run, path) {
      const { prefix, version: of } = known(run);
      const id = stepIdOf(path.slice(path.lastIndexOf("/") + 1));
      const step = stepsOf(of).get(id);
      if (step === undefined) throw new RunwrightError("internal", `${of.file} has no step '${id}'.`);
      return { path: prefix + path, step };
    },
  };

  /** What is not the run of a step is the one that was asked for. */
  function known(run: string): { readonly prefix: string; readonly version: Version } {
    return runs.get(run) ?? { prefix: "", version };
  }

  function stepsOf(of: Version): ReadonlyMap<string, StepPlan> {
    const found = steps.get(of) ?? new Map(of.plan.steps.map((step) => [step.id, step]));
    steps.set(of, found);
    return found;
  }
}
