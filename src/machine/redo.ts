import type { Vote } from "./event.ts";
import { addInstance, clearTimer, readyAfter, scopePrefix, setStatus, stepAt } from "./lifecycle.ts";
import type { Instance, RunState, Scope } from "./state.ts";
import { hasEnded } from "./states.ts";

/**
 * Lets the steps up to a gate be done again, because changes were asked for.
 *
 * The named step and every step that depends on it and that the gate waits for get a new instance, with the iteration in its path: another
 * idempotency key, another gate. What depends on them beside the gate waits for the new ones if it has not begun, and otherwise keeps what
 * it has. A gate that is an item of a for-each opens again alone: what stands before it belongs to the other items too. Touches the gate's
 * own list once.
 */
export function redo(state: RunState, gate: Instance, vote: Vote, at: number): void {
  clearTimer(state, gate);
  state.gates.delete(gate);
  setStatus(state, gate, "cancelled");
  gate.endedAt = at;
  if (gate.whole === undefined) redoList(state, gate, vote.comment);
  else redoItem(state, gate, gate.whole, vote.comment);
}

function redoList(state: RunState, gate: Instance, comment: string | undefined): void {
  const { scope, step } = gate;
  const from = step.verb.kind === "approve" ? step.verb.onChanges?.redo : undefined;
  const again = from === undefined ? new Set([step.index]) : between(state, from, step.index);
  const n = nextNumber(scope, again);
  const last = new Map<string, Instance>();
  for (const [position, old] of scope.children.entries()) {
    if (!again.has(old.step.index)) continue;
    last.set(old.step.id, old);
    const path = `${scopePrefix(scope)}${old.step.id}@${n}`;
    scope.children[position] = addInstance(state, { path, step: old.step, scope, redo: { n, comment, last } });
    // The gate had not ended: it is still one of those that the list waits for.
    if (old !== gate) scope.left += 1;
  }
  waitAnew(state, scope);
}

/** Behind the highest of the steps: several gates may ask for the same steps to be done again, and no two of those have one path. */
function nextNumber({ children }: Scope, again: ReadonlySet<number>): number {
  const numbers = children.map(({ step, redo: before }) => (again.has(step.index) ? (before?.n ?? 1) : 1));
  return Math.max(...numbers) + 1;
}

/** How often changes were asked for at a gate, in all the times it was opened. */
export function timesChanged(gate: Instance): number {
  let times = 0;
  let before = gate.redo?.last.get(gate.step.id);
  for (; before !== undefined; before = before.redo?.last.get(gate.step.id))
    if (before.gate?.votes.at(-1)?.outcome === "changes") times += 1;
  return times;
}

/** Counts again what each step of a list waits for that has not begun, and whether something failed before it. */
function waitAnew(state: RunState, scope: Scope): void {
  scope.firstFailed = Number.POSITIVE_INFINITY;
  for (const child of scope.children) {
    if (child.scope !== scope) continue;
    if (child.status === "failed" && child.failedBefore)
      scope.firstFailed = Math.min(scope.firstFailed, child.step.position);
    if (child.status !== "pending") continue;
    child.waitsLeft = 0;
    child.failedBefore = false;
    readyAfter(state, child, (before) => !hasEnded(before.status));
  }
}

function redoItem(state: RunState, gate: Instance, whole: Instance, comment: string | undefined): void {
  const { step, scope, index = 0 } = gate;
  const { instances, keys } = whole.each ?? { instances: [] };
  const n = (gate.redo?.n ?? 1) + 1;
  const again = { n, comment, last: new Map([[step.id, gate]]) };
  const path = `${whole.path}[${keys?.[index] ?? index}]@${n}`;
  const item = addInstance(state, { path, step, scope, whole, index, redo: again });
  instances[index] = item;
  setStatus(state, item, "ready");
}

/** The steps that depend on `from` and that `to` waits for, with both; only `to` when it does not depend on `from`. */
function between(state: RunState, from: number, to: number): ReadonlySet<number> {
  const after = reached(from, (index) => state.followers[index] ?? []);
  const before = reached(to, (index) => stepAt(state, index).waitsFor);
  return new Set([...after].filter((index) => before.has(index)).concat(to));
}

function reached(start: number, next: (index: number) => readonly number[]): ReadonlySet<number> {
  const found = new Set([start]);
  for (const index of found) for (const other of next(index)) found.add(other);
  return found;
}
