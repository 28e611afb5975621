import { RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import type { Plan } from "../language/plan.ts";
import { machineNumber } from "./event.ts";
import { type EachRow, type InstanceRow, type Kept, setNames, type StateRow, type Written } from "./snapshot-form.ts";
import { type BegunOperation, type Each, emptyState, type Instance, type RunState, type Scope } from "./state.ts";

/** A written state whose large values are still to be fetched. */
export interface ReadState {
  /** The digests of them. */
  readonly digests: readonly string[];
  /** Makes the state, with the JSON texts by their digests. Throws when it was not written for this plan. */
  readonly with: (blobs: ReadonlyMap<string, string>) => RunState;
}

/** Reads what `encodeState` wrote; undefined when it came to be by rules that this build does not know. */
export function decodeState(plan: Plan, text: string): ReadState | undefined {
  const row = JSON.parse(text) as StateRow;
  if (row.machine > machineNumber) return undefined;
  return { digests: row.digests.map(String), with: (blobs) => stateOf(row, beginReading(plan, row, blobs)) };
}

type EffectRow = Exclude<Written["effects"], undefined>[number];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Reading {
  readonly plan: Plan;
  readonly scopes: readonly Mutable<Scope>[];
  /** Those that are there so far: each stands behind the ones that it is made of. */
  readonly instances: Instance[];
  readonly replaced: readonly Map<string, Instance>[];
  readonly value: (kept: Kept) => Json | undefined;
}

function beginReading(plan: Plan, row: StateRow, blobs: ReadonlyMap<string, string>): Reading {
  const large = row.digests.map((digest) => JSON.parse(blobs.get(digest) ?? "") as Json);
  return {
    plan,
    scopes: row.scopes.map(([, iteration, , left, halted, firstFailed]) => ({
      ...(iteration !== null && { iteration }),
      children: [],
      left,
      halted,
      firstFailed: firstFailed ?? Number.POSITIVE_INFINITY,
    })),
    instances: [],
    replaced: row.replaced.map(() => new Map()),
    value(kept) {
      if (kept === null) return undefined;
      return typeof kept === "number" ? at(large, kept) : (kept[0] as Json);
    },
  };
}

function stateOf(row: StateRow, reading: Reading): RunState {
  const { plan, scopes, instances, replaced, value } = reading;
  for (const each of row.instances) instances.push(instanceOf(reading, each));
  for (const [place, each] of row.replaced.entries())
    for (const [id, instance] of each) at(replaced, place).set(id, at(instances, instance));
  for (const [place, each] of row.instances.entries()) linkItems(reading, at(instances, place), each[15]?.kept.each);
  linkScopes(row, reading);

  const state = Object.assign(emptyState(plan), row.run);
  const [input, vars] = [value(row.input), value(row.vars)];
  if (isJsonObject(input)) state.input = input;
  if (isJsonObject(vars)) state.vars = vars;
  if (scopes[0] !== undefined) state.root = scopes[0];
  if (row.rejectedAt !== null) state.rejectedAt = at(instances, row.rejectedAt);
  for (const instance of instances) {
    state.instances.set(instance.path, instance);
    if (instance.timer !== undefined) state.timers.add(instance.timer);
  }
  putSets(row, reading, state);
  return state;
}

function putSets(row: StateRow, { instances, value }: Reading, state: RunState): void {
  for (const name of setNames) for (const place of row.sets[name]) state[name].add(at(instances, place));
  for (const [type, waits] of row.listening)
    state.listening.set(type, new Set(waits.map((place) => at(instances, place))));
  for (const [type, data, when, usedBy] of row.received)
    state.received.push({ type, data: value(data) ?? null, at: when, usedBy: new Set(usedBy) });
}

function linkScopes(row: StateRow, { scopes, instances }: Reading): void {
  for (const [place, [owner, , previous, , , , stoppedBy, children]] of row.scopes.entries()) {
    const scope = at(scopes, place);
    if (owner !== null) scope.owner = at(instances, owner);
    if (previous !== null) scope.previous = at(scopes, previous);
    if (stoppedBy !== null) scope.stoppedBy = at(instances, stoppedBy);
    for (const child of children) scope.children.push(at(instances, child));
  }
}

function instanceOf(reading: Reading, row: InstanceRow): Instance {
  const [path, step, scope, whole, index, status, waitsLeft, failedBefore, attempt, cancelling] = row;
  const { plan, scopes, instances, value } = reading;
  const [, , , , , , , , , , , , , input, output, more] = row;
  const instance: Mutable<Instance> = {
    path,
    step: at(plan.steps, step),
    scope: at(scopes, scope),
    order: instances.length,
    status,
    waitsLeft,
    failedBefore,
    attempt,
    cancelling,
  };
  if (whole !== null) instance.whole = at(instances, whole);
  if (index !== null) instance.index = index;
  putTimes(instance, row);
  if (input !== null) instance.input = value(input) ?? null;
  if (output !== null) instance.output = value(output) ?? null;
  if (more !== undefined) putMore(reading, instance, more);
  return instance;
}

function putTimes(instance: Instance, row: InstanceRow): void {
  const [, , , , , , , , , , firstStartedAt, startedAt, endedAt] = row;
  if (startedAt !== null) instance.startedAt = startedAt;
  if (firstStartedAt !== null) instance.firstStartedAt = firstStartedAt === -1 ? (startedAt ?? 0) : firstStartedAt;
  if (endedAt !== null) instance.endedAt = endedAt;
}

function putMore(
  { scopes, replaced, value }: Reading,
  instance: Mutable<Instance>,
  row: InstanceRow[15] & object,
): void {
  const { kept, ...plain } = row;
  const { artifacts, receipt, timer, gate, redo, body, effects } = kept;
  Object.assign(instance, plain);
  if (artifacts !== undefined) instance.artifacts = value(artifacts) ?? null;
  if (receipt !== undefined) instance.receipt = value(receipt) ?? null;
  if (timer !== undefined) instance.timer = { dueAt: timer[0], order: instance.order, instance, movesOn: timer[1] };
  if (gate !== undefined) {
    const [shown, show] = gate;
    instance.gate = { ...shown, offer: { ...shown.offer, show: value(show) ?? null } };
  }
  if (redo !== undefined) instance.redo = { n: redo[0], comment: redo[1] ?? undefined, last: at(replaced, redo[2]) };
  if (body !== undefined) instance.body = at(scopes, body);
  if (effects !== undefined) instance.effects = new Map(effects.map((each) => [each[0], effectOf(each, value)]));
}

function effectOf([, begun, kept]: EffectRow, value: Reading["value"]): BegunOperation {
  const receipt = value(kept);
  return receipt === undefined ? begun : { ...begun, receipt };
}

/** The items of a for-each, which came to be after it. */
function linkItems({ instances, value }: Reading, whole: Instance, row: EachRow | undefined): void {
  if (row === undefined) return;
  const [items, keys, places, ended, live, stoppedBy] = row;
  const each: Each = {
    items: (value(items) ?? []) as readonly Json[],
    instances: places.map((place) => at(instances, place)),
    ended,
    live,
    ...(keys !== null && { keys: value(keys) as readonly string[] }),
    ...(stoppedBy !== null && { stoppedBy: at(instances, stoppedBy) }),
  };
  whole.each = each;
}

function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined)
    throw new RunwrightError("machine.illegal", `The written state has no place ${place} in its lists.`);
  return found;
}
