import type { Instance, RunState, Scope } from "../../../src/machine/state.ts";

/** Everything in a state as one text: two states with the same text cannot be told apart. What is only kept for speed is left out. */
export function snapshot(state: RunState): string {
  const {
    plan: _plan,
    followers: _followers,
    root,
    instances,
    timers,
    rejectedAt,
    listening,
    received,
    ...rest
  } = state;
  return JSON.stringify(
    {
      ...inOrder(rest),
      root: root === undefined ? null : scopeValue(root),
      rejectedAt: rejectedAt?.path,
      listening: Array.from(listening, ([type, waits]) => [type, pathsOf(waits)]),
      received: received.map(({ usedBy, ...each }) => ({ ...each, usedBy: [...usedBy] })),
      timers: timers.due(Number.POSITIVE_INFINITY).map(({ instance, ...timer }) => [instance.path, timer]),
      instances: Array.from(instances, ([path, instance]) => [path, instanceValue(instance)]),
    },
    (_key, value: unknown) =>
      value instanceof Set ? pathsOf(value as Set<Instance>) : value === Infinity ? "∞" : value,
  );
}

function pathsOf(instances: Iterable<Instance>): readonly string[] {
  return Array.from(instances, ({ path }) => path);
}

function instanceValue(instance: Instance): unknown {
  const { step, scope, whole, view: _view, timer, each, body, redo, effects, ...rest } = instance;
  return {
    ...inOrder(rest),
    step: step.index,
    effects: effects === undefined ? null : [...effects],
    scope: placeOf(scope),
    whole: whole?.path,
    timer: timer === undefined ? null : [timer.dueAt, timer.order, timer.movesOn],
    each:
      each === undefined
        ? null
        : { ...inOrder(each), instances: pathsOf(each.instances), stoppedBy: each.stoppedBy?.path },
    bodies: bodiesOf(body).map(scopeValue),
    redo: redo === undefined ? null : [redo.n, redo.comment, Array.from(redo.last, ([id, { path }]) => [id, path])],
  };
}

/** Which field was written first says nothing. What stands in a value of a user does. */
function inOrder(fields: object): object {
  return Object.fromEntries(Object.entries(fields).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** The latest iteration of a loop, and all before it. */
function bodiesOf(body: Scope | undefined): readonly Scope[] {
  const bodies: Scope[] = [];
  for (let scope = body; scope !== undefined; scope = scope.previous) bodies.push(scope);
  return bodies;
}

function scopeValue({ children, left, stoppedBy, halted, firstFailed, previous, ...rest }: Scope): unknown {
  const at = { owner: rest.owner?.path, iteration: rest.iteration, previous: previous && placeOf(previous) };
  return { ...at, children: pathsOf(children), left, stoppedBy: stoppedBy?.path, halted, firstFailed };
}

/** A list by its owner and iteration. */
export function placeOf({ owner, iteration }: Scope): string {
  return `${owner?.path ?? ""}@${iteration ?? ""}`;
}
