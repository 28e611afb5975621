import { RunwrightError } from "../../src/base/error.ts";
import type { Action, ActionCall, ActionResult } from "../../src/ports/action.ts";
import type { ManualClock } from "../../src/testing/manual-clock.ts";
import type { Seeded } from "./chance.ts";

/** What an action of a simulated process lives in. */
export interface Surroundings {
  readonly chance: Seeded;
  readonly clock: ManualClock;
  readonly begins: (call: ActionCall) => void;
  readonly ends: (call: ActionCall) => void;
}

/** Functions that take their time and end as the dice fall; some do not listen when they are aborted. */
export function simulatedAction({ chance, clock, begins, ends }: Surroundings): Action {
  return {
    run(call, signal) {
      begins(call);
      const dice = chance.next();
      const obeys = chance.maybe(0.8);
      return new Promise((resolve, reject) => {
        const end = (run: () => void): void => {
          ends(call);
          run();
        };
        clock.after(chance.whole(0, 3000), () =>
          end(() => (dice < 0.75 ? resolve(resultOf(call, dice)) : reject(errorOf(dice)))),
        );
        const stop = (): void => end(() => reject(new RunwrightError("call.aborted", "stopped")));
        if (obeys) signal.addEventListener("abort", stop);
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function resultOf(call: ActionCall, dice: number): ActionResult {
  const output = { path: call.path, recommended_next_stage: `s${Math.floor(dice * 10)}` };
  return dice < 0.1 ? { output, vars: { last: call.path } } : { output };
}

function errorOf(dice: number): RunwrightError {
  return new RunwrightError(dice < 0.93 ? "function.failed" : "function.not-found", "as the dice fell");
}
