import type { Plan, StepPlan } from "../../../src/language/plan.ts";
import type { Decider, DecisionRequest } from "../../../src/machine/decide.ts";
import type { RunEvent } from "../../../src/machine/event.ts";
import { isEffectEvent } from "../../../src/machine/effects.ts";
import type { Instance, RunState } from "../../../src/machine/state.ts";
import { type GateState, hasEnded, isTerminal, type RunPhase, type StepStatus } from "../../../src/machine/states.ts";
import { createEffectsAudit, type EffectsAudit } from "./audit-effects.ts";
import { checkDecision } from "./audit-gates.ts";
import { createBarrier } from "./audit-barrier.ts";
import { isMoving, waitsAreOver, waitsWereOver } from "./audit-rules.ts";

/** What a run promises, by the names of the design: `M` of the machine, `I` of the product as far as the machine keeps it, and a rule. */
export type Invariant =
  | "M1"
  | "M2"
  | "M3"
  | "M4"
  | "M5"
  | "M6"
  | "M7"
  | "M8"
  | "M9"
  | "M10"
  | "M11"
  | "M13"
  | "M14"
  | "M16"
  | "M19"
  | "M20"
  | "M21"
  | "rule 1"
  | "rule 2"
  | "I1"
  | "I5"
  | "I8"
  | "I13";

/** A promise that was broken. */
export class Broken extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, what: string) {
    super(`${invariant}: ${what}`);
    this.name = "Broken";
    this.invariant = invariant;
  }
}

/** What was seen over many runs: how often each promise had an occasion to be broken, and every transition with its event. */
export interface Seen {
  readonly occasions: Map<Invariant, number>;
  /** `step pending ready run.started`, and how often. */
  readonly transitions: Map<string, number>;
  crashes: number;
  runs: number;
  events: number;
}

/** Nothing seen yet. */
export function nothingSeen(): Seen {
  return { occasions: new Map(), transitions: new Map(), crashes: 0, runs: 0, events: 0 };
}

/** What the audit remembers of an instance: nothing of it is taken from the machine's own notes. */
interface Known {
  status: StepStatus;
  gate: GateState | undefined;
}

/** Watches one run, event by event, and throws `Broken` for the first promise that is. */
export interface Audit {
  readonly before: (state: RunState, event: RunEvent) => void;
  readonly after: (state: RunState, event: RunEvent, phase: RunPhase) => void;
  /** A call leaves the process with this idempotency key. */
  readonly calls: (path: string, key: string) => void;
  /** What the rules say of an operation that is about to be asked for. */
  readonly ruled: EffectsAudit["ruled"];
  /** Somebody is about to ask for a decision. */
  readonly asks: (request: DecisionRequest, by: Decider) => void;
  /** The state in memory, and the one that was made of the journal. */
  readonly rebuilt: (live: string, again: string) => void;
  readonly blame: (invariant: Invariant, what: string) => never;
  readonly occasion: (invariant: Invariant) => void;
}

/** An audit of one run of this plan: of the plan as it was written, whatever the machine was given. */
export function createAudit(plan: Plan, seen: Seen): Audit {
  const known = new Map<string, Known>();
  const running = new Set<string>();
  const callKeys = new Map<string, string>();
  const used = new Set<string>();
  const expansions = new Map<string, readonly string[]>();
  const closed = new Set<string>();
  const barrier = createBarrier(plan);
  const effects = createEffectsAudit(plan);
  let phase: RunPhase | undefined;
  let asked: { readonly request: DecisionRequest; readonly by: Decider } | undefined;
  let cancelled = false;
  seen.runs += 1;

  return {
    before,
    after,
    calls(path, key) {
      occasion("M7");
      const last = callKeys.get(path);
      if (last !== undefined && last !== key) blame("M7", `${path} is called with another key than before`);
      if (used.has(key)) blame("M7", `${path} is called with a key whose call has succeeded`);
      callKeys.set(path, key);
    },
    ruled: effects.ruled,
    asks: (request, by) => void (asked = { request, by }),
    rebuilt(live, again) {
      seen.crashes += 1;
      occasion("M1");
      if (live !== again) blame("M1", `the state made of the journal is another:\n${live}\n${again}`);
    },
    blame,
    occasion,
  };

  function blame(invariant: Invariant, what: string): never {
    throw new Broken(invariant, what);
  }

  function occasion(invariant: Invariant): void {
    seen.occasions.set(invariant, (seen.occasions.get(invariant) ?? 0) + 1);
  }

  function before(state: RunState, event: RunEvent): void {
    seen.events += 1;
    occasion("M2");
    if (phase !== undefined && isTerminal(phase)) blame("M2", `${event.kind} after the run was ${phase}`);
    noteRun(event);
    if (state.paused && !cancelled) checkPaused(event);
    if (isEffectEvent(event)) checkEffect(event);
    if (event.kind === "effect.unknown" || event.kind === "effect.held") held(event.path);
    else if (isEffectEvent(event)) return;
    else if ("path" in event) checkStep(state, event);
  }

  /** What happens to the run as a whole. */
  function noteRun(event: RunEvent): void {
    if (event.kind === "run.cancel-requested") cancelled = true;
    if (event.kind === "run.resumed" && event.budget !== undefined) effects.granted(event.budget);
    const isOver = event.kind === "budget.reached" && event.action === "fail";
    if (isOver || event.kind === "run.limit-reached") barrier.timeOut();
  }

  /** An operation belongs to no state of its step: a receipt may follow its end. */
  function checkEffect(event: Parameters<typeof effects.check>[0]): void {
    for (const invariant of ["M7", "M13", "I8"] as const) occasion(invariant);
    const problem = effects.check(event);
    if (problem !== undefined) blame(...problem);
    if (event.kind !== "effect.intended") return;
    occasion("M8");
    if (cancelled) blame("M8", `${event.operation.name} of ${event.path} begins after the cancel`);
    if (!running.has(event.path)) blame("M2", `${event.operation.name} of ${event.path} begins, which does not run`);
  }

  /** Its attempt ends uncounted, and a gate opens in its place, perhaps not the first. */
  function held(path: string): void {
    if (!running.delete(path)) blame("M2", `${path} waits for people, and does not run`);
    closed.delete(path);
    const last = known.get(path);
    if (last !== undefined) last.gate = undefined;
  }

  function checkStep(state: RunState, event: RunEvent & { readonly path: string }): void {
    const instance = state.instances.get(event.path);
    if (instance === undefined) return blame("I1", `${event.kind} of ${event.path}, which is not there`);
    if (closes(event)) close(event.path);
    const status = known.get(event.path)?.status ?? "pending";
    if (hasEnded(status)) blame("M2", `${event.kind} of ${event.path} after it was ${status}`);
    if (begins(event)) checkBegin(state, instance, event);
    checkKind(instance, event);
    barrier.raise(instance, event);
  }

  function checkPaused(event: RunEvent): void {
    occasion("M20");
    if (begins(event) || event.kind === "timer.fired") blame("M20", `${event.kind} while the run is paused`);
  }

  function checkBegin(state: RunState, instance: Instance, event: RunEvent): void {
    if (instance.whole === undefined) {
      occasion("M3");
      if (!waitsWereOver(state.plan, instance))
        blame("M3", `${instance.path} began before what it waits for had ended`);
    }
    const overrun = barrier.overrun(instance);
    if (overrun !== undefined) blame(overrun, `${event.kind} of ${instance.path}, which may no longer begin`);
    occasion("rule 2");
    occasion("I13");
    occasion("M8");
    if (cancelled) blame("M8", `${event.kind} of ${instance.path} after the cancel`);
  }

  function checkKind(instance: Instance, event: RunEvent & { readonly path: string }): void {
    const step = plan.steps[instance.step.index];
    if (step === undefined) return;
    switch (event.kind) {
      case "step.started":
      case "step.continued":
        checkStart(instance, step, event.attempt);
        break;
      case "step.succeeded":
        used.add(callKeys.get(event.path) ?? "");
        running.delete(event.path);
        break;
      case "step.failed":
      case "step.cancelled":
        running.delete(event.path);
        break;
      case "iteration.started":
        occasion("M5");
        if (event.n > (step.loop?.iterationsMax ?? 0)) blame("M5", `iteration ${event.n} of ${event.path}`);
        break;
      case "scope.expanded":
        checkExpansion(event.path, event.items.length, event.keys);
        break;
      case "gate.voted":
      case "gate.changes-requested":
      case "gate.decided":
        checkGate(instance, event);
        break;
      default:
        break;
    }
  }

  function checkStart(instance: Instance, step: StepPlan, attempt: number): void {
    const { path } = instance;
    if (!isCall(step)) return;
    for (const invariant of ["M4", "M6"] as const) occasion(invariant);
    if (attempt > step.retry.attemptsMax) blame("M4", `attempt ${attempt} of ${path}`);
    if (running.has(path)) blame("M6", `${path} runs twice at once`);
    running.add(path);
  }

  function checkExpansion(path: string, items: number, keys: readonly string[] | undefined): void {
    occasion("M14");
    const names = keys ?? Array.from({ length: items }, (_, index) => String(index));
    if (expansions.has(path)) blame("M14", `${path} was expanded twice`);
    if (names.length !== items || new Set(names).size !== items) blame("M14", `${path} has keys ${names.join()}`);
    expansions.set(
      path,
      names.map((name) => `${path}[${name}]`),
    );
  }

  function checkGate(instance: Instance, event: Parameters<typeof checkDecision>[1]): void {
    occasion("M11");
    const operation = instance.gate?.offer.operation;
    if (event.kind === "gate.decided" && operation !== undefined) effects.settled(event, operation);
    const problem = checkDecision(instance, event, asked);
    if (problem !== undefined) blame("M11", problem);
  }

  function close(path: string): void {
    occasion("M10");
    if (closed.has(path)) blame("M10", `gate ${path} was closed twice`);
    closed.add(path);
  }

  function after(state: RunState, event: RunEvent, now: RunPhase): void {
    if (now !== phase) note(`run ${phase ?? "-"} ${now}`, event);
    checkUsage(state);
    const old = phase;
    phase = now;
    for (const instance of state.instances.values()) compare(state, instance, event);
    const parallel = plan.limits?.parallel;
    if (parallel !== undefined) {
      occasion("M16");
      if (running.size > parallel) blame("M16", `${running.size} calls run, and ${parallel} may`);
    }
    if (old !== undefined && event.kind !== "run.finished" && event.kind !== "run.set-aside") checkPhase(state, now);
  }

  function checkUsage({ usage }: RunState): void {
    occasion("M19");
    const tokens = (usage?.tokensIn ?? 0) + (usage?.tokensOut ?? 0);
    if (tokens !== effects.tokens())
      blame("M19", `it has used up ${tokens} tokens, and its receipts speak of ${effects.tokens()}`);
  }

  function compare(state: RunState, instance: Instance, event: RunEvent): void {
    const { path, status } = instance;
    const gate = instance.gate?.state;
    const last = known.get(path) ?? born(instance, event);
    if (last.status !== status) changed(state, instance, last.status, event);
    if (gate !== undefined && (last.gate !== gate || isOf(event, path)))
      note(`gate ${last.gate ?? "-"} ${gate}`, event);
    last.status = status;
    last.gate = gate;
  }

  function born(instance: Instance, event: RunEvent): Known {
    checkMember(instance);
    note("step - pending", event);
    const fresh: Known = { status: "pending", gate: undefined };
    known.set(instance.path, fresh);
    return fresh;
  }

  function changed(state: RunState, instance: Instance, from: StepStatus, event: RunEvent): void {
    const { path, status, whole } = instance;
    if (hasEnded(from)) blame("M2", `${path} went from ${from} to ${status}`);
    note(`step ${from} ${status}`, event);
    if (from !== "pending" || status !== "ready" || whole !== undefined) return;
    occasion("M3");
    if (!waitsAreOver(state.plan, instance)) blame("M3", `${path} is ready too early`);
  }

  /** An item stands in the set that was fixed when its for-each was expanded. */
  function checkMember({ path, whole }: Instance): void {
    if (whole === undefined || /@\d+$/.test(path)) return;
    if (expansions.get(whole.path)?.includes(path) !== true) blame("M14", `${path} is none of the items`);
  }

  /** A run waits for approval exactly when a gate is open and nothing else moves it on. */
  function checkPhase(state: RunState, now: RunPhase): void {
    if (state.paused || !state.started || state.root?.left === 0) return;
    occasion("M9");
    let open = false;
    for (const instance of state.instances.values()) {
      if (isMoving(instance)) {
        if (now === "awaiting_approval") blame("M9", `it waits for approval while ${instance.path} moves on`);
        return;
      }
      open ||= instance.gate?.state === "open";
    }
    if (open !== (now === "awaiting_approval")) blame("M9", `it is ${now}, nothing moves, gate open: ${open}`);
  }

  function note(change: string, { kind }: RunEvent): void {
    const transition = `${change} ${kind}`;
    seen.transitions.set(transition, (seen.transitions.get(transition) ?? 0) + 1);
  }
}

/** True for an event of the gate at a path: it may leave the gate as open as it was. */
function isOf(event: RunEvent, path: string): boolean {
  const isGate = event.kind.startsWith("gate.") || event.kind === "effect.unknown" || event.kind === "effect.held";
  return isGate && "path" in event && event.path === path;
}

function isCall({ verb }: StepPlan): boolean {
  return verb.kind === "function" || verb.kind === "assignment";
}

/** True for an event that ends what a gate asks. */
function closes({ kind }: RunEvent): boolean {
  return (
    kind === "gate.decided" || kind === "gate.changes-requested" || kind === "gate.expired" || kind === "gate.withdrawn"
  );
}

/** True for an event with which something begins. */
function begins({ kind }: RunEvent): boolean {
  return (
    kind === "step.started" ||
    kind === "step.continued" ||
    kind === "iteration.started" ||
    kind === "scope.expanded" ||
    kind === "step.waiting" ||
    kind === "child.started" ||
    kind === "gate.opened" ||
    kind === "effect.intended"
  );
}
