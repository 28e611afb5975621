import { hasCode, toRunwrightError } from "../base/error.ts";
import { evaluate } from "../language/expression/evaluate.ts";
import { budgetWarning } from "./budget.ts";
import { act, failure, resumeWait } from "./act.ts";
import { type Command, record } from "./command.ts";
import { type RunLimit, warningsMax } from "./event.ts";
import { finish } from "./finish.ts";
import { endedBody, failureWithin } from "./loop.ts";
import { afterTimeout, dueEvent } from "./gate.ts";
import { expand } from "./for-each.ts";
import { isExhausted, isFree } from "./lifecycle.ts";
import { namesAt } from "./names.ts";
import { skipRule } from "./start-rule.ts";
import { type Instance, isWhole, limitDue, type RunState } from "./state.ts";

/**
 * Everything that may be done now, in the order in which it became possible. Pure: the same state and time give the same commands; each
 * leaves the state by the event it leads to. Looks only at what is ready or due, never at the rest of the run.
 */
export function next(state: RunState, nowMs: number): readonly Command[] {
  if (state.ended !== undefined || state.created === undefined) return [];
  if (!state.started) return [record(state.cancel === undefined ? { kind: "run.started", v: 1 } : finish(state))];
  if (state.root?.left === 0) return [warned(state, (view) => record(finish(view)))];
  if (state.paused && state.cancel === undefined) return [];
  const limit = limitReached(state, nowMs);
  if (limit !== undefined) return [record({ kind: "run.limit-reached", v: 1, limit })];
  const warning = budgetWarning(state);
  if (warning !== undefined) return [record(warning)];

  const fired = state.timers.due(nowMs).map((timer) => record(dueEvent(timer.instance, nowMs)));
  // What has fallen due changes what may be done: a group whose time is over begins no iteration any more.
  return fired.length > 0 ? fired : decideReady(state, nowMs);
}

/** A bound of the run that is reached now. A run that is being cancelled ends as cancelled. */
function limitReached(state: RunState, nowMs: number): RunLimit | undefined {
  if (state.limit !== undefined || state.cancel !== undefined) return undefined;
  const stepsMax = state.plan.limits?.steps;
  if (stepsMax !== undefined && state.instances.size > stepsMax) return "steps";
  const due = limitDue(state);
  return due !== undefined && due.at <= nowMs ? due.limit : undefined;
}

/** Stops looking once the run has as many calls under way as it may: what is ready behind them keeps its place. */
function decideReady(state: RunState, nowMs: number): readonly Command[] {
  const commands: Command[] = [];
  let room = (state.plan.limits?.parallel ?? Number.POSITIVE_INFINITY) - state.calls.size;
  for (const instance of state.ready) {
    const command = warned(state, (view) => decideInstance(view, instance, nowMs));
    if (command === undefined) continue;
    if (command.kind === "call" && room <= 0) break;
    if (command.kind === "call") room -= 1;
    commands.push(command);
    // What lies behind it does not begin: the run pauses, or fails.
    if (command.kind === "record" && command.event.kind === "budget.reached") break;
  }
  return commands;
}

/** A command with what was let pass in making it; the state is looked at through a view that hears of it. */
function warned<C extends Command | undefined>(state: RunState, make: (view: RunState) => C): C {
  if (state.plan.leniency?.permissive !== true) return make(state);
  const warnings = new Set<string>();
  const command = make({ ...state, missing: (what) => warnings.size < warningsMax && warnings.add(what) });
  if (command === undefined || warnings.size === 0) return command;
  const heard = { warnings: [...warnings] };
  return command.kind === "call"
    ? { ...command, started: { ...command.started, ...heard } }
    : { ...command, event: { ...command.event, ...heard } };
}

function decideInstance(state: RunState, instance: Instance, nowMs: number): Command | undefined {
  try {
    if (instance.cancelling) return isFree(instance) ? cancelled(instance) : undefined;
    if (instance.gate !== undefined && instance.gate.offer.kind === undefined)
      return record(afterTimeout(instance, nowMs));
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
