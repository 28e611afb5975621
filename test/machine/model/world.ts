import { hasCode, RunwrightError } from "../../../src/base/error.ts";
import type { Plan } from "../../../src/language/plan.ts";
import { nextBudget } from "../../../src/machine/budget.ts";
import type { Command } from "../../../src/machine/command.ts";
import { holdEvent } from "../../../src/machine/effect-gate.ts";
import type { Beginning, Ruling } from "../../../src/machine/effects.ts";
import type { Decider, DecisionRequest } from "../../../src/machine/decide.ts";
import type { Operation, RunEvent, Target, Vote } from "../../../src/machine/event.ts";
import type { Usage } from "../../../src/machine/usage.ts";
import type { EffectClass } from "../../../src/language/connector.ts";
import { failureEvent } from "../../../src/machine/retry.ts";
import { type BegunOperation, type Instance, nextDueAt, type RunState } from "../../../src/machine/state.ts";
import { hasEnded } from "../../../src/machine/states.ts";
import type { Seeded } from "../../simulation/chance.ts";
import type { Audit } from "./audit.ts";
import type { Machine } from "./machine.ts";
import { snapshot } from "./snapshot.ts";
import { startMs } from "./verbs.ts";

/** A run that is being lived through, from outside: what may happen to it, and what it does next. */
export interface World {
  readonly state: () => RunState;
  readonly events: readonly (readonly [RunEvent, number])[];
  /** Lets the machine go as far as it can, or stops between two of its commands when chance says so. */
  readonly advance: (chance?: Seeded) => void;
  readonly endCall: (instance: Instance, how: "succeeded" | "failed" | "hopeless", chance: number) => void;
  /** A call asks for an operation, or its receipt comes. True when it is called now. */
  readonly ask: (instance: Instance, wish: Wish) => Asked;
  readonly receive: (instance: Instance, effect: BegunOperation) => void;
  /** The call of an operation comes back with a failure; `undone`: the other side says that it has done nothing. */
  readonly fail: (instance: Instance, effect: BegunOperation, undone: boolean) => void;
  readonly endChild: (instance: Instance, status: "completed" | "failed" | "cancelled") => void;
  /** False when it was refused. */
  readonly decide: (gate: Instance, outcome: Vote["outcome"], by: Decider, stale?: boolean) => boolean;
  readonly report: (type: string, n: number) => void;
  readonly say: (event: RunEvent) => void;
  /** An event that cannot follow is put to a machine of its own, which has read the journal; it must refuse it. */
  readonly sayIllegal: (event: RunEvent) => void;
  readonly moveClock: (ms: number) => void;
  readonly nextDue: () => number | undefined;
  /** The process dies: what is left is the JSON of the events, and a snapshot. */
  readonly crash: () => void;
  readonly now: () => number;
}

/** An operation as a module asks for it. */
export interface Wish {
  readonly operation: Operation;
  readonly class: EffectClass;
  readonly canFind?: true;
  /** It was carried out, and whoever looks finds it. */
  readonly isThere?: boolean;
  readonly target?: Target;
  readonly rule?: () => Ruling;
}

/** What became of what a call asked for; `held`: its step waits for people now. */
export type Asked = "begins" | "received" | "waits" | "held" | "refused";

/** The event with which a paused run goes on: one that has used up its budget is granted another. */
export function resumedIn(state: RunState): RunEvent {
  const budget = nextBudget(state);
  return { kind: "run.resumed", v: 1, by: "ada", ...(budget !== undefined && { budget }) };
}

const commandsMax = 5000;
/** What one call of a model uses up. */
export const usageOfOne: Usage = { calls: 1, tokensIn: 6, tokensCached: 0, tokensOut: 4, tokensReasoning: 0 };

/** Begins a run. Every event is shown to the audit before and after it is applied. */
export function beginWorld(
  plan: Plan,
  makeMachine: () => Machine,
  { audit, crashes }: { readonly audit: Audit; readonly crashes: boolean },
): World {
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
    ask,
    receive,
    fail,
    endChild,
    decide,
    report,
    say: add,
    sayIllegal,
    moveClock: (ms) => void (now += ms),
    nextDue: () => nextDueAt(state),
    crash,
    now: () => now,
  };

  function add(event: RunEvent): void {
    audit.before(state, event);
    events.push([event, now]);
    machine.apply(state, event, now);
    audit.after(state, event, machine.phaseOf(state));
    const started = (event.kind === "step.started" && event.input !== undefined) || event.kind === "step.continued";
    const instance = started ? state.instances.get(event.path) : undefined;
    if (instance !== undefined) audit.calls(instance.path, machine.keyOf(state, instance));
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

  function ask(instance: Instance, { isThere = false, ...wish }: Wish): Asked {
    const { path, attempt } = instance;
    const { name, digest = "" } = wish.operation;
    try {
      if (wish.rule !== undefined) audit.ruled(path, wish.operation, wish.rule().outcome);
      const request = { ...wish, path, attempt, key: `${path} ${name} ${digest}` };
      const begun = machine.beginOperation(state, request);
      if (begun.kind !== "looks") return takeIn(instance, begun);
      if (!isThere) return takeIn(instance, machine.beginOperation(state, { ...request, looked: true }));
      const found = machine.receiveReceipt(state, { ...request, receipt: { found: attempt }, found: true });
      if ("event" in found) add(found.event);
      return "received";
    } catch (error) {
      if (effectRefusals.some((code) => hasCode(error, code))) return "refused";
      throw error;
    }
  }

  /** As the engine does: what the rules deny fails its step, and what people have to settle lets it wait for them. */
  function takeIn(instance: Instance, begun: Beginning): Asked {
    switch (begun.kind) {
      case "begins":
        add(begun.event);
        return "begins";
      case "denied":
        add(begun.event);
        endCall(instance, "hopeless", 0);
        return "held";
      case "held":
        add(holdEvent(instance, begun.hold));
        return "held";
      case "spent":
        add(begun.event);
        return "waits";
      case "looks":
        throw new RunwrightError("internal", "looked for twice");
      default:
        return begun.kind;
    }
  }

  function receive({ path, attempt }: Instance, { operation, target }: BegunOperation): void {
    try {
      const usage = target?.kind === "model" ? { usage: usageOfOne } : {};
      const received = machine.receiveReceipt(state, { path, attempt, operation, receipt: { attempt }, ...usage });
      if ("event" in received) add(received.event);
    } catch (error) {
      if (!hasCode(error, "call.aborted")) throw error;
    }
  }

  /** Only a call that is under way comes back: what it says of an attempt before is told without `undone`, as the door does. */
  function fail({ path }: Instance, { operation, attempt, receipt }: BegunOperation, undone: boolean): void {
    const instance = state.instances.get(path);
    if (instance === undefined || receipt !== undefined) return;
    const isUnderWay = state.calls.has(instance) && instance.attempt === attempt;
    const says = undone && isUnderWay ? { undone } : {};
    try {
      add(machine.failOperation(state, { path, attempt, operation, code: "tool.failed", ...says }));
    } catch (error) {
      if (!hasCode(error, "call.aborted")) throw error;
    }
  }

  function endChild({ path, child = "" }: Instance, status: "completed" | "failed" | "cancelled"): void {
    const outcome = status === "completed" ? ({ outcome: "ok" } as const) : {};
    for (const event of machine.childEnded(state, { path, run: child, status, output: { path }, ...outcome }))
      add(event);
  }

  function decide(gate: Instance, outcome: Vote["outcome"], by: Decider, stale = false): boolean {
    const request = { ...requestOf(gate, outcome, by), ...(stale && { hash: "of something else" }) };
    audit.asks(request, by);
    try {
      for (const event of machine.decide(state, request, by, now)) add(event);
      return true;
    } catch (error) {
      if (refusals.some((code) => hasCode(error, code))) return false;
      throw error;
    }
  }

  function report(type: string, n: number): void {
    for (const event of machine.receive(state, { type, data: { n } }, "ada")) add(event);
  }

  function sayIllegal(event: RunEvent): void {
    audit.occasion("I1");
    const other = makeMachine();
    const again = reread(other);
    try {
      other.apply(again, event, now);
    } catch (error) {
      if (hasCode(error, "machine.illegal")) return;
      throw error;
    }
    audit.blame("I1", `the machine took ${JSON.stringify(event)}`);
  }

  function reread(by: Machine): RunState {
    const again = by.begin(plan);
    for (const [event, at] of events) by.apply(again, JSON.parse(JSON.stringify(event)) as RunEvent, at);
    return again;
  }

  function crash(): void {
    if (!crashes) return;
    machine = makeMachine();
    const again = reread(machine);
    const restored = machine.restored(state);
    for (const other of [again, restored]) audit.rebuilt(snapshot(state), snapshot(other));
    // The life goes on with either: what follows on a snapshot is compared with the journal at the next crash.
    state = events.length % 2 === 0 ? again : restored;
  }
}

const effectRefusals = ["call.aborted", "effect.mismatch", "effect.unknown", "effect.too-many"] as const;
const refusals = ["gate.forbidden", "gate.decided", "gate.edit-refused"] as const;

/** What somebody would say about what a gate shows now: the boss changes what may be changed, and everybody fills in the form. */
function requestOf({ path, gate }: Instance, outcome: Vote["outcome"], by: Decider): DecisionRequest {
  if (gate?.offer.kind !== undefined) return { path, outcome, hash: gate.offer.hash };
  const edits = {
    ...(gate?.offer.form !== undefined && { reason: "because" }),
    ...(by.id === "boss" && { amount: 2 }),
  };
  const hash = gate?.offer.hash ?? "";
  return { path, outcome, comment: "so", hash, ...(Object.keys(edits).length > 0 && { edits }) };
}
