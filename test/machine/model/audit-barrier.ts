import type { Plan } from "../../../src/language/plan.ts";
import type { RunEvent } from "../../../src/machine/event.ts";
import type { Instance } from "../../../src/machine/state.ts";
import { placeOf } from "./snapshot.ts";

/** What may no longer begin: behind a failure that stops its list, and where the time is over. */
export interface Barrier {
  /** Notes what an event that is about to be applied puts an end to. */
  readonly raise: (instance: Instance, event: RunEvent) => void;
  /** The time of the whole run is over. */
  readonly timeOut: () => void;
  /** The promise that is broken when this instance begins now. */
  readonly overrun: (instance: Instance) => "rule 2" | "I13" | undefined;
}

/** A barrier that holds nothing back yet. */
export function createBarrier(plan: Plan): Barrier {
  // By path: after a crash the run has other objects.
  const stopped = new Set<string>();
  const timedOut = new Set<string>();
  let over = false;

  return {
    raise(instance, event) {
      const step = plan.steps[instance.step.index];
      if (event.kind === "timer.fired" && step?.verb.kind === "do") timedOut.add(instance.path);
      if (event.kind !== "step.failed" || event.retryAt !== undefined || step?.onFailure !== "stop") return;
      stopped.add(instance.whole?.path ?? placeOf(instance.scope));
    },
    timeOut: () => void (over = true),
    overrun(begins) {
      if (over) return "I13";
      for (let here: Instance | undefined = begins; here !== undefined; here = here.whole ?? here.scope.owner) {
        if (timedOut.has(here.path)) return "I13";
        if (here.whole !== undefined && stopped.has(here.whole.path)) return "rule 2";
        if (here.whole === undefined && stopped.has(placeOf(here.scope)) && here.step.runOn === "success")
          return "rule 2";
      }
      return undefined;
    },
  };
}
