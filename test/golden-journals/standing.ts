import type { Instance, RunState, Scope } from "../../src/machine/state.ts";

// What golden journals hold of a state. A field that comes into the machine later is not put in here: the journals of today do not have it, and
// their digests would all be others.
const runFields = [
  "created",
  "seq",
  "started",
  "paused",
  "cancel",
  "ended",
  "input",
  "vars",
  "env",
  "timed",
  "backoffs",
  "active",
  "limit",
  "counts",
] as const;
const sets = ["ready", "calls", "aborting", "gates", "children"] as const;
const instanceFields = [
  "path",
  "order",
  "index",
  "status",
  "waitsLeft",
  "failedBefore",
  "attempt",
  "firstStartedAt",
  "startedAt",
  "endedAt",
  "title",
  "input",
  "output",
  "artifacts",
  "error",
  "skipped",
  "waiting",
  "gate",
  "child",
  "timedOut",
  "cancelling",
] as const;

/** Fields that came later: they are in the text of those journals only that have them. */
const laterRunFields = ["usage", "budget"] as const;
const laterInstanceFields = ["key", "receipt", "grants", "continues", "usage"] as const;

function present<T extends object>(fields: readonly (keyof T)[], of: T): readonly unknown[] {
  const found = fields.flatMap((field) => (of[field] === undefined ? [] : [[field, of[field]]]));
  return found.length === 0 ? [] : [found];
}

/** A state as text: states with the same text cannot be told apart by whoever reads them by the rules of today. */
export function standing(state: RunState): string {
  return JSON.stringify([
    runFields.map((field) => state[field] ?? null),
    sets.map((name) => pathsOf(state[name])),
    state.rejectedAt?.path ?? null,
    state.root === undefined ? null : scopeValue(state.root),
    Array.from(state.instances.values(), instanceValue),
    Array.from(state.listening, ([type, waits]) => [type, pathsOf(waits)]),
    state.received.map(({ type, data, at, usedBy }) => [type, data, at, [...usedBy]]),
    state.timers
      .due(Number.POSITIVE_INFINITY)
      .map(({ instance, dueAt, order, movesOn }) => [instance.path, dueAt, order, movesOn]),
    ...present(laterRunFields, state),
  ]);
}

function instanceValue(instance: Instance): unknown {
  const { step, scope, whole, each, body, redo } = instance;
  return [
    step.index,
    placeOf(scope),
    whole?.path ?? null,
    instanceFields.map((field) => (field === "gate" ? gateValue(instance) : (instance[field] ?? null))),
    each === undefined
      ? null
      : [each.items, each.keys ?? null, pathsOf(each.instances), each.ended, each.live, each.stoppedBy?.path ?? null],
    body === undefined ? null : scopeValue(body),
    redo === undefined ? null : [redo.n, redo.comment ?? null, Array.from(redo.last, ([id, { path }]) => [id, path])],
    ...present(laterInstanceFields, instance),
  ];
}

function gateValue({ gate }: Instance): unknown {
  if (gate === undefined) return null;
  const { offer, openedAt, votes, escalated, state } = gate;
  return { offer, openedAt, votes, escalated, state };
}

function scopeValue(scope: Scope): unknown {
  const { children, left, stoppedBy, halted, firstFailed, previous } = scope;
  const before = previous === undefined ? null : placeOf(previous);
  return [placeOf(scope), before, pathsOf(children), left, stoppedBy?.path ?? null, halted, String(firstFailed)];
}

function placeOf({ owner, iteration }: Scope): string {
  return `${owner?.path ?? ""}@${iteration ?? ""}`;
}

function pathsOf(instances: Iterable<Instance>): readonly string[] {
  return Array.from(instances, ({ path }) => path);
}
