import { RunwrightError } from "../base/error.ts";
import type { StepPlan } from "../language/plan.ts";
import type { SkipReason, WaitReason } from "./event.ts";
import { type Instance, isLeaf, isWhole, operationName, type RunState, type Scope } from "./state.ts";
import { assertStepTransition, hasEnded, type StepStatus } from "./states.ts";

/** Begins a list of steps: makes one instance a step, from position `from` on, and readies those that wait for nothing. */
export function openScope(
  state: RunState,
  steps: readonly number[],
  options: {
    readonly owner?: Instance;
    readonly iteration?: number;
    readonly previous?: Scope;
    readonly from?: number;
  },
): Scope {
  const { from = 0, ...rest } = options;
  const scope: Scope = { ...rest, children: [], left: 0, halted: false, firstFailed: Number.POSITIVE_INFINITY };
  const prefix = scopePrefix(scope);

  for (const [position, index] of steps.entries()) {
    const step = stepAt(state, index);
    const kept = position < from ? options.previous?.children[position] : undefined;
    if (kept !== undefined) {
      scope.children.push(kept);
      continue;
    }
    scope.children.push(addInstance(state, { path: prefix + step.id, step, scope }));
    scope.left += 1;
  }
  for (const child of scope.children) if (child.scope === scope) readyIfFree(state, child, from);
  return scope;
}

/** Path of what stands in a scope, up to and with the last `/`. */
export function scopePrefix(scope: Scope): string {
  if (scope.owner === undefined) return "";
  return scope.iteration === undefined ? `${scope.owner.path}/` : `${scope.owner.path}@${scope.iteration}/`;
}

/** Makes the next items of a for-each, as far as its lanes allow. */
export function fillLanes(state: RunState, whole: Instance): void {
  const each = whole.each;
  const lanes = whole.step.forEach?.parallelMax ?? 1;
  if (each === undefined || each.stoppedBy !== undefined || whole.cancelling) return;

  while (each.live < lanes && each.instances.length < each.items.length) {
    const index = each.instances.length;
    const path = `${whole.path}[${each.keys?.[index] ?? index}]`;
    const item = addInstance(state, { path, step: whole.step, scope: whole.scope, whole, index });
    each.instances.push(item);
    each.live += 1;
    setStatus(state, item, "ready");
  }
}

/** Changes a status by the table, and keeps every count and set that is derived from it. */
export function setStatus(state: RunState, instance: Instance, to: StepStatus): void {
  assertStepTransition(instance.path, instance.status, to);
  if (isLeaf(instance)) {
    state.counts[instance.status] -= 1;
    state.counts[to] += 1;
    if (instance.status === "running") {
      state.calls.delete(instance);
      state.aborting.delete(instance);
    }
  }
  if (instance.status === "waiting") stopWaiting(state, instance);
  instance.status = to;
  if (to === "ready") state.ready.add(instance);
  else state.ready.delete(instance);
}

/** Lets an instance wait, with a timer when `dueAt` is given. */
export function setWaiting(state: RunState, instance: Instance, reason: WaitReason, dueAt: number | undefined): void {
  setStatus(state, instance, "waiting");
  instance.waiting = reason;
  if (reason === "backoff") state.backoffs += 1;
  if (dueAt !== undefined) setTimer(state, instance, dueAt, reason !== "gate");
}

/** What a wait leaves behind when it is over. */
function stopWaiting(state: RunState, instance: Instance): void {
  clearTimer(state, instance);
  if (instance.waiting === "backoff") state.backoffs -= 1;
  if (instance.waiting === "event") stopListening(state, instance);
  state.children.delete(instance);
  delete instance.waiting;
}

/** Lets a wait hear of events of its type. */
export function listen(state: RunState, instance: Instance, type: string): void {
  const others = state.listening.get(type);
  if (others === undefined) state.listening.set(type, new Set([instance]));
  else others.add(instance);
}

function stopListening(state: RunState, instance: Instance): void {
  const { verb } = instance.step;
  const others = verb.kind === "wait_event" ? state.listening.get(verb.event) : undefined;
  others?.delete(instance);
  if (others?.size === 0 && verb.kind === "wait_event") state.listening.delete(verb.event);
}

/** Starts the one timer that an instance may have. */
export function setTimer(state: RunState, instance: Instance, dueAt: number, movesOn: boolean): void {
  clearTimer(state, instance);
  instance.timer = { dueAt, order: instance.order, instance, movesOn };
  state.timers.add(instance.timer);
  if (movesOn) state.timed += 1;
}

/** Takes the timer of an instance away. */
export function clearTimer(state: RunState, instance: Instance): void {
  if (instance.timer === undefined) return;
  state.timers.remove(instance.timer);
  if (instance.timer.movesOn) state.timed -= 1;
  delete instance.timer;
}

/**
 * Ends an instance and lets those go on that waited for it.
 *
 * Touches the instance, its followers and its group: never the rest of the run. A stop touches its list once.
 */
export function end(state: RunState, instance: Instance, status: StepStatus, at: number): void {
  clearTimer(state, instance);
  state.gates.delete(instance);
  setStatus(state, instance, status);
  instance.endedAt = at;
  if (instance.whole === undefined) leaveScope(state, instance, at);
  else leaveEach(state, instance, instance.whole, at);
}

/** Ends an instance that never started. */
export function skip(state: RunState, instance: Instance, reason: SkipReason, at: number): void {
  instance.skipped = reason;
  end(state, instance, "skipped", at);
}

/** True when this failure stays within the instance: its policy is `continue` and no gate ended the run. */
function isContained(state: RunState, instance: Instance): boolean {
  return instance.step.onFailure === "continue" && state.rejectedAt === undefined;
}

/** Lets nothing more start in a list, and ends what lives in it as soon as it can be ended. */
export function haltScope(state: RunState, scope: Scope, at: number): void {
  if (scope.halted) return;
  scope.halted = true;
  for (const child of scope.children) if (child.scope === scope) cancelTree(state, child, at);
}

/** Cancels an instance and all that lives below it; what runs is aborted, what never started is skipped. */
function cancelTree(state: RunState, instance: Instance, at: number): void {
  if (hasEnded(instance.status)) return;
  if (isUntouched(instance)) return skip(state, instance, "parent", at);

  instance.cancelling = true;
  // Its end has been decided: a timer that fell due meanwhile would ask for something that nobody may do any more.
  clearTimer(state, instance);
  if (instance.body !== undefined) haltScope(state, instance.body, at);
  if (instance.each !== undefined) for (const item of instance.each.instances) cancelTree(state, item, at);
  if (state.calls.has(instance)) state.aborting.add(instance);
  else if (isFree(instance)) state.ready.add(instance);
}

/** True when nothing below an instance is alive, so that it can be ended itself. */
export function isFree(instance: Instance): boolean {
  if (instance.each !== undefined) return instance.each.live === 0;
  return instance.body === undefined || instance.body.left === 0;
}

/** The step at an index of the plan. */
export function stepAt(state: RunState, index: number): StepPlan {
  const step = state.plan.steps[index];
  if (step === undefined) throw new RunwrightError("machine.illegal", `The plan has no step ${index}.`);
  return step;
}

function isUntouched(instance: Instance): boolean {
  return instance.status === "pending" || (instance.status === "ready" && instance.attempt === 0);
}

/** Makes an instance that waits for its siblings. */
export function addInstance(
  state: RunState,
  identity: Pick<Instance, "path" | "step" | "scope" | "whole" | "index" | "redo">,
): Instance {
  const instance: Instance = {
    ...identity,
    order: state.instances.size,
    status: "pending",
    waitsLeft: 0,
    failedBefore: false,
    attempt: 0,
    cancelling: false,
  };
  if (state.inherited !== undefined) takeOver(state.inherited, instance);
  state.instances.set(instance.path, instance);
  if (isLeaf(instance)) state.counts.pending += 1;
  return instance;
}

/** What another run has begun in this place is the instance's own from now on. */
function takeOver(inherited: NonNullable<RunState["inherited"]>, instance: Instance): void {
  const { path } = instance;
  if (!Object.hasOwn(inherited, path)) return;
  const begun = inherited[path] ?? [];
  instance.effects = new Map(begun.map((each) => [operationName(each.operation), each]));
  delete inherited[path];
}

function readyIfFree(state: RunState, instance: Instance, from: number): void {
  // A loop that starts in the middle: the earlier children have ended in an earlier iteration.
  readyAfter(state, instance, (before) => before.step.position >= from);
}

/** Readies an instance, unless some of what it waits for is still to come. */
export function readyAfter(state: RunState, instance: Instance, isToCome: (before: Instance) => boolean): void {
  for (const index of instance.step.waitsFor) {
    const before = instance.scope.children[stepAt(state, index).position];
    if (before === undefined) continue;
    if (isToCome(before)) instance.waitsLeft += 1;
    else instance.failedBefore ||= before.failedBefore;
  }
  if (instance.waitsLeft === 0) setStatus(state, instance, "ready");
}

function leaveScope(state: RunState, instance: Instance, at: number): void {
  const scope = instance.scope;
  const hasFailed = instance.status === "failed";
  scope.left -= 1;
  if (hasFailed && state.rejectedAt === undefined) {
    instance.failedBefore = true;
    scope.firstFailed = Math.min(scope.firstFailed, instance.step.position);
  }
  for (const index of state.followers[instance.step.index] ?? []) {
    const follower = scope.children[stepAt(state, index).position];
    if (follower !== undefined) releaseFollower(state, follower, instance);
  }
  if (hasFailed && !isContained(state, instance)) stopScope(state, scope, instance, at);
  if (scope.left === 0 && scope.owner !== undefined) state.ready.add(scope.owner);
}

function releaseFollower(state: RunState, follower: Instance, ended: Instance): void {
  // What has begun already was let go by an instance that this one took the place of; a child that an earlier iteration left behind stands
  // in that iteration's list.
  if (follower.status !== "pending" || follower.scope !== ended.scope) return;
  follower.failedBefore ||= ended.failedBefore;
  follower.waitsLeft -= 1;
  if (follower.waitsLeft === 0) setStatus(state, follower, "ready");
}

function leaveEach(state: RunState, item: Instance, whole: Instance, at: number): void {
  const each = whole.each;
  if (each === undefined) return;
  each.live -= 1;
  each.ended += 1;
  if (item.status === "failed" && !isContained(state, item) && each.stoppedBy === undefined) {
    each.stoppedBy = item;
    for (const other of each.instances) cancelTree(state, other, at);
  }
  fillLanes(state, whole);
  if (each.live === 0) state.ready.add(whole);
}

function stopScope(state: RunState, scope: Scope, failed: Instance, at: number): void {
  if (scope.stoppedBy !== undefined || scope.halted) return;
  scope.stoppedBy = failed;
  for (const child of scope.children) {
    if (child.scope !== scope) continue;
    if (child.status === "pending") child.failedBefore ||= hasFailedBefore(state, child);
    if (child.step.runOn === "success") cancelTree(state, child, at);
  }
}

/** What is skipped by a stop ends before all that it waits for has: whoever looks behind it still finds the failure there. */
function hasFailedBefore(state: RunState, { step, scope }: Instance): boolean {
  return step.waitsFor.some((index) => scope.children[stepAt(state, index).position]?.failedBefore === true);
}

/** True for a for-each whose items have all ended, or whose stop leaves none to wait for. */
export function isExhausted(instance: Instance): boolean {
  const each = instance.each;
  if (!isWhole(instance) || each === undefined || each.live > 0) return false;
  return each.stoppedBy !== undefined || instance.cancelling || each.instances.length === each.items.length;
}
