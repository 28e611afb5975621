import type { Json, JsonObject } from "../base/json.ts";
import type { EffectClass } from "../language/connector.ts";
import type { Plan, StepPlan } from "../language/plan.ts";
import type {
  ForkedFrom,
  GateOffer,
  Operation,
  ParentRun,
  PolicyMark,
  RunLimit,
  SkipReason,
  StepError,
  Target,
  Vote,
  WaitReason,
} from "./event.ts";
import { LinkedSet } from "./linked-set.ts";
import type { GateState, RunPhase, StepStatus } from "./states.ts";
import { type Due, Timers } from "./timers.ts";
import type { Usage } from "./usage.ts";

/** A list of steps being carried out: the file's own, a `do`'s body, or one iteration of a loop. */
export interface Scope {
  /** The group whose body this is; undefined for the file's own list. */
  readonly owner?: Instance;
  /** In a loop, which iteration (from 1). */
  readonly iteration?: number;
  /** In a loop, the iteration before. */
  readonly previous?: Scope;
  /** One instance a step, by position. A loop that starts in the middle keeps the earlier ones of the iteration before. */
  readonly children: Instance[];
  /** How many children have not ended. */
  left: number;
  /** The failure that stopped this list: nothing new starts but `run_on: failure | always`. */
  stoppedBy?: Instance;
  /** Nothing at all starts any more: the group or the run is being cancelled. */
  halted: boolean;
  /** Position of the earliest child that failed, whatever its policy; Infinity when none has. */
  firstFailed: number;
}

/** A step at a path. The attempt is not part of its identity. */
export interface Instance {
  readonly path: string;
  readonly step: StepPlan;
  readonly scope: Scope;
  /** Order of creation: breaks every tie. */
  readonly order: number;
  /** For an item of a for-each: the for-each itself, and the item's place in it. */
  readonly whole?: Instance;
  readonly index?: number;

  status: StepStatus;
  /** How many siblings it still waits for. */
  waitsLeft: number;
  /** It, or something it waits for, failed, whatever the policy. */
  failedBefore: boolean;
  attempt: number;
  firstStartedAt?: number;
  startedAt?: number;
  endedAt?: number;
  /** What the step calls itself for people, once it has begun. */
  title?: string;
  input?: Json;
  /** `idempotency_key` of a tool step, as it was worked out. */
  key?: string;
  output?: Json;
  artifacts?: Json;
  /** What a write left behind. */
  receipt?: Json;
  error?: StepError;
  /** What was let pass in it, in a permissive run. */
  warnings?: readonly string[];
  skipped?: SkipReason;
  waiting?: WaitReason;
  timer?: Timer;
  gate?: Gate;
  /** It was done again because changes were asked for: how often, what was there before, and what was said. */
  readonly redo?: Redo;
  /** For a for-each: its items, once expanded. */
  each?: Each;
  /** For a `do` that has started: its body; for a loop the body of the latest iteration. */
  body?: Scope;
  /** The run that it waits for. */
  child?: string;
  /** What its attempts have begun outside, by operation. */
  effects?: Map<string, BegunOperation>;
  /** Operations that people have allowed because the policy wanted it. */
  grants?: readonly Grant[];
  /** A gate of one of its operations is decided: the attempt that waited for it goes on. */
  continues?: true;
  /** What all its attempts have used up. */
  usage?: Usage;
  /** A group whose time is over: it fails as soon as what runs in it has ended. */
  timedOut?: true;
  /** It is to end as cancelled as soon as what runs in it has ended. */
  cancelling: boolean;
  /** Its output as readers see it, made on first use once it has ended. Derived: never stored. */
  view?: Json;
}

export interface Timer extends Due {
  readonly instance: Instance;
  /** False for the time-outs of gates and groups: a run that waits for people does not wait for these. */
  readonly movesOn: boolean;
}

/** An operation that was begun, and its receipt once there is one. */
export interface BegunOperation {
  readonly operation: Operation;
  readonly key: string;
  readonly class: EffectClass;
  /** When it was called for the first time. */
  readonly begunAt: number;
  /** The attempt that called it last. */
  readonly attempt: number;
  /** When the time of that attempt is over, as it was known when it called. */
  readonly deadline?: number;
  readonly target?: Target;
  readonly policy?: PolicyMark;
  /** It was begun by the run that this one is another try of. */
  readonly inherited?: true;
  /** Somebody who looked has said that it is to be called again. */
  readonly again?: true;
  /** The call came back, and has certainly done nothing: the next one begins anew. */
  readonly undone?: true;
  /** A call before the last one has no answer either: what the last one says is nothing about it. */
  readonly doubted?: true;
  readonly receipt?: Json;
}

/** That people allowed an operation: this one, with these arguments, under these rules. */
export interface Grant {
  readonly operation: Operation;
  readonly version: string;
}

/** What a run may still use up of what its file allows. */
export interface BudgetState {
  /** How many budgets of the file's size it has been granted. */
  readonly granted: number;
  /** The last of them of which it was said that four fifths are used up. */
  readonly warned: number;
  /** The run is paused because they are used up. */
  readonly spent?: true;
}

/** What a step that is done again knows of the time before. */
export interface Redo {
  /** From 2: the first time is 1. */
  readonly n: number;
  readonly comment: string | undefined;
  /** The instances that were replaced, by step id. */
  readonly last: ReadonlyMap<string, Instance>;
}

/** An event that was reported to the run. */
export interface Received {
  readonly type: string;
  readonly data: Json;
  readonly at: number;
  /** Waits that have had it, by path without iterations: in a loop the next iteration waits for another. */
  readonly usedBy: Set<string>;
}

/** The items of an expanded for-each. */
export interface Each {
  readonly items: readonly Json[];
  readonly keys?: readonly string[];
  /** Instances made so far, in item order; the others have not started. */
  readonly instances: Instance[];
  ended: number;
  live: number;
  /** A failed item under `on_failure: stop`. */
  stoppedBy?: Instance;
}

/** An open or decided gate. */
export interface Gate {
  offer: GateOffer;
  readonly openedAt: number;
  readonly votes: Vote[];
  escalated: boolean;
  /** How often those who are asked were reminded. */
  reminders: number;
  state: GateState;
}

/** How many leaf instances stand how. */
export type Counts = Record<StepStatus, number>;

/**
 * Everything known about a run. Owned by one driver and changed in place by `apply` alone; equal events give equal states.
 */
export interface RunState {
  readonly plan: Plan;
  /** Which siblings wait for a step, by step index. Derived from the plan. */
  readonly followers: readonly (readonly number[])[];
  created?: {
    readonly run: string;
    readonly workflow: string;
    readonly version: string;
    readonly startedBy: string;
    readonly effectRoot: string;
    readonly at: number;
    readonly parent?: ParentRun;
    readonly forkedFrom?: ForkedFrom;
    readonly depth: number;
  };
  /** Number of events applied. */
  seq: number;
  started: boolean;
  paused: boolean;
  cancel?: { readonly by: string; readonly at: number; readonly reason?: string };
  /** A gate rejected under `on_reject: stop`: the run completes with outcome `rejected`. */
  rejectedAt?: Instance;
  ended?: {
    readonly phase: RunPhase;
    readonly at: number;
    readonly outcome?: "ok" | "rejected";
    readonly output: Json;
    readonly error?: StepError & { readonly path: string };
  };
  input: JsonObject;
  vars: JsonObject;
  env: Readonly<Record<string, string>>;
  root?: Scope;
  readonly instances: Map<string, Instance>;
  /** Instances with something to decide, in the order in which they became so. */
  readonly ready: Set<Instance>;
  /** Instances whose call has left the process. */
  readonly calls: Set<Instance>;
  /** Those of them that are to be aborted. */
  readonly aborting: Set<Instance>;
  readonly gates: Set<Instance>;
  readonly timers: Timers<Timer>;
  /** Timers that move the run on: while there is one, it does not wait for people alone. */
  timed: number;
  /** Waits for events, by the type that they wait for. */
  readonly listening: Map<string, Set<Instance>>;
  readonly received: Received[];
  /** Waits for other runs. */
  readonly children: Set<Instance>;
  /** Failed attempts that another follows. */
  backoffs: number;
  /** Time in which something ran or backed off: `spentMs` until `since`, and on from there while that is set. */
  readonly active: { spentMs: number; since?: number };
  /** Hears of what is not there while an event is being made; on a view of the state, never in the state itself. */
  readonly missing?: (what: string) => void;
  /** The bound of the run that was reached. */
  limit?: RunLimit;
  /** What another run has begun outside, by the paths of instances that are still to come. */
  inherited?: Record<string, BegunOperation[]>;
  /** What all its calls of models have used up, also those of attempts that failed. */
  usage?: Usage;
  /** Absent: one budget, of which nothing was said yet. */
  budget?: BudgetState;
  readonly counts: Counts;
}

/** One name for an operation within its instance; names hold no `#`. */
export function operationName({ name, occurrence }: Operation): string {
  return `${name}#${occurrence}`;
}

const followersOf = new WeakMap<Plan, readonly (readonly number[])[]>();

/** The state of a run before its first event. */
export function emptyState(plan: Plan): RunState {
  return {
    plan,
    followers: followers(plan),
    seq: 0,
    started: false,
    paused: false,
    input: {},
    vars: {},
    env: {},
    instances: new Map(),
    ready: new LinkedSet(),
    calls: new Set(),
    aborting: new Set(),
    gates: new Set(),
    timers: new Timers(),
    timed: 0,
    listening: new Map(),
    received: [],
    children: new Set(),
    backoffs: 0,
    active: { spentMs: 0 },
    counts: { pending: 0, ready: 0, running: 0, waiting: 0, succeeded: 0, failed: 0, cancelled: 0, skipped: 0 },
  };
}

/** The state that a run's summary stores. `awaiting_approval` = only people can move it on. */
export function phaseOf(state: RunState): RunPhase {
  if (state.ended !== undefined) return state.ended.phase;
  if (state.paused) return "paused";
  if (!state.started) return "created";
  const waitsForPeople = state.gates.size > 0 && state.calls.size === 0 && state.ready.size === 0;
  const movesOn = state.timed > 0 || state.listening.size > 0 || state.children.size > 0;
  return waitsForPeople && !movesOn ? "awaiting_approval" : "running";
}

/** When the run must be looked at again although nobody writes to it: 0 = at once, undefined = never. */
export function wakeAtOf(state: RunState): number | undefined {
  if (state.ended !== undefined) return undefined;
  // A run that is only created has everything before it: it must not pass for one that rests.
  if (state.calls.size > 0 || !state.started) return 0;
  if (state.paused) return undefined;
  if (state.ready.size > 0 || state.root?.left === 0) return 0;
  return nextDueAt(state);
}

/** The earliest moment at which something falls due: a timer, or a bound of the run. */
export function nextDueAt(state: RunState): number | undefined {
  const timer = state.timers.first()?.dueAt;
  const limit = limitDue(state)?.at;
  if (timer === undefined || limit === undefined) return timer ?? limit;
  return Math.min(timer, limit);
}

/** When the run reaches a bound on its time, as things stand, and which. */
export function limitDue(state: RunState): { readonly at: number; readonly limit: RunLimit } | undefined {
  const limits = state.plan.limits;
  if (limits === undefined || state.created === undefined || state.limit !== undefined) return undefined;
  // A run that is being cancelled ends as cancelled.
  if (state.cancel !== undefined) return undefined;
  const { since, spentMs } = state.active;
  const runtime = since === undefined ? Number.POSITIVE_INFINITY : since + limits.runtimeMs - spentMs;
  const deadline = state.created.at + (limits.deadlineMs ?? Number.POSITIVE_INFINITY);
  if (runtime === Number.POSITIVE_INFINITY && deadline === Number.POSITIVE_INFINITY) return undefined;
  return deadline <= runtime ? { at: deadline, limit: "deadline" } : { at: runtime, limit: "runtime" };
}

/** True for a leaf: an instance that itself does something, neither a group nor a for-each as a whole. */
export function isLeaf(instance: Instance): boolean {
  return instance.step.verb.kind !== "do" && !isWhole(instance);
}

/** True for a for-each as a whole, false for its items and for plain steps. */
export function isWhole(instance: Instance): boolean {
  return instance.step.forEach !== undefined && instance.whole === undefined;
}

function followers(plan: Plan): readonly (readonly number[])[] {
  const known = followersOf.get(plan);
  if (known !== undefined) return known;

  const lists: number[][] = plan.steps.map(() => []);
  for (const step of plan.steps) for (const before of step.waitsFor) lists[before]?.push(step.index);
  followersOf.set(plan, lists);
  return lists;
}
