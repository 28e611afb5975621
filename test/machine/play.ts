import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../src/base/json.ts";
import { compileWorkflow } from "../../src/language/compile.ts";
import type { Plan } from "../../src/language/plan.ts";
import { apply } from "../../src/machine/apply.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import { decide, type DecisionRequest } from "../../src/machine/decide.ts";
import { next } from "../../src/machine/next.ts";
import { failureEvent } from "../../src/machine/retry.ts";
import { emptyState, type Instance, type RunState } from "../../src/machine/state.ts";

/** What a function of a test does with its input; throws to fail the attempt. */
export type Module = (input: Json, instance: Instance) => Json;

/** A run played by the machine alone: no store, no clock, each call answered at once, in the order in which calls began. */
export interface Play {
  readonly state: RunState;
  readonly events: RunEvent[];
  /** Paths of the calls, in order, with the attempt where it is not the first. */
  readonly calls: string[];
  /** Goes on until nothing can happen without a person. */
  readonly goOn: () => void;
  readonly decide: (request: DecisionRequest) => void;
  readonly record: (event: RunEvent) => void;
  readonly status: (path: string) => string;
  /** The events in short: `step.skipped b (if)`. */
  readonly story: () => readonly string[];
}

const startMs = 1_000_000;

/** Compiles a workflow; a mistake in it fails the test. */
export function planOf(yaml: string, functions: readonly string[] = ["work", "other"]): Plan {
  const source = { file: "test.workflow.yml", text: yaml };
  const { plan, diagnostics } = compileWorkflow(source, { functions, assignments: [], roles: ["boss", "team"] });
  assert.ok(plan, diagnostics.map((each) => `${each.code} ${each.message}`).join("\n"));
  return plan;
}

/** Starts to play a workflow. */
export function play(yaml: string, modules: Readonly<Record<string, Module>> = {}, input: JsonObject = {}): Play {
  const plan = planOf(yaml, [...new Set(["work", "other", ...Object.keys(modules)])]);
  const state = emptyState(plan);
  const events: RunEvent[] = [];
  const calls: string[] = [];
  let now = startMs;
  const identity = { run: "r1", workflow: plan.workflow, version: "v", startedBy: "ada", effectRoot: "r1" };
  record({ kind: "run.created", v: 1, machine: 1, input, env: {}, ...identity });
  const played: Play = {
    state,
    events,
    calls,
    goOn,
    record,
    decide(request) {
      for (const event of decide(state, request, { id: "boss", roles: ["boss"] }, now)) record(event);
    },
    status: (path) => state.instances.get(path)?.status ?? "absent",
    story: () => events.map(inShort),
  };
  goOn();
  return played;

  function record(event: RunEvent): void {
    apply(state, JSON.parse(JSON.stringify(event)) as RunEvent, now);
    events.push(event);
  }

  function goOn(): void {
    for (let round = 0; round < 10_000; round += 1) {
      const began = advance();
      const call = [...state.calls][0];
      if (call !== undefined) answer(call);
      else if (!began && !waitForTimer()) return;
    }
    assert.fail("the run does not come to rest");
  }

  function advance(): boolean {
    const commands = next(state, now);
    for (const command of commands) {
      record(command.kind === "record" ? command.event : command.started);
    }
    return commands.length > 0;
  }

  function answer(instance: Instance): void {
    const { path, attempt, step } = instance;
    calls.push(attempt === 1 ? path : `${path}#${attempt}`);
    if (instance.cancelling) return record({ kind: "step.cancelled", v: 1, path });
    const name = step.verb.kind === "function" ? step.verb.name : "";
    try {
      const output = (modules[name] ?? ((given) => given))(instance.input ?? null, instance);
      record({ kind: "step.succeeded", v: 1, path, output });
    } catch (error) {
      record(
        failureEvent(
          instance,
          { error: { code: "function.failed", message: String(error) }, canRetry: true },
          now,
          0.5,
        ),
      );
    }
  }

  function waitForTimer(): boolean {
    const timer = state.timers.first();
    if (timer === undefined || state.paused || (state.gates.size > 0 && timer.instance.waiting === "gate"))
      return false;
    now = Math.max(now, timer.dueAt);
    return true;
  }
}

function inShort(event: RunEvent): string {
  const path = "path" in event ? ` ${event.path}` : "";
  const reason = event.kind === "step.skipped" ? ` (${event.reason})` : "";
  return `${event.kind}${path}${reason}`;
}
