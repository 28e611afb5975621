import type { Json, JsonObject } from "../base/json.ts";
import type { EffectClass } from "../language/connector.ts";
import type { Usage } from "./usage.ts";

/** Number of the machine's rules. A run records it; `apply` never changes for a number that was released. */
export const machineNumber = 1;

/** Why an instance was skipped. */
export type SkipReason = "if" | "else" | "needs" | "parent" | "rejected";

/** Why an instance waits. */
export type WaitReason = "gate" | "timer" | "event" | "child" | "backoff" | "reconcile";

/** Which bound of a run was reached. */
export type RunLimit = "runtime" | "deadline" | "steps" | "budget";

/** The run that runs another, and the step that does. */
export interface ParentRun {
  readonly run: string;
  readonly path: string;
}

/** The run that this one is another try of, with what it keeps of it. */
export interface ForkedFrom {
  readonly run: string;
  /** The first step that is carried out anew. */
  readonly path: string;
  /** Steps of the file's own list whose events are those of the other run. */
  readonly kept: readonly string[];
}

export interface StepError {
  readonly code: string;
  readonly message: string;
}

/** What a gate shows and asks, fixed when it opens. */
export interface GateOffer {
  readonly question: string;
  /** The proposed value; null when the gate shows none. */
  readonly show: Json;
  readonly editable: readonly string[];
  /** Fields that whoever accepts fills in, as the JSON Schema of an object. */
  readonly form?: JsonObject;
  /** How often changes can still be asked for; absent when that is not offered. */
  readonly changesLeft?: number;
  readonly by: readonly string[];
  /** Acceptances needed. */
  readonly quorum: number;
  /** Digest of exactly what is shown: a decision names it. */
  readonly hash: string;
  readonly expiresAt?: number;
  /** Who is asked is reminded again and again after this time. */
  readonly remindMs?: number;
  /** It is no step of the file: nobody knows whether an operation was carried out, or the policy wants people to allow one. */
  readonly kind?: "effect-unknown" | "effect-approval";
  /** The operation that it is about. */
  readonly operation?: Operation;
}

/** One person's word on a gate. */
export interface Vote {
  /** `changes`: what is shown is to be made anew; `retry`: an operation of which nobody knows is to be called once more. */
  readonly outcome: "accepted" | "rejected" | "changes" | "retry";
  readonly by: string;
  readonly at: number;
  readonly comment?: string;
  /** New values of editable fields, and the fields of the form. */
  readonly edits?: JsonObject;
  /** The decider started this run (allowed embedded, and marked). */
  readonly self: boolean;
}

/** One thing that a step instance does outside, the same in all its attempts. */
export interface Operation {
  readonly name: string;
  /** Which of this name in an attempt, from 1. */
  readonly occurrence: number;
  /** Digest of its arguments in canonical form, when it names them. */
  readonly digest?: string;
}

type TargetKind = "model" | "tool" | "function" | "agent";

/** What an operation is aimed at. */
export interface Target {
  readonly kind: TargetKind;
  /** `zendesk@3.2.0/update_ticket`. */
  readonly name: string;
}

/** Which rules of the policy decided, and the digest of all that were in force. */
export interface PolicyMark {
  readonly rules: readonly string[];
  readonly version: string;
}

/** How many warnings one event holds. */
export const warningsMax = 20;

/** What happened to a run, in order. The journal holds these and nothing else. `v` is the number of the event's form. */
export type RunEvent = Fact & {
  /** What people should know of it: what counted as null or as an empty list in a permissive run, or that no model gave an answer. */
  readonly warnings?: readonly string[];
};

type Fact =
  | {
      readonly kind: "run.created";
      readonly v: 1;
      readonly machine: typeof machineNumber;
      /** The run's id, as expressions read it. */
      readonly run: string;
      readonly workflow: string;
      /** Digest of the pinned version. */
      readonly version: string;
      readonly input: JsonObject;
      readonly env: Readonly<Record<string, string>>;
      readonly startedBy: string;
      /** Root of all idempotency keys: the run's id, or the one inherited from the run it retries. */
      readonly effectRoot: string;
      /** The run that this one is another try of. */
      readonly again?: string;
      /** The same, where a part of that run is kept: its events follow in this commit. */
      readonly forkedFrom?: ForkedFrom;
      readonly parent?: ParentRun;
      /** How many runs stand above it; absent: none. */
      readonly depth?: number;
    }
  /** What the run that this one is another try of has begun outside, in a step that is carried out anew: it is not called a second time. */
  | {
      readonly kind: "run.inherited";
      readonly v: 1;
      /** Path of the step instance. */
      readonly instance: string;
      readonly operation: Operation;
      readonly key: string;
      readonly class: EffectClass;
      readonly begunAt: number;
      readonly target?: Target;
      /** Absent: nobody knows whether it was carried out. */
      readonly receipt?: Json;
    }
  | { readonly kind: "run.started"; readonly v: 1 }
  | { readonly kind: "run.paused"; readonly v: 1; readonly by: string }
  /** With `budget` that many budgets of the file's size count from now on. */
  | { readonly kind: "run.resumed"; readonly v: 1; readonly by: string; readonly budget?: number }
  | { readonly kind: "run.cancel-requested"; readonly v: 1; readonly by: string; readonly reason?: string }
  /** A bound of the run was reached: what runs is aborted, and the run fails. */
  | { readonly kind: "run.limit-reached"; readonly v: 1; readonly limit: RunLimit }
  /** Four fifths of the budgets that were granted are used up: said once for each. */
  | { readonly kind: "budget.warned"; readonly v: 1; readonly budget: number }
  /** The budgets that were granted are used up, and a model was about to be called: the run pauses, or fails. */
  | { readonly kind: "budget.reached"; readonly v: 1; readonly budget: number; readonly action: "pause" | "fail" }
  /** Somebody reported an event to this run. */
  | {
      readonly kind: "event.received";
      readonly v: 1;
      readonly type: string;
      readonly data: Json;
      readonly by: string;
    }
  | {
      readonly kind: "run.finished";
      readonly v: 1;
      readonly status: "completed" | "failed" | "cancelled";
      readonly outcome?: "ok" | "rejected";
      readonly output: Json;
      readonly error?: StepError & { readonly path: string };
    }
  /** The engine died `deaths` times when it took this run up: it is not taken up any more. What its steps had reached stays as it is. */
  | { readonly kind: "run.set-aside"; readonly v: 1; readonly deaths: number }
  /** A for-each knows its items; `keys` are the path keys, absent when the index is the key. */
  | {
      readonly kind: "scope.expanded";
      readonly v: 1;
      readonly path: string;
      readonly items: readonly Json[];
      readonly keys?: readonly string[];
    }
  /** A loop begins iteration `n` at the child in position `from`; earlier children keep their last results. */
  | {
      readonly kind: "iteration.started";
      readonly v: 1;
      readonly path: string;
      readonly n: number;
      readonly from: number;
    }
  /** An attempt begins. For a call, `input` is what it is given; a group has none. */
  | {
      readonly kind: "step.started";
      readonly v: 1;
      readonly path: string;
      readonly attempt: number;
      readonly input?: Json;
      readonly title?: string;
      /** `idempotency_key` of a tool step, as it was worked out. */
      readonly key?: string;
    }
  /** An attempt that waited for people goes on: it is the same one, and not counted. */
  | { readonly kind: "step.continued"; readonly v: 1; readonly path: string; readonly attempt: number }
  | {
      readonly kind: "step.succeeded";
      readonly v: 1;
      readonly path: string;
      /** Absent for a group whose output is made of its children's. */
      readonly output?: Json;
      readonly vars?: Readonly<Record<string, Json>>;
      readonly artifacts?: Json;
      /** What a write left behind. */
      readonly receipt?: Json;
      /** Number of the received event that a wait was for, from 0. */
      readonly event?: number;
    }
  /** With `retryAt` the attempt failed and another follows; without, the step has failed. */
  | {
      readonly kind: "step.failed";
      readonly v: 1;
      readonly path: string;
      readonly error: StepError;
      readonly retryAt?: number;
    }
  | { readonly kind: "step.cancelled"; readonly v: 1; readonly path: string }
  | {
      readonly kind: "step.skipped";
      readonly v: 1;
      readonly path: string;
      readonly reason: SkipReason;
      readonly evidence?: string;
    }
  | {
      readonly kind: "step.waiting";
      readonly v: 1;
      readonly path: string;
      readonly reason: "timer" | "event";
      /** Absent: until the event comes, however long. */
      readonly until?: number;
      readonly title?: string;
    }
  /** An operation of a running attempt is about to be called, with this key. Another call of the same operation has another intent. */
  | {
      readonly kind: "effect.intended";
      readonly v: 1;
      readonly path: string;
      readonly operation: Operation;
      readonly key: string;
      readonly class: EffectClass;
      /** When the attempt's time is over, and with it the call. */
      readonly deadline?: number;
      readonly target?: Target;
      readonly policy?: PolicyMark;
    }
  /** An operation has been carried out. May follow the end of its step: that changes what is known, and nothing else. */
  | {
      readonly kind: "effect.received";
      readonly v: 1;
      readonly path: string;
      readonly operation: Operation;
      readonly receipt: Json;
      /** What it used up. */
      readonly usage?: Usage;
    }
  /**
   * The call of an operation came back with a failure. With `undone` the other side has certainly done nothing, and the next call begins anew;
   * without, nobody knows whether it was carried out.
   */
  | {
      readonly kind: "effect.failed";
      readonly v: 1;
      readonly path: string;
      readonly operation: Operation;
      readonly code: string;
      readonly undone?: true;
      /** It is the look for an earlier call that has failed: nothing is known of that call. */
      readonly looked?: true;
    }
  /** The policy denies an operation: nothing left. */
  | {
      readonly kind: "effect.denied";
      readonly v: 1;
      readonly path: string;
      readonly operation: Operation;
      readonly target: Target;
      readonly policy: PolicyMark;
    }
  /** The policy wants people to allow an operation: nothing left. Its attempt ends uncounted, and a gate opens in its place. */
  | {
      readonly kind: "effect.held";
      readonly v: 1;
      readonly path: string;
      readonly operation: Operation;
      readonly target: Target;
      readonly policy: PolicyMark;
      readonly gate: GateOffer;
    }
  /** Nobody can tell whether an operation that was begun has been carried out. Its attempt ends uncounted, and a gate opens in its place. */
  | {
      readonly kind: "effect.unknown";
      readonly v: 1;
      readonly path: string;
      readonly operation: Operation;
      readonly gate: GateOffer;
    }
  /** An operation that was begun, and whose answer never came, was found to be carried out: this is its receipt. */
  | {
      readonly kind: "effect.reconciled";
      readonly v: 1;
      readonly path: string;
      readonly operation: Operation;
      readonly receipt: Json;
      readonly usage?: Usage;
    }
  /** Another workflow begins to run for a step; `detach`: the step does not wait for it. */
  | {
      readonly kind: "child.started";
      readonly v: 1;
      readonly path: string;
      readonly run: string;
      /** `id@version`, as the step names it. */
      readonly workflow: string;
      readonly input: JsonObject;
      readonly detach: boolean;
      readonly title?: string;
    }
  | { readonly kind: "timer.fired"; readonly v: 1; readonly path: string }
  | {
      readonly kind: "gate.opened";
      readonly v: 1;
      readonly path: string;
      readonly gate: GateOffer;
      readonly title?: string;
    }
  | { readonly kind: "gate.voted"; readonly v: 1; readonly path: string; readonly vote: Vote }
  /** The gate is decided; `output` is the effective value. */
  | { readonly kind: "gate.decided"; readonly v: 1; readonly path: string; readonly vote: Vote; readonly output: Json }
  /** Changes are asked for: the steps up to the gate are done again, and a new gate opens behind them. */
  | { readonly kind: "gate.changes-requested"; readonly v: 1; readonly path: string; readonly vote: Vote }
  /** Nobody decided in time: others are asked. */
  | {
      readonly kind: "gate.escalated";
      readonly v: 1;
      readonly path: string;
      readonly by: readonly string[];
      readonly expiresAt: number;
    }
  /** Nobody has decided yet: the `n`-th reminder. */
  | { readonly kind: "gate.reminded"; readonly v: 1; readonly path: string; readonly n: number }
  | { readonly kind: "gate.expired"; readonly v: 1; readonly path: string }
  | { readonly kind: "gate.withdrawn"; readonly v: 1; readonly path: string };
