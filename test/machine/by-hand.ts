import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../src/base/json.ts";
import type { LimitsPlan, StepPlan } from "../../src/language/plan.ts";
import { apply } from "../../src/machine/apply.ts";
import { type ChildEnd, childEnded } from "../../src/machine/child.ts";
import { type Decider, decide, type DecisionRequest } from "../../src/machine/decide.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { receive } from "../../src/machine/events.ts";
import { next } from "../../src/machine/next.ts";
import { failureEvent } from "../../src/machine/retry.ts";
import { emptyState, type Instance, phaseOf, type RunState } from "../../src/machine/state.ts";
import type { RunPhase } from "../../src/machine/states.ts";
import { snapshot } from "./model/snapshot.ts";
import { planOf } from "./play.ts";

/** When a run that is led by hand begins. */
export const beginMs = 1_700_000_000_000;

/** What a plan has that the file does not say: changes of steps by their id, and the run's limits. */
export interface Patch {
  readonly steps?: Readonly<Record<string, Partial<StepPlan>>>;
  readonly limits?: Partial<LimitsPlan>;
  readonly input?: JsonObject;
}

/** A run that is led by hand: nothing ends and no time passes unless the test says so. */
export interface Run {
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  /** Ends the call of this path: with an output, or as failed for good, or for this attempt. */
  readonly end: (path: string, output?: Json) => void;
  readonly fail: (path: string, canRetry?: boolean) => void;
  /** Lets this much time pass. */
  readonly pass: (ms: number) => void;
  readonly decide: (request: DecisionRequest, by?: Decider) => void;
  readonly report: (type: string, data: Json) => void;
  readonly endChild: (path: string, end: Pick<ChildEnd, "status"> & Partial<ChildEnd>) => void;
  readonly say: (event: RunEvent) => void;
  /** Paths of the calls that run, in order. */
  readonly calls: () => readonly string[];
  readonly step: (path: string) => Instance;
  readonly status: (path: string) => string;
  readonly phase: () => RunPhase;
  /** Kinds of the events of a path, in order. */
  readonly story: (path: string) => readonly string[];
}

export const boss: Decider = { id: "boss", roles: ["boss"] };

/** Begins a run and lets the machine go as far as it can. After each move the state is also made of the journal, and is the same. */
export function lead(yaml: string, { steps = {}, limits, input = {} }: Patch = {}): Run {
  const compiled = planOf(yaml);
  const plan = {
    ...compiled,
    steps: compiled.steps.map((each) => ({ ...each, ...steps[each.id] })),
    ...(limits !== undefined && { limits: { runtimeMs: 86_400_000, depth: 5, onBudget: "pause", ...limits } as const }),
  };
  const state = emptyState(plan);
  const log: (readonly [RunEvent, number])[] = [];
  const events: RunEvent[] = [];
  let now = beginMs;
  const identity = { run: "r1", workflow: plan.workflow, version: "v", startedBy: "ada", effectRoot: "r1" };
  move(() => [{ kind: "run.created", v: 1, machine: 1, input, env: {}, ...identity }]);

  return {
    state,
    events,
    end: (path, output = null) => {
      const kind = step(path).cancelling ? "step.cancelled" : "step.succeeded";
      move(() => [kind === "step.cancelled" ? { kind, v: 1, path } : { kind, v: 1, path, output }]);
    },
    fail: (path, canRetry = false) => {
      const error = { code: "function.failed", message: "no" };
      move(() => [failureEvent(step(path), { error, canRetry }, now, 0.5)]);
    },
    pass: (ms) => {
      now += ms;
      move(() => []);
    },
    decide: (request, by = boss) => move(() => decide(state, request, by, now)),
    report: (type, data) => move(() => receive(state, { type, data }, "ada")),
    endChild: (path, end) => move(() => childEnded(state, { path, run: step(path).child ?? "", output: null, ...end })),
    say: (event) => move(() => [event]),
    calls: () => Array.from(state.calls, ({ path }) => path),
    step,
    status: (path) => state.instances.get(path)?.status ?? "absent",
    phase: () => phaseOf(state),
    story: (path) => events.flatMap((event) => ("path" in event && event.path === path ? [event.kind] : [])),
  };

  function step(path: string): Instance {
    const instance = state.instances.get(path);
    assert.ok(instance, `there is no step ${path}`);
    return instance;
  }

  function add(event: RunEvent): void {
    apply(state, event, now);
    events.push(event);
    log.push([event, now]);
  }

  function move(happens: () => readonly RunEvent[]): void {
    for (const event of happens()) add(event);
    for (let commands = next(state, now); commands.length > 0; commands = next(state, now)) {
      for (const command of commands) {
        const event = command.kind === "call" ? command.started : command.event;
        const instance = "path" in event ? state.instances.get(event.path) : undefined;
        if (instance?.endedAt !== undefined) continue;
        if (instance?.cancelling === true && !/cancelled|withdrawn/.test(event.kind)) continue;
        add(event);
      }
      assert.ok(events.length < 5000, "the run does not come to rest");
    }
    const again = emptyState(plan);
    for (const [event, at] of log) apply(again, JSON.parse(JSON.stringify(event)) as RunEvent, at);
    assert.equal(snapshot(again), snapshot(state), "the state made of the journal is the state in memory");
  }
}
