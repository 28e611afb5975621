import type { Decider } from "../../../src/machine/decide.ts";
import type { Instance } from "../../../src/machine/state.ts";
import type { Seeded } from "../../simulation/chance.ts";
import { illegalEvent } from "./illegal.ts";
import type { Outcomes } from "./reference.ts";
import { loseOrReceive, operateOutside } from "./operations.ts";
import { eventTypes } from "./verbs.ts";
import { resumedIn, type World } from "./world.ts";

/** Who decides in model runs: the starter, those who are named, somebody who is not, and people of every role. */
const people: readonly [Decider, ...Decider[]] = [
  { id: "boss", roles: ["boss"] },
  { id: "tess", roles: ["team"] },
  { id: "ada", roles: ["boss"] },
  { id: "eve", roles: [] },
];

/** People who may decide everything, enough for every quorum. */
const everybody: readonly [Decider, ...Decider[]] = [
  { id: "kim", roles: ["*"] },
  { id: "lou", roles: ["*"] },
  { id: "max", roles: ["*"] },
];

/** What people and the world do to a run, by chance, for some time. */
export function disturb(world: World, chance: Seeded, rounds: number): void {
  for (let round = 0; round < rounds && world.state().ended === undefined; round += 1) {
    happen(world, chance);
    if (chance.maybe(0.05)) world.crash();
    if (chance.maybe(0.85)) world.advance(chance);
    if (chance.maybe(0.03)) world.crash();
  }
}

function happen(world: World, chance: Seeded): void {
  const state = world.state();
  const drawn = chance.next() * 40;
  const dice = 1 + Math.floor(drawn);
  operateOutside(world, drawn % 1);
  const call = oneOf(state.calls, chance);
  if (dice <= 16 && call !== undefined) {
    const how = chance.maybe(0.35) ? chance.pick(["failed", "hopeless"] as const) : "succeeded";
    return world.endCall(call, how, chance.next());
  }
  if (dice <= 22) return decideOne(world, chance);
  if (dice <= 26) return world.report(chance.pick(eventTypes), chance.whole(1, 2));
  if (dice <= 28) return endOneChild(world, chance);
  if (dice <= 34) return world.moveClock(chance.whole(0, 1500));
  if (dice <= 36) return toNextDue(world);
  return operate(world, chance, dice);
}

function oneOf(instances: ReadonlySet<Instance>, chance: Seeded): Instance | undefined {
  return [...instances][chance.whole(0, Math.max(0, instances.size - 1))];
}

/** Mostly an open gate, sometimes one that is decided or withdrawn already. */
function decideOne(world: World, chance: Seeded): void {
  const { gates, instances } = world.state();
  const old = chance.maybe(0.15) ? [...instances.values()].find(({ gate }) => gate !== undefined) : undefined;
  const gate = old ?? oneOf(gates, chance);
  if (gate === undefined) return;
  const outcome = chance.pick(["accepted", "accepted", "changes", "rejected", "changes"] as const);
  const isUnknown = gate.gate?.offer.kind === "effect-unknown" && outcome === "changes";
  world.decide(gate, isUnknown ? "retry" : outcome, chance.pick(people), chance.maybe(0.05));
}

function endOneChild(world: World, chance: Seeded): void {
  const child = oneOf(world.state().children, chance);
  if (child !== undefined) world.endChild(child, chance.pick(["completed", "failed", "cancelled"]));
}

function toNextDue(world: World): void {
  const due = world.nextDue();
  if (due !== undefined) world.moveClock(Math.max(0, due - world.now()));
}

/** Cancel, pause, resume; once in a long while a fault of the machine, which ends its run, or the end of patience with it, and an event that cannot follow. */
function operate(world: World, chance: Seeded, dice: number): void {
  const { paused, cancel } = world.state();
  if (dice <= 39) {
    return world.say(paused ? resumedIn(world.state()) : { kind: "run.paused", v: 1, by: "ada" });
  }
  const rare = chance.next();
  if (rare > 0.5 && cancel === undefined) world.say({ kind: "run.cancel-requested", v: 1, by: "ada" });
  else if (rare > 0.42 && rare <= 0.45) world.say({ kind: "run.set-aside", v: 1, deaths: 3 });
  else if (rare > 0.45) {
    const error = { code: "internal", message: "a fault", path: "" };
    world.say({ kind: "run.finished", v: 1, status: "failed", output: null, error });
  } else world.sayIllegal(illegalEvent(world, chance));
}

const calmRoundsMax = 1000;

/** A life in which only the order is chance: what ends, ends as its path says. False when it does not come to its end. */
export function liveCalmly(world: World, chance: Seeded, outcomes: Outcomes): boolean {
  for (let round = 0; round < calmRoundsMax && world.state().ended === undefined; round += 1) {
    if (chance.maybe(0.05)) world.crash();
    if (chance.maybe(0.05)) world.say({ kind: world.state().paused ? "run.resumed" : "run.paused", v: 1, by: "ada" });
    world.advance(chance);
    if (chance.maybe(0.3)) toNextDue(world);
    if (!answerCalmly(world, chance, outcomes)) return false;
  }
  return world.state().ended !== undefined;
}

function answerCalmly(world: World, chance: Seeded, outcomes: Outcomes): boolean {
  const { calls, gates, children, paused, ended, ready, root } = world.state();
  if (ended !== undefined) return true;
  const instance = oneOf(new Set([...calls, ...gates, ...children]), chance);
  if (instance !== undefined) answerOne(world, instance, chance, outcomes);
  else if (paused) world.say({ kind: "run.resumed", v: 1, by: "ada" });
  else if (world.nextDue() !== undefined) toNextDue(world);
  else return ready.size > 0 || root === undefined || root.left === 0;
  return true;
}

function answerOne(world: World, instance: Instance, chance: Seeded, outcomes: Outcomes): void {
  const { path, gate, child } = instance;
  const [first] = everybody;
  if (gate?.state === "open") world.decide(instance, outcomes.gate(path), first);
  else if (child !== undefined) world.endChild(instance, outcomes.child(path));
  else answerCall(world, instance, chance, outcomes);
}

/** Its operation first: a paused run is resumed for it, and for one whose outcome is not known people are asked. */
function answerCall(world: World, instance: Instance, chance: Seeded, outcomes: Outcomes): void {
  const { path, attempt } = instance;
  const asked = loseOrReceive(world, instance, outcomes);
  if (asked === "held") return;
  if (asked === "waits") return world.say({ kind: "run.resumed", v: 1, by: "ada" });
  world.endCall(instance, asked === "refused" ? "hopeless" : outcomes.call(path, attempt), chance.next());
}

const fairRoundsMax = 600;

/** Fair weather: everything that can be answered is, until the run has ended. False when it does not come to its end. */
export function settle(world: World): boolean {
  for (let round = 0; round < fairRoundsMax; round += 1) {
    world.advance();
    if (world.state().ended !== undefined) return true;
    if (!answer(world)) return false;
  }
  return false;
}

function answer(world: World): boolean {
  const state = world.state();
  if (state.paused) return said(() => world.say(resumedIn(state)));
  const [call] = state.calls;
  if (call !== undefined) return said(() => world.endCall(call, "succeeded", 0.5));
  const [child] = state.children;
  if (child !== undefined) return said(() => world.endChild(child, "completed"));
  const [gate] = state.gates;
  if (gate !== undefined) return everybody.some((by) => world.decide(gate, "accepted", by));
  const [type] = state.listening.keys();
  if (type !== undefined) return said(() => [1, 2].forEach((n) => world.report(type, n)));
  const due = world.nextDue();
  return due !== undefined && said(() => world.moveClock(Math.max(0, due - world.now())));
}

function said(what: () => void): true {
  what();
  return true;
}
