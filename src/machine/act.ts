import { RunwrightError } from "../base/error.ts";
import { childRunId } from "../base/ids.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import { render, renderText } from "../language/expression/template.ts";
import type { ApprovePlan, WaitEventPlan, WorkflowPlan } from "../language/plan.ts";
import { budgetReached } from "./budget.ts";
import { type Command, record } from "./command.ts";
import type { RunEvent, StepError } from "./event.ts";
import { alreadyReceived } from "./events.ts";
import { gateOffer } from "./gate.ts";
import { namesAt } from "./names.ts";
import { timesChanged } from "./redo.ts";
import type { Instance, RunState } from "./state.ts";

/** An instance whose timer has fired: a wait is over, a back-off leads to the next attempt. */
export function resumeWait(state: RunState, instance: Instance): Command {
  const { path, step } = instance;
  switch (step.verb.kind) {
    case "wait":
    case "wait_until":
      return record({ kind: "step.succeeded", v: 1, path });
    case "wait_event":
      return record(
        step.verb.onTimeout === "continue"
          ? { kind: "step.succeeded", v: 1, path, output: null }
          : failure(instance, { code: "wait.timeout", message: `No event '${step.verb.event}' came in time.` }),
      );
    case "workflow":
      return record(
        failure(instance, { code: "step.timeout", message: `Run ${instance.child ?? ""} did not end in time.` }),
      );
    default:
      return call(state, instance);
  }
}

/** What an instance does that may begin now. */
export function act(state: RunState, instance: Instance, nowMs: number): Command {
  const { verb, loop } = instance.step;
  const path = instance.path;
  const names = namesAt(state, { scope: instance.scope, instance });
  switch (verb.kind) {
    case "function":
    case "assignment":
    case "llm":
    case "tool":
      return call(state, instance);
    case "set":
      return record({ kind: "step.succeeded", v: 1, path, output: render(verb.value, names) });
    case "fail":
      return record(failure(instance, { code: "step.failed", message: renderText(verb.message, names) }));
    case "wait":
      return waiting(state, instance, { reason: "timer", until: nowMs + verb.durationMs });
    case "wait_until":
      return waiting(state, instance, { reason: "timer", until: timeIn(renderText(verb.until, names), path) });
    case "wait_event":
      return waitForEvent(state, instance, verb, nowMs);
    case "approve":
      return openGate(state, instance, verb, nowMs);
    case "workflow":
      return startChild(state, instance, verb, nowMs);
    case "agent":
    case "plan":
      // Refused before a run is made of it: see `unsupported` of the compiler.
      throw new RunwrightError("machine.illegal", `Step ${path} is of kind ${verb.kind}, which is not carried out.`);
    case "do":
      if (loop !== undefined) return record({ kind: "iteration.started", v: 1, path, n: 1, from: 0 });
      return record({ kind: "step.started", v: 1, path, attempt: 1, ...titleOf(state, instance) });
  }
}

function waiting(
  state: RunState,
  instance: Instance,
  how: { readonly reason: "timer" | "event"; readonly until?: number },
): Command {
  return record({ kind: "step.waiting", v: 1, path: instance.path, ...how, ...titleOf(state, instance) });
}

/** Milliseconds of a time that a wait names. Throws `expression.failed`. */
function timeIn(text: string, path: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  throw new RunwrightError(
    "expression.failed",
    `The time that ${path} waits until is '${text}'; write it as 2030-01-31T09:00:00Z.`,
  );
}

function waitForEvent(state: RunState, instance: Instance, plan: WaitEventPlan, nowMs: number): Command {
  const received = alreadyReceived(state, instance, plan, nowMs);
  if (received !== undefined) return record(received);
  const until = plan.timeoutMs === undefined ? {} : { until: nowMs + plan.timeoutMs };
  return waiting(state, instance, { reason: "event", ...until });
}

function openGate(state: RunState, instance: Instance, plan: ApprovePlan, nowMs: number): Command {
  const names = namesAt(state, { scope: instance.scope, instance });
  const shown = {
    question: renderText(plan.question, names),
    show: plan.show === undefined ? null : render(plan.show, names),
  };
  const expiresAt = plan.timeoutMs === undefined ? undefined : nowMs + plan.timeoutMs;
  const gate = gateOffer(plan, shown, { expiresAt, times: timesChanged(instance) });
  return record({ kind: "gate.opened", v: 1, path: instance.path, gate, ...titleOf(state, instance) });
}

function startChild(state: RunState, instance: Instance, plan: WorkflowPlan, nowMs: number): Command {
  const { path } = instance;
  const { depth = 5 } = state.plan.limits ?? {};
  const { run = "", depth: above = 0 } = state.created ?? {};
  if (above + 1 > depth) {
    const message = `Step ${path} would be run ${above + 1} deep, and ${depth} is the most (limits.depth).`;
    return record(failure(instance, { code: "run.limit", message }));
  }
  const input = render(plan.with, namesAt(state, { scope: instance.scope, instance }));
  return record({
    kind: "child.started",
    v: 1,
    path,
    run: childRunId(run, path, nowMs),
    workflow: `${plan.workflow}@${plan.version}`,
    input: isJsonObject(input) ? input : {},
    detach: plan.detach,
    ...titleOf(state, instance),
  });
}

/** The next attempt of a call, or the one that goes on after people have settled what it waited for. */
function call(state: RunState, instance: Instance): Command {
  const { path, attempt } = instance;
  if (instance.continues === true)
    return { kind: "call", instance, started: { kind: "step.continued", v: 1, path, attempt } };
  const spent = instance.step.verb.kind === "llm" ? budgetReached(state) : undefined;
  if (spent !== undefined) return record(spent);
  const input = callInput(state, instance);
  const more = { ...titleOf(state, instance), ...keyOf(state, instance) };
  return {
    kind: "call",
    instance,
    started: { kind: "step.started", v: 1, path, attempt: attempt + 1, input, ...more },
  };
}

/** The key that a tool step is given by its author. Like the input it is worked out once, and is the same for every attempt. */
function keyOf(state: RunState, instance: Instance): { readonly key?: string } {
  const { verb } = instance.step;
  if (verb.kind !== "tool" || verb.idempotencyKey === undefined || instance.attempt > 0) return {};
  const key = renderText(verb.idempotencyKey, namesAt(state, { scope: instance.scope, instance }));
  if (key !== "") return { key };
  throw new RunwrightError(
    "expression.failed",
    `The idempotency_key of ${instance.path} is empty; it tells one call from another.`,
  );
}

/** The step's title for people. It never fails a step: a title that cannot be made is left out. */
function titleOf(state: RunState, instance: Instance): { readonly title?: string } {
  if (instance.step.title === undefined || instance.attempt > 0) return {};
  try {
    return { title: renderText(instance.step.title, namesAt(state, { scope: instance.scope, instance })) };
  } catch {
    return {};
  }
}

function callInput(state: RunState, instance: Instance): Json {
  const verb = instance.step.verb;
  if (instance.input !== undefined) return instance.input;
  const names = namesAt(state, { scope: instance.scope, instance });
  if (verb.kind === "llm") {
    const { system, prompt, messages } = verb;
    return {
      ...(system !== undefined && { system: renderText(system, names) }),
      ...(prompt !== undefined && { prompt: renderText(prompt, names) }),
      ...(messages !== undefined && { messages: render(messages, names) }),
    };
  }
  if (verb.kind !== "function" && verb.kind !== "assignment" && verb.kind !== "tool") return null;
  return render(verb.with, names);
}

/** The failure of an instance. */
export function failure(instance: Instance, error: StepError): RunEvent {
  return { kind: "step.failed", v: 1, path: instance.path, error: { code: error.code, message: error.message } };
}
