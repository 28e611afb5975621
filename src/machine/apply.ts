import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { applyBudgetEvent, isBudgetEvent, resumeBudget } from "./budget.ts";
import { applyEffectEvent, inherit, isEffectEvent } from "./effects.ts";
import { type RunEvent, type RunLimit, warningsMax } from "./event.ts";
import { applyGateEvent, isGateEvent } from "./gate.ts";
import { withoutIterations } from "./events.ts";
import { setAsideError } from "./finish.ts";
import {
  clearTimer,
  end,
  fillLanes,
  haltScope,
  listen,
  openScope,
  setStatus,
  setTimer,
  setWaiting,
  skip,
} from "./lifecycle.ts";
import { type Instance, isWhole, type RunState } from "./state.ts";
import { hasEnded } from "./states.ts";

type Of<K extends RunEvent["kind"]> = Extract<RunEvent, { kind: K }>;

/**
 * Folds one event into the state. Rebuilding a run is applying its events in order, with the time of the segment each stands in.
 *
 * Costs the same for every event, except that a stop, a cancel and a new list touch their list once. Throws `machine.illegal` for an event
 * that cannot follow: a journal that holds one is damaged, or was written by rules this build does not know.
 */
export function apply(state: RunState, event: RunEvent, at: number): void {
  if (state.ended !== undefined) throw illegal(event, "the run has ended");
  state.seq += 1;
  fold(state, event, at);
  keepTime(state, at);
}

/** Only what runs or backs off uses up the run's time; waits for people, timers, events and pauses do not. */
function keepTime(state: RunState, at: number): void {
  const { active } = state;
  const isActive = state.calls.size > 0 || (state.backoffs > 0 && !state.paused);
  if (isActive) active.since ??= at;
  else if (active.since !== undefined) {
    active.spentMs += Math.max(0, at - active.since);
    delete active.since;
  }
}

function fold(state: RunState, event: RunEvent, at: number): void {
  if (!("path" in event)) return applyRunEvent(state, event, at);
  const instance = instanceAt(state, event);
  if ("title" in event && event.title !== undefined) instance.title = event.title;
  if (event.warnings !== undefined)
    instance.warnings = [...(instance.warnings ?? []), ...event.warnings].slice(0, warningsMax);
  if (isGateEvent(event)) return applyGateEvent(state, instance, event, at);
  if (isEffectEvent(event)) return applyEffectEvent(state, instance, event, at);
  return applyStepEvent(state, instance, event, at);
}

function applyRunEvent(state: RunState, event: Exclude<RunEvent, { path: string }>, at: number): void {
  if (isBudgetEvent(event)) {
    applyBudgetEvent(state, event);
    if (event.kind === "budget.reached" && event.action === "fail") limitReached(state, "budget", at);
    return;
  }
  switch (event.kind) {
    case "run.created":
      return created(state, event, at);
    case "run.inherited":
      return inherit(state, event);
    case "run.started":
      return started(state);
    case "run.paused":
      state.paused = true;
      return;
    case "run.resumed":
      state.paused = false;
      return resumeBudget(state, event.budget);
    case "run.cancel-requested":
      return cancelRequested(state, event, at);
    case "run.limit-reached":
      return limitReached(state, event.limit, at);
    case "event.received":
      state.received.push({ type: event.type, data: event.data, at, usedBy: new Set() });
      return;
    case "run.set-aside":
      state.ended = { phase: "failed", at, output: null, error: setAsideError(event.deaths) };
      return;
    case "run.finished":
      return finished(state, event, at);
  }
}

function limitReached(state: RunState, limit: RunLimit, at: number): void {
  state.limit = limit;
  if (state.root !== undefined) haltScope(state, state.root, at);
}

type StepEvent = Of<
  | "scope.expanded"
  | "iteration.started"
  | "step.started"
  | "step.continued"
  | "step.succeeded"
  | "step.failed"
  | "step.cancelled"
  | "step.skipped"
  | "step.waiting"
  | "child.started"
  | "timer.fired"
>;

function applyStepEvent(state: RunState, instance: Instance, event: StepEvent, at: number): void {
  switch (event.kind) {
    case "scope.expanded":
      return expanded(state, instance, event, at);
    case "iteration.started":
      return iterationStarted(state, instance, event, at);
    case "step.started":
      return stepStarted(state, instance, event, at);
    case "step.continued":
      return stepContinued(state, instance, event);
    case "step.succeeded":
      return succeeded(state, instance, event, at);
    case "step.failed":
      return failed(state, instance, event, at);
    case "step.cancelled":
      return end(state, instance, "cancelled", at);
    case "step.skipped":
      return skip(state, instance, event.reason, at);
    case "step.waiting":
      begin(instance, 1, at);
      setWaiting(state, instance, event.reason, event.until);
      if (instance.step.verb.kind === "wait_event") listen(state, instance, instance.step.verb.event);
      return;
    case "child.started":
      return childStarted(state, instance, event, at);
    case "timer.fired":
      if (instance.timer === undefined) throw illegal(event, "it has no timer");
      return timerFired(state, instance, at);
  }
}

function created(state: RunState, event: Of<"run.created">, at: number): void {
  if (state.created !== undefined) throw illegal(event, "the run exists already");
  const { run, workflow, version, startedBy, effectRoot, parent, forkedFrom, depth = 0 } = event;
  const others = { ...(parent !== undefined && { parent }), ...(forkedFrom !== undefined && { forkedFrom }) };
  state.created = { run, workflow, version, startedBy, effectRoot, at, depth, ...others };
  state.input = event.input;
  state.vars = event.input;
  state.env = event.env;
}

function started(state: RunState): void {
  state.started = true;
  state.root = openScope(state, state.plan.roots, {});
}

function cancelRequested(state: RunState, event: Of<"run.cancel-requested">, at: number): void {
  const { by, reason } = event;
  state.cancel = { by, at, ...(reason === undefined ? {} : { reason }) };
  if (state.root !== undefined) haltScope(state, state.root, at);
}

function finished(state: RunState, event: Of<"run.finished">, at: number): void {
  const { status: phase, outcome, output, error } = event;
  state.ended = {
    phase,
    at,
    output,
    ...(outcome === undefined ? {} : { outcome }),
    ...(error === undefined ? {} : { error }),
  };
}

function childStarted(state: RunState, instance: Instance, event: Of<"child.started">, at: number): void {
  begin(instance, 1, at);
  instance.child = event.run;
  instance.input = event.input;
  if (event.detach) {
    instance.output = { run: event.run };
    return end(state, instance, "succeeded", at);
  }
  const { timeoutMs } = instance.step;
  setWaiting(state, instance, "child", timeoutMs === undefined ? undefined : at + timeoutMs);
  state.children.add(instance);
}

function timerFired(state: RunState, instance: Instance, at: number): void {
  clearTimer(state, instance);
  if (instance.body !== undefined) {
    instance.timedOut = true;
    haltScope(state, instance.body, at);
    if (instance.body.left === 0) state.ready.add(instance);
  } else if (instance.waiting === "gate") state.ready.add(instance);
  else setStatus(state, instance, "ready");
}

function expanded(state: RunState, whole: Instance, event: Of<"scope.expanded">, at: number): void {
  if (!isWhole(whole)) throw illegal(event, "it is not a for-each");
  begin(whole, 1, at);
  setStatus(state, whole, "running");
  whole.each = {
    items: event.items,
    instances: [],
    ended: 0,
    live: 0,
    ...(event.keys === undefined ? {} : { keys: event.keys }),
  };
  fillLanes(state, whole);
  if (whole.each.live === 0) state.ready.add(whole);
}

function iterationStarted(state: RunState, group: Instance, event: Of<"iteration.started">, at: number): void {
  const loop = group.step.loop;
  const n = (group.body?.iteration ?? 0) + 1;
  if (loop === undefined || group.step.verb.kind !== "do") throw illegal(event, "it is not a loop");
  if (event.n !== n || n > loop.iterationsMax)
    throw illegal(event, `iteration ${n} of ${loop.iterationsMax} was expected`);
  if (group.body !== undefined && (hasEnded(group.status) || group.body.left > 0))
    throw illegal(event, `iteration ${n - 1} is not what the loop waits for`);

  if (n === 1) {
    begin(group, 1, at);
    setStatus(state, group, "running");
    limitGroup(state, group, at);
  } else {
    state.ready.delete(group);
  }
  group.body = openScope(state, group.step.verb.children, {
    owner: group,
    iteration: n,
    from: event.from,
    ...(group.body === undefined ? {} : { previous: group.body }),
  });
}

function stepStarted(state: RunState, instance: Instance, event: Of<"step.started">, at: number): void {
  const { verb, retry } = instance.step;
  if (event.attempt !== instance.attempt + 1 || event.attempt > Math.min(retry.attemptsMax, limits.attemptsMax)) {
    throw illegal(event, `attempt ${instance.attempt + 1} of ${retry.attemptsMax} was expected`);
  }
  begin(instance, event.attempt, at);
  setStatus(state, instance, "running");
  if (verb.kind === "do") {
    limitGroup(state, instance, at);
    instance.body = openScope(state, verb.children, { owner: instance });
    if (instance.body.left === 0) state.ready.add(instance);
    return;
  }
  if (event.input !== undefined) instance.input = event.input;
  if (event.key !== undefined) instance.key = event.key;
  state.calls.add(instance);
}

function stepContinued(state: RunState, instance: Instance, event: Of<"step.continued">): void {
  if (instance.continues !== true || event.attempt !== instance.attempt) throw illegal(event, "it waits for nobody");
  delete instance.continues;
  setStatus(state, instance, "running");
  state.calls.add(instance);
}

/** The time limit of a group, over all its iterations. */
function limitGroup(state: RunState, group: Instance, at: number): void {
  const { timeoutMs } = group.step;
  if (timeoutMs !== undefined) setTimer(state, group, at + timeoutMs, false);
}

function succeeded(state: RunState, instance: Instance, event: Of<"step.succeeded">, at: number): void {
  if (event.event !== undefined) state.received[event.event]?.usedBy.add(withoutIterations(instance.path));
  begin(instance, Math.max(1, instance.attempt), instance.startedAt ?? at);
  if (event.output !== undefined) instance.output = event.output;
  if (event.artifacts !== undefined) instance.artifacts = event.artifacts;
  if (event.receipt !== undefined) instance.receipt = event.receipt;
  if (event.vars !== undefined) state.vars = { ...state.vars, ...event.vars };
  end(state, instance, "succeeded", at);
}

function failed(state: RunState, instance: Instance, event: Of<"step.failed">, at: number): void {
  instance.error = event.error;
  if (event.retryAt === undefined) return end(state, instance, "failed", at);
  setWaiting(state, instance, "backoff", event.retryAt);
}

function begin(instance: Instance, attempt: number, at: number): void {
  instance.attempt = attempt;
  instance.startedAt = at;
  instance.firstStartedAt ??= at;
}

/** The instance an event speaks of; throws `machine.illegal` when there is none. */
function instanceAt(state: RunState, event: RunEvent & { readonly path: string }): Instance {
  const instance = state.instances.get(event.path);
  if (instance === undefined) throw illegal(event, `there is no step instance ${event.path}`);
  return instance;
}

function illegal(event: RunEvent, why: string): RunwrightError {
  const place = "path" in event ? ` of ${event.path}` : "";
  return new RunwrightError("machine.illegal", `Event ${event.kind}${place} cannot follow: ${why}.`);
}
