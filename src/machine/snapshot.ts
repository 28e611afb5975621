import { digestText } from "../base/digest.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { machineNumber } from "./event.ts";
import type { EachRow, InstanceRow, Kept, MoreRow, PlainRun, ScopeRow, StateRow, Written } from "./snapshot-form.ts";
import type { Each, Gate, Instance, Redo, RunState, Scope } from "./state.ts";

/** A state as text, and the large values that stand beside it. */
export interface WrittenState {
  readonly text: string;
  /** JSON texts by their digests. */
  readonly blobs: ReadonlyMap<string, string>;
}

interface Writing {
  /** Characters so far, the small ones guessed. */
  chars: number;
  readonly scopes: ReadonlyMap<Scope, number>;
  /** Places of what was replaced, in order. */
  readonly replaced: Map<Redo["last"], number>;
  readonly digests: Map<string, number>;
  readonly blobs: Map<string, string>;
}

/** About as long as an instance that has no values. */
const instanceChars = 90;

/**
 * Writes everything that `apply` and `next` can ever read of a state; undefined when that has more than `charsMax` characters.
 *
 * What is derived is left out, and the order of every set and map is kept: commands come in that order. Costs what the text is long, and follows
 * no chain of instances by recursion.
 */
export function encodeState(state: RunState, charsMax: number = Number.POSITIVE_INFINITY): WrittenState | undefined {
  const scopes = scopesOf(state);
  const writing: Writing = { chars: 0, scopes, replaced: new Map(), digests: new Map(), blobs: new Map() };
  const instances: InstanceRow[] = [];
  for (const instance of state.instances.values()) {
    instances.push(instanceRow(writing, instance));
    if (writing.chars > charsMax) return undefined;
  }
  const rows = Array.from(scopes.keys(), (scope) => scopeRow(writing, scope));
  const row: StateRow = { ...runRow(writing, state), scopes: rows, instances };
  return writing.chars > charsMax ? undefined : { text: JSON.stringify(row), blobs: writing.blobs };
}

function runRow(writing: Writing, state: RunState): Omit<StateRow, "scopes" | "instances"> {
  const { ready, calls, aborting, gates, children } = state;
  return {
    machine: machineNumber,
    run: plainRun(state),
    input: keep(writing, state.input),
    vars: keep(writing, state.vars),
    rejectedAt: placeOf(state.rejectedAt),
    sets: {
      ready: placesOf(ready),
      calls: placesOf(calls),
      aborting: placesOf(aborting),
      gates: placesOf(gates),
      children: placesOf(children),
    },
    listening: Array.from(state.listening, ([type, waits]) => [type, placesOf(waits)] as const),
    received: state.received.map(({ type, data, at, usedBy }) => [type, keep(writing, data), at, [...usedBy]] as const),
    replaced: Array.from(writing.replaced.keys(), (last) =>
      Array.from(last, ([id, { order }]) => [id, order] as const),
    ),
    digests: [...writing.digests.keys()],
  };
}

function plainRun(state: RunState): PlainRun {
  const {
    plan: _plan,
    followers: _followers,
    input: _input,
    vars: _vars,
    rejectedAt: _rejectedAt,
    root: _root,
    instances: _instances,
    ready: _ready,
    calls: _calls,
    aborting: _aborting,
    gates: _gates,
    timers: _timers,
    listening: _listening,
    received: _received,
    children: _children,
    ...plain
  } = state;
  return plain;
}

/** Every list of steps with its place: the file's own first, and an iteration behind the one before. */
function scopesOf({ root, instances }: RunState): ReadonlyMap<Scope, number> {
  const places = new Map<Scope, number>();
  if (root !== undefined) places.set(root, 0);
  for (const { body } of instances.values()) {
    if (body === undefined) continue;
    const iterations: Scope[] = [];
    for (let scope: Scope | undefined = body; scope !== undefined; scope = scope.previous) iterations.push(scope);
    for (const scope of iterations.toReversed()) places.set(scope, places.size);
  }
  return places;
}

function scopeRow(writing: Writing, scope: Scope): ScopeRow {
  const { owner, iteration = null, previous, left, halted, firstFailed, stoppedBy, children } = scope;
  const before = previous === undefined ? null : (writing.scopes.get(previous) ?? null);
  const failed = firstFailed === Number.POSITIVE_INFINITY ? null : firstFailed;
  writing.chars += 8 * children.length;
  return [placeOf(owner), iteration, before, left, halted, failed, placeOf(stoppedBy), placesOf(children)];
}

function instanceRow(writing: Writing, instance: Instance): InstanceRow {
  const { firstStartedAt = null, startedAt = null, endedAt = null } = instance;
  writing.chars += instanceChars + instance.path.length;
  const row = [
    instance.path,
    instance.step.index,
    writing.scopes.get(instance.scope) ?? 0,
    placeOf(instance.whole),
    instance.index ?? null,
    instance.status,
    instance.waitsLeft,
    instance.failedBefore,
    instance.attempt,
    instance.cancelling,
    firstStartedAt === startedAt && startedAt !== null ? -1 : firstStartedAt,
    startedAt,
    endedAt,
    keep(writing, instance.input),
    keep(writing, instance.output),
  ] as const;
  return hasMore(instance) ? [...row, moreRow(writing, instance)] : row;
}

/** What every row has, and what is derived. */
const usual: Readonly<Record<Exclude<keyof Instance, keyof MoreRow | keyof Written>, true>> = {
  path: true,
  step: true,
  scope: true,
  order: true,
  whole: true,
  index: true,
  status: true,
  waitsLeft: true,
  failedBefore: true,
  attempt: true,
  cancelling: true,
  firstStartedAt: true,
  startedAt: true,
  endedAt: true,
  input: true,
  output: true,
  view: true,
};
const usualFields: ReadonlySet<string> = new Set(Object.keys(usual));

/** True for the few that have a field besides. Looking is much cheaper than copying. */
function hasMore(instance: Instance): boolean {
  for (const field in instance) if (!usualFields.has(field)) return true;
  return false;
}

function moreRow(writing: Writing, instance: Instance): MoreRow {
  const { artifacts, receipt, timer, gate, redo, each, body, effects } = instance;
  const kept: Written = {
    ...(artifacts !== undefined && { artifacts: keep(writing, artifacts) }),
    ...(receipt !== undefined && { receipt: keep(writing, receipt) }),
    ...(timer !== undefined && { timer: [timer.dueAt, timer.movesOn] as const }),
    ...(gate !== undefined && { gate: [withoutShow(gate), keep(writing, gate.offer.show)] as const }),
    ...(redo !== undefined && { redo: [redo.n, redo.comment ?? null, replacedBy(writing, redo.last)] as const }),
    ...(each !== undefined && { each: eachRow(writing, each) }),
    ...(body !== undefined && { body: writing.scopes.get(body) ?? 0 }),
    ...(effects !== undefined && { effects: effectRows(writing, effects) }),
  };
  const more = Object.entries(instance).filter(([field]) => !usualFields.has(field) && !(field in kept));
  return { ...(Object.fromEntries(more) as Omit<MoreRow, "kept">), kept };
}

function effectRows(
  writing: Writing,
  effects: Exclude<Instance["effects"], undefined>,
): Exclude<Written["effects"], undefined> {
  return Array.from(effects, ([name, { receipt, ...begun }]) => {
    writing.chars += instanceChars + name.length;
    return [name, begun, keep(writing, receipt)] as const;
  });
}

function withoutShow(gate: Gate): Gate {
  return { ...gate, offer: { ...gate.offer, show: null } };
}

function eachRow(writing: Writing, { items, keys, instances, ended, live, stoppedBy }: Each): EachRow {
  writing.chars += 8 * instances.length;
  return [keep(writing, items), keep(writing, keys), placesOf(instances), ended, live, placeOf(stoppedBy)];
}

/** The steps that are done again after one request for changes share what was there before. */
function replacedBy({ replaced }: Writing, last: Redo["last"]): number {
  const place = replaced.get(last) ?? replaced.size;
  replaced.set(last, place);
  return place;
}

function keep(writing: Writing, value: Json | undefined): Kept {
  if (value === undefined) return null;
  if (value === null || typeof value === "number" || typeof value === "boolean") return [value];

  const text = JSON.stringify(value);
  writing.chars += text.length;
  if (text.length <= limits.inlineBytesMax) return [value];
  const digest = digestText(text);
  const place = writing.digests.get(digest) ?? writing.digests.size;
  writing.digests.set(digest, place);
  writing.blobs.set(digest, text);
  return place;
}

function placeOf(instance: Instance | undefined): number | null {
  return instance?.order ?? null;
}

function placesOf(instances: Iterable<Instance>): readonly number[] {
  return Array.from(instances, ({ order }) => order);
}
