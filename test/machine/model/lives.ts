import type { Plan } from "../../../src/language/plan.ts";
import { digestText } from "../../../src/base/digest.ts";
import type { RunEvent } from "../../../src/machine/event.ts";
import { Broken, createAudit, type Seen } from "./audit.ts";
import type { Machine } from "./machine.ts";
import { randomPlan } from "./plans.ts";
import { tape } from "./tape.ts";
import { endingOf, type Outcomes } from "./reference.ts";
import { disturb, liveCalmly, settle } from "./weather.ts";
import { beginWorld, type World } from "./world.ts";

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
  return orBroken(() => {
    const world = beginWorld(plan, makeMachine, { audit, crashes });
    disturb(world, chance, 4 + lifeTape.length / 8);
    audit.occasion("I5");
    if (!settle(world)) audit.blame("I5", "it does not come to its end in fair weather");
    return world;
  });
}

/** Lives a calm plan through in some order, and compares its end with what the reference says. Throws `Broken`. */
export function compareWithReference([planTape, lifeTape]: Tapes, makeMachine: () => Machine, seen: Seen): void {
  const plan = randomPlan(tape(planTape), true);
  const outcomes = outcomesOf(String(lifeTape[0] ?? 0));
  const audit = createAudit(plan, seen);
  const world = orBroken(() => {
    const begun = beginWorld(plan, makeMachine, { audit, crashes: true });
    if (!liveCalmly(begun, tape(lifeTape), outcomes)) audit.blame("I5", "it does not come to its end");
    return begun;
  });

  const { instances, ended } = world.state();
  const expected = endingOf(plan, outcomes);
  const found = Array.from(instances.values(), ({ path, status, skipped }) => [
    path,
    skipped === undefined ? status : `${status} (${skipped})`,
  ]);
  const calls = world.events.flatMap(([event]) =>
    event.kind === "step.started" && event.input !== undefined ? [`${event.path}#${event.attempt}`] : [],
  );
  const effects = effectCalls(world.events.map(([event]) => event));
  audit.occasion("rule 1");
  const told = JSON.stringify([found.toSorted(byPath), calls.toSorted(), effects.toSorted(), ended?.phase]);
  const wanted = JSON.stringify([
    [...expected.steps].toSorted(byPath),
    expected.calls,
    expected.effects,
    expected.phase,
  ]);
  if (told !== wanted) audit.blame("rule 1", `the reference ends otherwise:\n${told}\n${wanted}`);
}

/** Operations that were called, by path and the attempt that called them. */
function effectCalls(events: readonly RunEvent[]): readonly string[] {
  const attempts = new Map<string, number>();
  return events.flatMap((event) => {
    if (event.kind === "step.started") attempts.set(event.path, event.attempt);
    return event.kind === "effect.intended" ? [`${event.path}#${attempts.get(event.path) ?? 0}`] : [];
  });
}

function byPath([left = ""]: readonly string[], [right = ""]: readonly string[]): number {
  return left < right ? -1 : 1;
}

/** Outcomes that hang on nothing but the path, the attempt and the run's own salt. */
function outcomesOf(salt: string): Outcomes {
  const dice = (what: string): number => Number.parseInt(digestText(`${salt} ${what}`).slice(0, 4), 16) / 65_536;
  return {
    call(path, attempt) {
      const fallen = dice(`${path}#${attempt}`);
      if (fallen < 0.6) return "succeeded";
      return fallen < 0.85 ? "failed" : "hopeless";
    },
    operation(path) {
      const fallen = dice(`operation of ${path}`);
      if (fallen < 0.3) return "none";
      return fallen < 0.6 ? "keyed" : fallen < 0.85 ? "blind" : "read";
    },
    receipt: (path, attempt) => (dice(`receipt of ${path}#${attempt}`) < 0.6 ? "received" : "lost"),
    gate: (path) => (dice(path) < 0.6 ? "accepted" : "rejected"),
    child: (path) => (dice(path) < 0.7 ? "completed" : "failed"),
  };
}

/** What the machine throws at its own events is a broken promise too. */
function orBroken(life: () => World): World {
  try {
    return life();
  } catch (error) {
    if (error instanceof Broken) throw error;
    throw new Broken("I1", `the machine refused what it led to: ${String(error)}`);
  }
}
