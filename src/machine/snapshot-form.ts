import type { BegunOperation, Gate, Instance, RunState } from "./state.ts";

/** Number of the form of a written state. Whoever changes what stands in one raises it: an older one is then ignored, and the events are read. */
export const snapshotForm = 3;

/** A user's value: null when there is none, in a list of one when it stands there, else the place of its digest. */
export type Kept = null | readonly [unknown] | number;

/** A list of steps. Instances and lists are spoken of by their places. */
export type ScopeRow = readonly [
  owner: number | null,
  iteration: number | null,
  previous: number | null,
  left: number,
  halted: boolean,
  /** Null: none has failed. */
  firstFailed: number | null,
  stoppedBy: number | null,
  children: readonly number[],
];

/** An instance; its place is its order of creation. */
export type InstanceRow = readonly [
  path: string,
  step: number,
  scope: number,
  whole: number | null,
  index: number | null,
  status: Instance["status"],
  waitsLeft: number,
  failedBefore: boolean,
  attempt: number,
  cancelling: boolean,
  /** -1: at the same time as the attempt. */
  firstStartedAt: number | null,
  startedAt: number | null,
  endedAt: number | null,
  input: Kept,
  output: Kept,
  more?: MoreRow,
];

/** What few instances have. What is named in none of these fields is written as it is. */
export interface MoreRow extends Omit<Instance, keyof Head | keyof Written | "view"> {
  readonly kept: Written;
}

type Head = Pick<
  Instance,
  | "path"
  | "step"
  | "scope"
  | "order"
  | "whole"
  | "index"
  | "status"
  | "waitsLeft"
  | "failedBefore"
  | "attempt"
  | "cancelling"
  | "firstStartedAt"
  | "startedAt"
  | "endedAt"
  | "input"
  | "output"
>;

/** Fields of few instances that name others or hold a user's value. */
export interface Written {
  readonly artifacts?: Kept;
  readonly receipt?: Kept;
  readonly timer?: readonly [dueAt: number, movesOn: boolean];
  /** A gate, and beside it what it shows. */
  readonly gate?: readonly [gate: Gate, show: Kept];
  /** Number, what was said, and which place of `replaced`. */
  readonly redo?: readonly [n: number, comment: string | null, last: number];
  readonly each?: EachRow;
  readonly body?: number;
  /** Operations by name, each without its receipt, and the receipt. */
  readonly effects?: readonly (readonly [name: string, begun: Omit<BegunOperation, "receipt">, receipt: Kept])[];
}

/** The items of a for-each. */
export type EachRow = readonly [
  items: Kept,
  keys: Kept,
  instances: readonly number[],
  ended: number,
  live: number,
  stoppedBy: number | null,
];

/** The sets of instances that a run keeps. */
export const setNames = ["ready", "calls", "aborting", "gates", "children"] as const;

type SetName = (typeof setNames)[number];

/** The fields of a run that are written as they are: a new one that names no instance is among them without a word here. */
export type PlainRun = Omit<
  RunState,
  | SetName
  | "plan"
  | "followers"
  | "input"
  | "vars"
  | "rejectedAt"
  | "root"
  | "instances"
  | "timers"
  | "listening"
  | "received"
>;

/** A written state. */
export interface StateRow {
  /** Number of the rules by which it came to be. */
  readonly machine: number;
  readonly run: PlainRun;
  readonly input: Kept;
  readonly vars: Kept;
  readonly rejectedAt: number | null;
  /** The first is the file's own list; an iteration stands behind the one before. */
  readonly scopes: readonly ScopeRow[];
  readonly instances: readonly InstanceRow[];
  /** What stood where steps are done again: step ids and instances. */
  readonly replaced: readonly (readonly (readonly [id: string, instance: number])[])[];
  readonly sets: Readonly<Record<SetName, readonly number[]>>;
  readonly listening: readonly (readonly [type: string, waits: readonly number[]])[];
  readonly received: readonly (readonly [type: string, data: Kept, at: number, usedBy: readonly string[]])[];
  /** Digests of the values that are kept beside it. */
  readonly digests: readonly string[];
}
