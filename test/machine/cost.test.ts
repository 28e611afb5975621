import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../../src/machine/apply.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { next } from "../../src/machine/next.ts";
import { emptyState, type RunState } from "../../src/machine/state.ts";
import { planOf } from "./play.ts";

/** Touches of the run's collections: every look-up, change and step of a walk counts as one. */
interface Counter {
  touches: number;
}

function countingSet<T>(counter: Counter): Set<T> {
  return new (class extends Set<T> {
    override add(value: T): this {
      counter.touches += 1;
      return super.add(value);
    }
    override delete(value: T): boolean {
      counter.touches += 1;
      return super.delete(value);
    }
    override *[Symbol.iterator](): SetIterator<T> {
      for (const value of super[Symbol.iterator]()) {
        counter.touches += 1;
        yield value;
      }
    }
  })();
}

function countingMap<K, V>(counter: Counter): Map<K, V> {
  return new (class extends Map<K, V> {
    override get(key: K): V | undefined {
      counter.touches += 1;
      return super.get(key);
    }
    override set(key: K, value: V): this {
      counter.touches += 1;
      return super.set(key, value);
    }
    override *values(): MapIterator<V> {
      for (const value of super.values()) {
        counter.touches += 1;
        yield value;
      }
    }
  })();
}

/** Carries a fan-out of `items` calls out in 100 lanes; gives how many touches an event cost. */
function touchesPerEvent(items: number, disturb: (state: RunState) => void = () => undefined): number {
  const counter: Counter = { touches: 0 };
  const plan = planOf(
    "workflow: w\ninputs: { items: any }\nsteps: [{ id: each, for_each: inputs.items, max_parallel: 100, function: work }]\n",
  );
  const state: RunState = {
    ...emptyState(plan),
    instances: countingMap(counter),
    ready: countingSet(counter),
    calls: countingSet(counter),
    aborting: countingSet(counter),
  };
  const identity = { run: "r", workflow: "w", version: "v", startedBy: "ada", effectRoot: "r", env: {} };
  const input = { items: Array.from({ length: items }, (_, index) => index) };
  const running: string[] = [];
  let events = 0;
  const add = (event: RunEvent): void => {
    apply(state, event, 0);
    events += 1;
    disturb(state);
  };

  add({ kind: "run.created", v: 1, machine: 1, input, ...identity });
  while (state.ended === undefined) {
    for (const command of next(state, 0)) {
      add(command.kind === "record" ? command.event : command.started);
      if (command.kind === "call") running.push(command.instance.path);
    }
    const path = running.shift();
    if (path !== undefined) add({ kind: "step.succeeded", v: 1, path, output: null });
  }
  assert.equal(state.counts.succeeded, items);
  return counter.touches / events;
}

test("an event costs the same in a run of 1,000 instances and of 100,000", () => {
  const [small, large] = [touchesPerEvent(1000), touchesPerEvent(100_000)];
  assert.ok(large / small < 1.1, `${small.toFixed(2)} touches an event became ${large.toFixed(2)}`);
  assert.ok(large < 12, `${large.toFixed(2)} touches an event`);
});

test("control: one look at all instances per event is seen", () => {
  const lookAtAll = (state: RunState): void => void [...state.instances.values()].length;
  const [small, large] = [touchesPerEvent(100, lookAtAll), touchesPerEvent(1000, lookAtAll)];
  assert.ok(large / small > 5, `${small.toFixed(2)} touches an event became ${large.toFixed(2)}`);
});
