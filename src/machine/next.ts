import { hasCode, RunwrightError, toRunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { evaluate } from "../language/expression/evaluate.ts";
import { render, renderText } from "../language/expression/template.ts";
import { type Command, record } from "./command.ts";
import type { RunEvent, StepError } from "./event.ts";
import { endedBody, failureWithin } from "./loop.ts";
import { gateOffer } from "./gate.ts";
import { expand } from "./for-each.ts";
import { isExhausted, isFree } from "./lifecycle.ts";
import { namesAt } from "./names.ts";
import { skipRule } from "./start-rule.ts";
import { type Instance, isWhole, type RunState } from "./state.ts";

/**
 * Everything that may be done now, in the order in which it became possible. Pure: the same state and time give the same commands; each
 * leaves the state by the event it leads to. Looks only at what is ready or due, never at the rest of the run.
 */
export function next(state: RunState, nowMs: number): readonly Command[] {
  if (state.ended !== undefined || state.created === undefined) return [];
  if (!state.started) return [record(state.cancel === undefined ? { kind: "run.started", v: 1 } : finish(state))];
  if (state.root?.left === 0) return [record(finish(state))];
  if (state.paused && state.cancel === undefined) return [];

  const fired = state.timers
    .due(nowMs)
    .map((timer) => record({ kind: "timer.fired", v: 1, path: timer.instance.path }));
  const ready: Command[] = [];
  for (const instance of state.ready) {
    const command = decideInstance(state, instance, nowMs);
    if (command !== undefined) ready.push(command);
  }
  return [...fired, ...ready];
}

function decideInstance(state: RunState, instance: Instance, nowMs: number): Command | undefined {
  try {
    if (instance.cancelling) return isFree(instance) ? cancelled(instance) : undefined;
    if (instance.gate !== undefined) return record({ kind: "gate.expired", v: 1, path: instance.path });
    if (instance.each !== undefined) return endedItems(instance);
    if (instance.body !== undefined)
      return instance.body.left === 0 ? endedBody(state, instance, instance.body) : undefined;
    return begin(state, instance, nowMs);
  } catch (error) {
    // An expression that fails is the step's failure. Anything else is a fault of the machine and must not pass for one.
    if (!hasCode(error, "expression.failed") && !hasCode(error, "expression.too-expensive") && !isItemsError(error))
      throw error;
    return record(failure(instance, toRunwrightError(error)));
  }
}

function isItemsError(error: unknown): boolean {
  return (
    hasCode(error, "items.not-a-list") || hasCode(error, "items.too-many") || hasCode(error, "items.duplicate-key")
  );
}

function cancelled(instance: Instance): Command {
  const open = instance.gate?.state === "open";
  return record({ kind: open ? "gate.withdrawn" : "step.cancelled", v: 1, path: instance.path });
}

/** A for-each whose items have all ended. */
function endedItems(whole: Instance): Command | undefined {
  if (!isExhausted(whole)) return undefined;
  const failed = whole.each?.stoppedBy;
  return record(
    failed === undefined ? { kind: "step.succeeded", v: 1, path: whole.path } : failure(whole, failureWithin(failed)),
  );
}

function begin(state: RunState, instance: Instance, nowMs: number): Command {
  const path = instance.path;
  if (instance.attempt > 0) return resumeWait(state, instance);

  // `needs`, `else` and `run_on` belong to a for-each as a whole, `if` to each of its items.
  if (instance.whole === undefined) {
    const reason = skipRule(state, instance);
    if (reason !== undefined) return record({ kind: "step.skipped", v: 1, path, reason });
  }
  if (isWhole(instance)) return record(expand(state, instance));

  const names = namesAt(state, { scope: instance.scope, instance });
  const condition = instance.step.if;
  if (condition !== undefined && evaluate(condition, names) !== true) {
    return record({ kind: "step.skipped", v: 1, path, reason: "if", evidence: condition.text });
  }
  return act(state, instance, nowMs);
}

/** An instance whose timer has fired: a wait is over, a back-off leads to the next attempt. */
function resumeWait(state: RunState, instance: Instance): Command {
  if (instance.step.verb.kind === "wait") return record({ kind: "step.succeeded", v: 1, path: instance.path });
  return call(state, instance);
}

function act(state: RunState, instance: Instance, nowMs: number): Command {
  const { verb, loop } = instance.step;
  const path = instance.path;
  const names = namesAt(state, { scope: instance.scope, instance });
  switch (verb.kind) {
    case "function":
    case "assignment":
      return call(state, instance);
    case "set":
      return record({ kind: "step.succeeded", v: 1, path, output: render(verb.value, names) });
    case "fail":
      return record(failure(instance, { code: "step.failed", message: renderText(verb.message, names) }));
    case "wait":
      return record({
        kind: "step.waiting",
        v: 1,
        path,
        reason: "timer",
        until: nowMs + verb.durationMs,
        ...titleOf(state, instance),
      });
    case "approve": {
      const shown = {
        question: renderText(verb.question, names),
        show: verb.show === undefined ? null : render(verb.show, names),
      };
      const expiresAt = verb.timeoutMs === undefined ? undefined : nowMs + verb.timeoutMs;
      return record({
        kind: "gate.opened",
        v: 1,
        path,
        gate: gateOffer(verb, shown, expiresAt),
        ...titleOf(state, instance),
      });
    }
    case "llm":
    case "agent":
    case "tool":
    case "workflow":
    case "plan":
    case "wait_until":
    case "wait_event":
      // Refused before a run is made of it: see `unsupported` of the compiler.
      throw new RunwrightError("machine.illegal", `Step ${path} is of kind ${verb.kind}, which is not carried out.`);
    case "do":
      if (loop !== undefined) return record({ kind: "iteration.started", v: 1, path, n: 1, from: 0 });
      return record({ kind: "step.started", v: 1, path, attempt: 1, ...titleOf(state, instance) });
  }
}

/** The next attempt of a function or assignment. */
function call(state: RunState, instance: Instance): Command {
  const { path, attempt } = instance;
  const input = callInput(state, instance);
  return {
    kind: "call",
    instance,
    started: { kind: "step.started", v: 1, path, attempt: attempt + 1, input, ...titleOf(state, instance) },
  };
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
  if (verb.kind !== "function" && verb.kind !== "assignment") return null;
  return render(verb.with, namesAt(state, { scope: instance.scope, instance }));
}

function failure(instance: Instance, error: StepError): RunEvent {
  return { kind: "step.failed", v: 1, path: instance.path, error: { code: error.code, message: error.message } };
}

/** How the run ends, once nothing in it is left. */
function finish(state: RunState): RunEvent {
  const base = { kind: "run.finished", v: 1 } as const;
  if (state.cancel !== undefined) return { ...base, status: "cancelled", output: null };
  if (state.rejectedAt !== undefined) return { ...base, status: "completed", outcome: "rejected", output: null };

  const failed = state.root?.stoppedBy;
  if (failed !== undefined) {
    const { code, message } = failed.error ?? { code: "step.failed", message: "" };
    return { ...base, status: "failed", output: null, error: { code, message, path: failed.path } };
  }
  return finishOk(state);
}

function finishOk(state: RunState): RunEvent {
  const base = { kind: "run.finished", v: 1 } as const;
  if (state.plan.output === undefined || state.root === undefined)
    return { ...base, status: "completed", outcome: "ok", output: null };
  try {
    return {
      ...base,
      status: "completed",
      outcome: "ok",
      output: render(state.plan.output, namesAt(state, { scope: state.root })),
    };
  } catch (error) {
    const { code, message } = toRunwrightError(error);
    if (code === "internal" || code === "machine.illegal") throw error;
    return { ...base, status: "failed", output: null, error: { code, message, path: "output" } };
  }
}
