import type { Vote } from "./event.ts";
import { addInstance, clearTimer, readyAfter, scopePrefix, setStatus, stepAt } from "./lifecycle.ts";
import type { Instance, RunState } from "./state.ts";
import { hasEnded } from "./states.ts";

/**
 * Lets the steps up to a gate be done again, because changes were asked for.
 *
 * The named step and every step that depends on it and that the gate waits for get a new instance, with the iteration in its path: another
 * idempotency key, another gate. What depends on them beside the gate keeps what it has. Touches the gate's own list once.
 */
export function redo(state: RunState, gate: Instance, vote: Vote, at: number): void {
  const { verb } = gate.step;
  const from = verb.kind === "approve" ? verb.onChanges?.redo : undefined;
  const n = (gate.redo?.n ?? 1) + 1;
  clearTimer(state, gate);
  state.gates.delete(gate);
  setStatus(state, gate, "cancelled");
  gate.endedAt = at;

  const again = from === undefined ? new Set([gate.step.index]) : between(state, from, gate.step.index);
  const last = new Map<string, Instance>();
  const fresh: Instance[] = [];
  const { scope } = gate;
  for (const [position, old] of scope.children.entries()) {
    if (!again.has(old.step.index)) continue;
    last.set(old.step.id, old);
    const { step } = old;
    const path = `${scopePrefix(scope)}${step.id}@${n}`;
    const instance = addInstance(state, { path, step, scope, redo: { n, comment: vote.comment, last } });
    scope.children[position] = instance;
    // The gate had not ended: it is still one of those that the list waits for.
    if (old !== gate) scope.left += 1;
    fresh.push(instance);
  }
  for (const instance of fresh)
    readyAfter(state, instance, (before) => before.redo?.n === n && !hasEnded(before.status));
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
