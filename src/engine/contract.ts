import type { Principal, RunKey, Scope } from "../base/ids.ts";
import type { Json, JsonObject } from "../base/json.ts";
import type { Leniency } from "../language/plan.ts";
import type { ForkedFrom, RunEvent } from "../machine/event.ts";
import type { Usage } from "../machine/usage.ts";
import type { Version } from "../ports/catalog.ts";
import type { RunQuery, RunRow } from "../ports/journal.ts";
import type { LogEntry } from "../ports/logs.ts";
import type { ForkStart } from "./fork.ts";

/** What it takes to start a run. */
export interface StartRequest {
  readonly scope: Scope;
  readonly principal: Principal;
  readonly version: Version;
  /** Every version that its steps run, directly or through others; they are kept with it. */
  readonly parts?: readonly Version[];
  readonly input: JsonObject;
  /** Values of the environment variables that the workflow declares. */
  readonly env: Readonly<Record<string, string>>;
  /** The run that this one is another try of. */
  readonly again?: string;
  /** What it keeps of the run that it is another try of. */
  readonly fork?: ForkStart;
  /** Same key, same run: starting twice is the same as once. */
  readonly dedupeKey?: string;
}

/** A word on a gate. Throws `gate.*` codes; see `machine/gate.ts`. */
export interface Decision {
  readonly path: string;
  /**
   * `changes`: what is shown is to be made anew; only where the gate offers it. At a gate of an operation of which nobody knows whether it was
   * carried out, `accepted` says that it was (with its `receipt` among the edits), `rejected` lets its step fail, and `retry` calls it once more.
   */
  readonly outcome: "accepted" | "rejected" | "changes" | "retry";
  readonly comment?: string;
  readonly edits?: JsonObject;
  readonly hash?: string;
}

/** Something that a run may wait for. */
export interface Report {
  /** Name of the event, as `wait: {event: …}` has it. */
  readonly type: string;
  readonly data: Json;
}

/** Events of one run that have just become durable, in order. */
export interface Committed {
  readonly key: RunKey;
  /** Seq of the first event. */
  readonly seq: number;
  readonly at: number;
  readonly events: readonly RunEvent[];
}

/** One step instance, as commands and pages show it. */
export interface InstanceView {
  readonly path: string;
  readonly step: string;
  readonly verb: string;
  /** What the step calls itself, once it has begun. */
  readonly title?: string;
  readonly status: string;
  readonly reason?: string;
  readonly attempt: number;
  /** It was carried out by the run that this one is another try of. */
  readonly kept?: true;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** When a wait, back-off or gate time-out ends. */
  readonly until?: number;
  readonly output?: Json;
  readonly error?: { readonly code: string; readonly message: string };
  /** What was let pass in it, in a permissive run. */
  readonly warnings?: readonly string[];
  /** What a write left behind. */
  readonly receipt?: Json;
  /** What its attempts have used up. */
  readonly usage?: Usage;
  readonly items?: { readonly total: number; readonly ended: number };
}

/** An open gate, whole. */
export interface GateView {
  readonly path: string;
  /** It is no step of the file, but about an operation of one. */
  readonly kind?: "effect-unknown" | "effect-approval";
  readonly question: string;
  readonly show: Json;
  readonly editable: readonly string[];
  /** JSON Schema of the fields that whoever accepts fills in. */
  readonly form?: JsonObject;
  /** How often changes can still be asked for; absent when that is not offered. */
  readonly changesLeft?: number;
  readonly by: readonly string[];
  readonly hash: string;
  readonly openedAt: number;
  readonly expiresAt?: number;
  /** How often those who are asked were reminded. */
  readonly reminders?: number;
}

/** A run with its instances, in order of creation. */
export interface RunView {
  readonly row: RunRow;
  readonly input: JsonObject;
  readonly output: Json;
  /** What its calls of models have used up, also those of attempts that failed. */
  readonly usage?: Usage;
  /** What was let pass beyond what the file says. */
  readonly leniency?: Leniency;
  /** The run that this one is another try of, with what it keeps of it. */
  readonly forkedFrom?: ForkedFrom;
  readonly gates: readonly GateView[];
  readonly instances: readonly InstanceView[];
}

/** Carries runs out, durably. Every promise that reports a change resolves after the change is committed. */
export interface Engine extends AsyncDisposable {
  /** Creates the run and begins to carry it out. Throws `inputs.invalid`. */
  start(request: StartRequest): Promise<{ readonly row: RunRow; readonly created: boolean }>;
  /** Decides an open gate. Resolves when the decision is part of the run; throws why it was refused. */
  decide(key: RunKey, principal: Principal, decision: Decision): Promise<void>;
  /** From the moment this resolves no new call begins. Throws `run.ended`. */
  cancel(key: RunKey, principal: Principal, reason?: string): Promise<void>;
  pause(key: RunKey, principal: Principal): Promise<void>;
  /** Reports an event to the run; waits for it that begin later find it too. Throws `run.ended` or `inbox.full`. */
  report(key: RunKey, principal: Principal, report: Report): Promise<void>;
  /** Lets a paused run go on, with one more budget where it was used up; for one that is not paused it only makes sure that it is driven. */
  resume(key: RunKey, principal: Principal): Promise<void>;
  row(key: RunKey): Promise<RunRow>;
  list(scope: Scope, query: RunQuery): Promise<readonly RunRow[]>;
  view(key: RunKey): Promise<RunView>;
  /** Calls `listener` after every commit of a run, until disposed. */
  subscribe(listener: (committed: Committed) => void): Disposable;
  /** Calls `listener` for every line that a step logs here, as it comes and before it is kept, until disposed. */
  listen(listener: (entry: LogEntry) => void): Disposable;
  /** Resolves when the run has ended, or when only people can move it on (`awaiting_approval`, `paused`). */
  settled(key: RunKey, signal: AbortSignal): Promise<RunRow>;
  /** Rejects when the store has failed and the process must be started anew (semantics I4); never resolves. */
  readonly failed: Promise<never>;
  /** Stops taking work in, lets running calls end within the grace, and closes; what is unfinished goes on at the next start. */
  stop(): Promise<void>;
}
