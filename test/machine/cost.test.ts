import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../src/base/json.ts";
import type { Plan, StepPlan } from "../../src/language/plan.ts";
import { decide } from "../../src/machine/decide.ts";
import { beginOperation, receiveReceipt } from "../../src/machine/effects.ts";
import { receive } from "../../src/machine/events.ts";
import { apply } from "../../src/machine/apply.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { next } from "../../src/machine/next.ts";
import { emptyState, type Instance, type RunState } from "../../src/machine/state.ts";
import { literal } from "./model/expressions.ts";
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

/** The waits of each type are counted too. */
function countingListeners(counter: Counter): Map<string, Set<Instance>> {
  return new (class extends Map<string, Set<Instance>> {
    override set(type: string, waits: Set<Instance>): this {
      const counted = countingSet<Instance>(counter);
      for (const each of waits) counted.add(each);
      return super.set(type, counted);
    }
  })();
}

type Disturb = (state: RunState) => void;

/** A run whose touches are counted. */
interface Course {
  readonly state: RunState;
  /** Paths of the calls that run. */
  readonly running: string[];
  /** Applies these events, then lets the machine go as far as it can. */
  readonly go: (events: readonly RunEvent[]) => void;
  /** From here on it counts. */
  readonly reset: () => void;
  readonly perEvent: () => number;
}

function courseOf(plan: Plan, items: number, disturb: Disturb): Course {
  const counter: Counter = { touches: 0 };
  const state: RunState = {
    ...emptyState(plan),
    instances: countingMap(counter),
    ready: countingSet(counter),
    calls: countingSet(counter),
    aborting: countingSet(counter),
    gates: countingSet(counter),
    listening: countingListeners(counter),
  };
  const running: string[] = [];
  let count = 0;
  const identity = { run: "r", workflow: "w", version: "v", startedBy: "ada", effectRoot: "r", env: {} };
  const input = { items: Array.from({ length: items }, (_, index) => index) };
  const course = { state, running, go, reset, perEvent: () => counter.touches / count };
  course.go([{ kind: "run.created", v: 1, machine: 1, input, ...identity }]);
  return course;

  function reset(): void {
    counter.touches = 0;
    count = 0;
  }

  function add(event: RunEvent): void {
    apply(state, event, 0);
    count += 1;
    disturb(state);
  }

  function go(events: readonly RunEvent[]): void {
    for (const event of events) add(event);
    for (let commands = next(state, 0); commands.length > 0; commands = next(state, 0)) {
      for (const command of commands) {
        add(command.kind === "record" ? command.event : command.started);
        if (command.kind === "call") running.push(command.instance.path);
      }
    }
  }
}

function endAll(course: Course, before: (path: string) => void = () => undefined): void {
  for (let path = course.running.shift(); path !== undefined; path = course.running.shift()) {
    before(path);
    course.go([{ kind: "step.succeeded", v: 1, path, output: null }]);
  }
}

/** Carries two operations of a call out. */
function operate({ state, go }: Course, path: string): void {
  for (const name of ["a", "b"]) {
    const identity = { path, attempt: 1, operation: { name, occurrence: 1 } };
    const begun = beginOperation(state, { ...identity, class: "keyed", key: `${path} ${name}` });
    if (begun.kind === "begins") go([begun.event]);
    const received = receiveReceipt(state, { ...identity, receipt: null });
    if ("event" in received) go([received.event]);
  }
}

function withSteps(text: string, steps: Readonly<Record<string, Partial<StepPlan>>>, more: Partial<Plan> = {}): Plan {
  const plan = planOf(text);
  return { ...plan, ...more, steps: plan.steps.map((step) => ({ ...step, ...steps[step.id] })) };
}

const fanOut = "workflow: w\ninputs: { items: [any] }\nmode: parallel\nsteps:\n";
/** As many lanes as items: more than a file may ask for. */
const wide = (plan: Plan, items: number): Plan => ({
  ...plan,
  steps: plan.steps.map((step) =>
    step.forEach === undefined ? step : { ...step, forEach: { ...step.forEach, parallelMax: items } },
  ),
});

/** What an event costs in each of these runs with so many instances. */
const courses: Readonly<Record<string, (items: number, disturb: Disturb) => number>> = {
  "of calls in 100 lanes"(items, disturb) {
    const plan = planOf(`${fanOut}  - { id: each, for_each: inputs.items, max_parallel: 100, function: work }\n`);
    const course = courseOf(plan, items, disturb);
    endAll(course);
    assert.equal(course.state.counts.succeeded, items);
    return course.perEvent();
  },

  "whose calls have two operations each"(items, disturb) {
    const plan = planOf(`${fanOut}  - { id: each, for_each: inputs.items, max_parallel: 100, function: work }\n`);
    const course = courseOf(plan, items, disturb);
    endAll(course, (path) => operate(course, path));
    assert.equal(course.state.instances.get("each[0]")?.effects?.size, 2);
    return course.perEvent();
  },

  "that are all ready, of which limits.parallel lets ten run"(items, disturb) {
    const limits = { runtimeMs: 1000, depth: 5, onBudget: "pause", parallel: 10 } as const;
    const plan = { ...planOf(`${fanOut}  - { id: each, for_each: inputs.items, function: work }\n`), limits };
    const course = courseOf(wide(plan, items), items, disturb);
    assert.deepEqual([course.state.counts.ready, course.running.length], [items - 10, 10]);
    course.reset();
    endAll(course);
    assert.equal(course.state.counts.succeeded, items);
    return course.perEvent();
  },

  "that wait for events of another type"(items, disturb) {
    const text = `${fanOut}  - { id: each, for_each: inputs.items, wait: 1s }
  - { id: l, loop: { max_iters: 100 }, do: [{ id: hear, wait: 1s }] }\n`;
    const wait = (event: string): Partial<StepPlan> => ({ verb: { kind: "wait_event", event, onTimeout: "fail" } });
    const plan = withSteps(text, { each: wait("left"), hear: wait("paid") });
    const course = courseOf(wide(plan, items), items, disturb);
    assert.equal(course.state.listening.get("left")?.size, items);
    course.reset();
    const tell = (type: string, data: Json): void => course.go(receive(course.state, { type, data }, "ada"));
    for (let n = 0; n < 100; n += 1) tell("paid", n);
    const quiet = course.perEvent();
    course.reset();
    tell("left", 0);
    assert.equal(course.state.ended?.outcome, "ok");
    return Math.max(quiet, course.perEvent());
  },

  "beside steps that are done again 50 times"(items, disturb) {
    const text = `${fanOut}  - { id: each, for_each: inputs.items, max_parallel: 100, function: work }
  - { id: plan, function: work }
  - { id: ask, needs: [plan], approve: Go?, by: [boss] }\n`;
    const onChanges = { redo: 1, max: 50 };
    const gate = { kind: "approve", question: literal("Go?"), editable: [], by: ["boss"], quorum: "any" } as const;
    const plan = withSteps(text, { ask: { verb: { ...gate, onReject: "stop", onChanges } } });
    const course = courseOf(plan, items, disturb);
    endAll(course);
    course.reset();
    for (let n = 1; n <= 50; n += 1) {
      const path = n === 1 ? "ask" : `ask@${n}`;
      course.go(decide(course.state, { path, outcome: "changes" }, { id: "b", roles: ["boss"] }, 0));
      endAll(course);
    }
    assert.equal(course.state.instances.get("ask@51")?.status, "waiting");
    return course.perEvent();
  },
};

for (const [what, touchesPerEvent] of Object.entries(courses)) {
  test(`an event costs the same in a run of 1,000 instances and of 100,000 ${what}`, () => {
    const [small, large] = [1000, 100_000].map((items) => touchesPerEvent(items, () => undefined));
    assert.ok(small !== undefined && large !== undefined);
    const words = `${small.toFixed(2)} touches an event became ${large.toFixed(2)}`;
    assert.ok(large / small < 1.1 && large < 15, words);
  });

  test(`control: one look at all instances per event is seen in a run ${what}`, () => {
    const lookAtAll = (state: RunState): void => void [...state.instances.values()].length;
    const [small = 1, large = 1] = [100, 1000].map((items) => touchesPerEvent(items, lookAtAll));
    assert.ok(large / small > 5, `${small.toFixed(2)} touches an event became ${large.toFixed(2)}`);
  });
}
