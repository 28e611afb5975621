import { RunwrightError } from "../../src/base/error.ts";
import type { Json } from "../../src/base/json.ts";
import type { Action, ActionCall, ActionResult, Effect, Permit } from "../../src/ports/action.ts";
import type { ManualClock } from "../../src/testing/manual-clock.ts";
import type { Seeded } from "./chance.ts";

/** What an action of a simulated process lives in. */
export interface Surroundings {
  readonly chance: Seeded;
  readonly clock: ManualClock;
  readonly begins: (call: ActionCall) => void;
  readonly ends: (call: ActionCall) => void;
  /** An operation of a call leaves for another system. */
  readonly leaves: (call: ActionCall, key: string, effect: Effect) => void;
  /** That system refuses it, and has done nothing. */
  readonly refuses: (call: ActionCall, key: string) => void;
  /** Whatever fails says that it has done nothing. */
  readonly lies: boolean;
  /** It reaches that system, and that can be looked for. */
  readonly arrives: (key: string) => void;
  readonly wasCarriedOut: (key: string) => boolean;
}

/** How long a call, and before it its operation, takes at most. */
const callMsMax = 3000;
const operationMsMax = 1500;
/** Who does not listen goes on for so long, with what is on its way. */
const deafMs = 4000;

/** Functions that take their time and end as the dice fall, half of them behind an operation; some do not listen when they are aborted. */
export function simulatedAction(surroundings: Surroundings): Action {
  const { chance, clock, begins, ends } = surroundings;
  return {
    async run(call, signal) {
      begins(call);
      const dice = chance.next();
      const obeys = chance.maybe(0.8);
      const operates = chance.maybe(0.5);
      const stopped = stoppedBy(signal, (stop) => (obeys ? stop() : void clock.after(deafMs, stop)));
      try {
        if (operates) await Promise.race([operate(surroundings, call), stopped]);
        await Promise.race([slowly(surroundings, callMsMax), stopped]);
        if (dice >= 0.75) throw errorOf(dice);
        return resultOf(call, dice);
      } finally {
        ends(call);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function stoppedBy(signal: AbortSignal, heard: (stop: () => void) => void): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  signal.addEventListener("abort", () => heard(() => reject(new RunwrightError("call.aborted", "stopped"))));
  return promise;
}

/** One operation, whose answer comes, comes late, or gets lost. Its class is that of the step, as a module's author would write it. */
function operate(surroundings: Surroundings, call: ActionCall): Promise<Json> {
  const { chance, leaves, refuses, lies, arrives } = surroundings;
  const effect = effectOf(surroundings, call);
  return call.once(effect, async ({ key }) => {
    leaves(call, key, effect);
    // Refused: nothing of it has arrived, and nothing will.
    if (chance.maybe(0.15)) {
      await slowly(surroundings, operationMsMax);
      refuses(call, key);
      throw new RunwrightError("tool.unavailable", "as the dice fell", { undone: true });
    }
    // A part of what is sent arrives although its sender is gone by then, as long as it was to live.
    if (chance.maybe(0.5)) arrives(key);
    await slowly(surroundings, operationMsMax);
    if (chance.maybe(0.2)) throw errorOf(0.8, lies);
    arrives(key);
    return { paid: call.attempt };
  });
}

/** Half of them are aimed at something that the policy speaks of. */
function effectOf({ wasCarriedOut }: Surroundings, { path }: ActionCall): Effect {
  const sum = Array.from(path).reduce((total, letter) => total + letter.charCodeAt(0), 0);
  const effectClass = (["keyed", "blind", "read", "readback"] as const)[path.length % 4] ?? "keyed";
  const find = async ({ key }: Permit): Promise<Json | undefined> => (wasCarriedOut(key) ? { found: true } : undefined);
  return {
    name: "pay",
    class: effectClass,
    ...(effectClass === "readback" && { find }),
    ...(sum % 2 === 0 && { target: { kind: "tool", name: targetOf(sum / 2), arguments: null } }),
  };
}

/** By the step, since rules do not change by chance. */
function targetOf(number: number): string {
  return (["denied", "held", "free", "free", "free"] as const)[number % 5] ?? "free";
}

function slowly({ chance, clock }: Surroundings, msMax: number): Promise<void> {
  return new Promise((resolve) => void clock.after(chance.whole(0, msMax), resolve));
}

function resultOf(call: ActionCall, dice: number): ActionResult {
  const output = { path: call.path, recommended_next_stage: `s${Math.floor(dice * 10)}` };
  return dice < 0.1 ? { output, vars: { last: call.path } } : { output };
}

function errorOf(dice: number, undone = false): RunwrightError {
  return new RunwrightError(dice < 0.93 ? "function.failed" : "function.not-found", "as the dice fell", { undone });
}
