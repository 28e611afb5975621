import { hasCode, RunwrightError } from "../../../src/base/error.ts";
import type { Plan } from "../../../src/language/plan.ts";
import type { Command } from "../../../src/machine/command.ts";
import type { Decider } from "../../../src/machine/decide.ts";
import type { RunEvent } from "../../../src/machine/event.ts";
import { failureEvent } from "../../../src/machine/retry.ts";
import { type Instance, nextDueAt, type RunState } from "../../../src/machine/state.ts";
import { hasEnded } from "../../../src/machine/states.ts";
import type { Seeded } from "../../simulation/chance.ts";
import type { Audit } from "./audit.ts";
import type { Machine } from "./machine.ts";
import { snapshot } from "./snapshot.ts";
import { eventTypes, startMs } from "./verbs.ts";

/** A run that is being lived through, from outside: what may happen to it, and what it does next. */
export interface World {
  readonly state: () => RunState;
  readonly events: readonly (readonly [RunEvent, number])[];
  /** Lets the machine go as far as it can, or stops between two of its commands when chance says so. */
  readonly advance: (chance?: Seeded) => void;
  readonly endCall: (instance: Instance, how: "succeeded" | "failed" | "hopeless", chance: number) => void;
  readonly endChild: (instance: Instance, status: "completed" | "failed" | "cancelled") => void;
  /** False when it was refused. */
  readonly decide: (gate: Instance, outcome: "accepted" | "rejected" | "changes", by: Decider, stale?: boolean) => boolean;
  readonly report: (type: string, n: number) => void;
  readonly say: (event: RunEvent) => void;
  readonly moveClock: (ms: number) => void;
  readonly nextDue: () => number | undefined;
  /** The process dies: what is left is the JSON of the events. */
  readonly crash: () => void;
  readonly now: () => number;
}

const commandsMax = 5000;

/** Begins a run. Every event is shown to the audit before and after it is applied. */
export function beginWorld(plan: Plan, makeMachine: () => Machine, audit: Audit, crashes: boolean): World {
  let machine = makeMachine();
  let state = machine.begin(plan);
  let now = startMs;
  const events: (readonly [RunEvent, number])[] = [];
  const identity = { run: "r1", workflow: "modelled", version: "v", startedBy: "ada", effectRoot: "r1" };
  add({ kind: "run.created", v: 1, machine: 1, input: {}, env: {}, ...identity });

  return {
    state: () => state,
    events,
    advance,
    endCall,
    endChild,
    decide,
    report,
    say: add,
    moveClock: (ms) => void (now += ms),
    nextDue: () => nextDueAt(state),
    crash,
    now: () => now,
  };

  function add(event: RunEvent): void {
    audit.before(state, event, now);
    events.push([event, now]);
    machine.apply(state, event, now);
    audit.after(state, event, machine.phaseOf(state));
  }

  function advance(chance?: Seeded): void {
    for (let round = 0; round < commandsMax; round += 1) {
      const commands = machine.next(state, now);
      if (commands.length === 0) return;
      for (const command of commands) {
        if (chance?.maybe(0.02)) return;
        carryOut(command);
      }
    }
    audit.blame("I5", `the machine does not come to rest in ${commandsMax} rounds`);
    throw new RunwrightError("internal", "endless");
  }

  /** As the driver does: a command that an earlier one of its batch has overtaken is dropped. */
  function carryOut(command: Command): void {
    const event = command.kind === "call" ? command.started : command.event;
    const instance = "path" in event ? state.instances.get(event.path) : undefined;
    if (state.ended !== undefined) return;
    if (instance !== undefined && hasEnded(instance.status)) return;
    if (instance?.cancelling === true && event.kind !== "step.cancelled" && event.kind !== "gate.withdrawn") return;
    add(event);
  }

  function endCall(instance: Instance, how: "succeeded" | "failed" | "hopeless", chance: number): void {
    const { path, attempt } = instance;
    if (instance.cancelling) return add({ kind: "step.cancelled", v: 1, path });
    if (how === "succeeded") {
      const output = { path, attempt, recommended_next_stage: `s${Math.floor(chance * 9)}` };
      return add({ kind: "step.succeeded", v: 1, path, output, ...(chance > 0.9 && { vars: { last: path } }) });
    }
    const error = { code: "function.failed", message: "as it happened" };
    add(failureEvent(instance, { error, canRetry: how === "failed" }, now, chance));
  }

  function endChild({ path, child = "" }: Instance, status: "completed" | "failed" | "cancelled"): void {
    const outcome = status === "completed" ? ({ outcome: "ok" } as const) : {};
    for (const event of machine.childEnded(state, { path, run: child, status, output: { path }, ...outcome })) add(event);
  }

  function decide(
    gate: Instance,
    outcome: "accepted" | "rejected" | "changes",
    by: Decider,
    stale = false,
  ): boolean {
    const offer = gate.gate?.offer;
    const edits = {
      ...(offer?.form !== undefined && { reason: "because" }),
      ...(by.id === "boss" && { amount: 2 }),
    };
    const hash = stale ? "of something else" : (offer?.hash ?? "");
    const request = { path: gate.path, outcome, comment: "so", hash, ...(Object.keys(edits).length > 0 && { edits }) };
    audit.asks(gate, request, by);
    try {
      for (const event of machine.decide(state, request, by, now)) add(event);
      return true;
    } catch (error) {
      if (hasCode(error, "gate.forbidden") || hasCode(error, "gate.decided") || hasCode(error, "gate.edit-refused"))
        return false;
      throw error;
    }
  }

  function report(type: string, n: number): void {
    for (const event of machine.receive(state, { type, data: { n } }, "ada")) add(event);
  }

  function crash(): void {
    if (!crashes) return;
    machine = makeMachine();
    const again = machine.begin(plan);
    for (const [event, at] of events) machine.apply(again, JSON.parse(JSON.stringify(event)) as RunEvent, at);
    audit.rebuilt(snapshot(state), snapshot(again));
    state = again;
  }
}

/** Who decides in model runs: the starter, those who are named, somebody who is not, and people of every role. */
export const people: readonly [Decider, ...Decider[]] = [
  { id: "boss", roles: ["boss"] },
  { id: "tess", roles: ["team"] },
  { id: "ada", roles: ["boss"] },
  { id: "eve", roles: [] },
];

/** People who may decide everything, enough for every quorum. */
export const everybody: readonly Decider[] = ["kim", "lou", "max"].map((id) => ({ id, roles: ["*"] }));

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
  const dice = chance.whole(1, 40);
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
  world.decide(gate, outcome, chance.pick(people), chance.maybe(0.05));
}

function endOneChild(world: World, chance: Seeded): void {
  const child = oneOf(world.state().children, chance);
  if (child !== undefined) world.endChild(child, chance.pick(["completed", "failed", "cancelled"]));
}

function toNextDue(world: World): void {
  const due = world.nextDue();
  if (due !== undefined) world.moveClock(Math.max(0, due - world.now()));
}

/** Cancel, pause, resume; and, once in a long while, a fault of the machine, which ends its run. */
function operate(world: World, chance: Seeded, dice: number): void {
  const { paused, cancel } = world.state();
  if (dice <= 39) {
    const kind = paused ? "run.resumed" : "run.paused";
    return world.say({ kind, v: 1, by: "ada" });
  }
  const rare = chance.next();
  if (rare > 0.5 && cancel === undefined) world.say({ kind: "run.cancel-requested", v: 1, by: "ada" });
  else if (rare > 0.45) {
    const error = { code: "internal", message: "a fault", path: "" };
    world.say({ kind: "run.finished", v: 1, status: "failed", output: null, error });
  }
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
  if (state.paused) return said(() => world.say({ kind: "run.resumed", v: 1, by: "ada" }));
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
