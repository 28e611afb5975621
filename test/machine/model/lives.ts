import type { Plan } from "../../../src/language/plan.ts";
import { Broken, createAudit, type Seen } from "./audit.ts";
import type { Machine } from "./machine.ts";
import { randomPlan } from "./plans.ts";
import { tape } from "./tape.ts";
import { beginWorld, disturb, settle, type World } from "./world.ts";

/** The numbers that a model run is made of: one list for its plan, one for what happens to it. */
export type Tapes = readonly [plan: readonly number[], life: readonly number[]];

/** Lives one run through: a random plan, rough weather, then fair weather in which it must come to its end. Throws `Broken`. */
export function live([planTape, lifeTape]: Tapes, makeMachine: () => Machine, seen: Seen): void {
  const plan = randomPlan(tape(planTape));
  const crashes = seen.crashes;
  const world = liveOnce(plan, lifeTape, { makeMachine, seen, crashes: true });
  if (seen.crashes === crashes) return;

  // The same life without its crashes: what was recorded and what came of it are the same.
  const calm = liveOnce(plan, lifeTape, { makeMachine, seen, crashes: false });
  const audit = createAudit(plan, seen);
  audit.occasion("M21");
  if (JSON.stringify(world.events) !== JSON.stringify(calm.events))
    audit.blame("M21", "with a crash the run took another course than without");
}

interface Life {
  readonly makeMachine: () => Machine;
  readonly seen: Seen;
  readonly crashes: boolean;
}

function liveOnce(plan: Plan, lifeTape: readonly number[], { makeMachine, seen, crashes }: Life): World {
  const audit = createAudit(plan, seen);
  const chance = tape(lifeTape);
  try {
    const world = beginWorld(plan, makeMachine, audit, crashes);
    disturb(world, chance, 4 + lifeTape.length / 8);
    audit.occasion("I5");
    if (!settle(world)) audit.blame("I5", "it does not come to its end in fair weather");
    return world;
  } catch (error) {
    if (error instanceof Broken) throw error;
    return audit.blame("I1", `the machine refused its own event: ${String(error)}`);
  }
}
