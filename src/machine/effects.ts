import { RunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { EffectClass } from "../language/connector.ts";
import { budgetReached, spend } from "./budget.ts";
import { type Hold, isGranted, openEffectGate } from "./effect-gate.ts";
import type { Operation, PolicyMark, RunEvent, Target } from "./event.ts";
import { type BegunOperation, type Instance, operationName, type RunState } from "./state.ts";
import type { Usage } from "./usage.ts";

/** What the rules say of an operation. */
export interface Ruling extends PolicyMark {
  readonly outcome: "allow" | "deny" | "needs_approval";
  readonly reason: string;
  readonly approvals?: { readonly count: number; readonly roles: readonly string[] };
}

/** An operation that an attempt asks for. */
export interface OperationRequest {
  readonly path: string;
  readonly attempt: number;
  readonly operation: Operation;
  readonly class: EffectClass;
  readonly key: string;
  /** When the attempt's time is over. */
  readonly deadline?: number;
  readonly target?: Target;
  /** Asked once it is known that something is about to leave. */
  readonly rule?: () => Ruling;
  /** Whether it was carried out before can be looked for. */
  readonly canFind?: true;
  /** It was looked for, after what was under way could no longer arrive, and was not there. */
  readonly looked?: true;
}

/**
 * What becomes of an operation: it is called once the event is durable, has its receipt already, is looked for first and not before a time, waits
 * until the run is resumed, is denied, or has to wait for people.
 */
export type Beginning =
  | { readonly kind: "begins"; readonly event: RunEvent }
  | { readonly kind: "received"; readonly receipt: Json }
  | { readonly kind: "looks"; readonly notBefore: number; readonly policy?: PolicyMark }
  | { readonly kind: "waits" }
  /** Waits, since what the run may use up is used up: the event says so. */
  | { readonly kind: "spent"; readonly event: RunEvent }
  | { readonly kind: "denied"; readonly event: RunEvent; readonly reason: string }
  | { readonly kind: "held"; readonly hold: Hold };

type EffectEvent = Extract<RunEvent, { kind: `effect.${string}` }>;
type Intent = Extract<EffectEvent, { kind: "effect.intended" }>;
type ReceiptEvent = Extract<EffectEvent, { kind: "effect.received" | "effect.reconciled" }>;

/** Those that may be called again without a look at whether the call before was carried out. */
const repeatable: ReadonlySet<EffectClass> = new Set(["read", "keyed", "idempotent"]);

/**
 * Decides an operation of a running attempt. Throws `call.aborted` when the run needs its step no longer, and for operations that must not
 * be carried out `effect.mismatch` or `effect.too-many`.
 */
export function beginOperation(state: RunState, request: OperationRequest): Beginning {
  const instance = state.instances.get(request.path);
  if (instance === undefined || !isUnderWay(state, instance, request.attempt)) throw tooLate(request.path);
  const before = operationBefore(instance, request);
  if (before?.receipt !== undefined && isValid(before, instance)) return { kind: "received", receipt: before.receipt };
  if (state.paused) return { kind: "waits" };
  const spent = request.target?.kind === "model" ? budgetReached(state) : undefined;
  if (spent !== undefined) return { kind: "spent", event: spent };
  return ruled(instance, request) ?? begunBefore(before, request) ?? begins(request);
}

/** Whatever stands against it in the rules; undefined when they let it pass. */
function ruled(instance: Instance, request: OperationRequest): Beginning | undefined {
  const { path, operation, target, rule } = request;
  if (target === undefined || rule === undefined) return undefined;
  const { outcome, reason, rules, version, approvals } = rule();
  const policy = { rules, version };
  if (outcome === "allow") return undefined;
  if (outcome === "deny") {
    return { kind: "denied", event: { kind: "effect.denied", v: 1, path, operation, target, policy }, reason };
  }
  if (isGranted(instance, operation, version)) return undefined;
  const { key, class: effectClass } = request;
  const asks = { count: approvals?.count ?? 1, roles: approvals?.roles ?? [] };
  const held = { kind: "effect-approval", operation, key, class: effectClass, target, policy, reason, asks } as const;
  return { kind: "held", hold: held };
}

/** What stands against calling it once more: what is not known of the call before. */
function begunBefore(before: BegunOperation | undefined, request: OperationRequest): Beginning | undefined {
  if (before === undefined || before.receipt !== undefined || before.again === true || before.undone === true)
    return undefined;
  const risky = [before.class, request.class].find((each) => !repeatable.has(each));
  if (risky === undefined || request.looked === true) return undefined;
  const { operation, key, begunAt, deadline, target, policy } = before;
  if (request.canFind === true && risky !== "blind") {
    const notBefore = (deadline ?? begunAt) + limits.stragglerMs;
    return { kind: "looks", notBefore, ...policyOf(request) };
  }
  const known = { ...(target !== undefined && { target }), ...(policy !== undefined && { policy }) };
  return { kind: "held", hold: { kind: "effect-unknown", operation, key, class: risky, begunAt, ...known } };
}

function begins(request: OperationRequest): Beginning {
  const { path, operation, key, class: effectClass, deadline, target } = request;
  const time = deadline === undefined ? {} : { deadline };
  const aim = target === undefined ? {} : { target };
  const event = { kind: "effect.intended", v: 1, path, operation, key, class: effectClass } as const;
  return { kind: "begins", event: { ...event, ...time, ...aim, ...policyOf(request) } };
}

function policyOf({ target, rule }: OperationRequest): { readonly policy?: PolicyMark } {
  if (target === undefined || rule === undefined) return {};
  const { rules, version } = rule();
  return { policy: { rules, version } };
}

/** What is known of the operation, if it may be called. */
function operationBefore(
  instance: Instance,
  { path, operation, class: effectClass }: OperationRequest,
): BegunOperation | undefined {
  const before = instance.effects?.get(operationName(operation));
  if (before === undefined) {
    if ((instance.effects?.size ?? 0) < limits.operationsMax) return undefined;
    const message = `Step ${path} has ${limits.operationsMax} operations, which is the most; spread them over the items of a for_each.`;
    throw new RunwrightError("effect.too-many", message);
  }
  // It never happened: the next attempt may do something else under this name.
  if (before.undone === true) return undefined;
  // Another run had other inputs, perhaps: then it is another operation.
  if (before.inherited === true && before.operation.digest !== operation.digest) return undefined;
  // What an earlier attempt read is read anew, and so it may be something else: what a model says depends on what it said before.
  if (isReadAnew(before, instance, effectClass) && before.operation.digest !== operation.digest) return undefined;
  assertSame(instance, before, operation);
  return before;
}

/** A receipt that has come, or that was found. */
export interface ReceiptRequest extends Pick<OperationRequest, "path" | "attempt" | "operation"> {
  readonly receipt: Json;
  readonly usage?: Usage;
  /** Somebody looked for it: the answer to the call itself never came. */
  readonly found?: true;
}

/** The event for a receipt, or the receipt that was there before it: for one key the first is the only one. */
export function receiveReceipt(
  state: RunState,
  { path, attempt, operation, receipt, usage, found }: ReceiptRequest,
): { readonly event: RunEvent } | { readonly receipt: Json } {
  const instance = state.instances.get(path);
  const effect = instance?.effects?.get(operationName(operation));
  if (state.ended !== undefined || effect === undefined) throw tooLate(path);
  // What an earlier attempt read says nothing about now.
  if (effect.class === "read" && effect.attempt !== attempt) throw tooLate(path);
  if (effect.receipt !== undefined) return { receipt: effect.receipt };
  const kind = found === true ? "effect.reconciled" : "effect.received";
  const used = usage === undefined ? {} : { usage };
  return { event: { kind, v: 1, path, operation: effect.operation, receipt, ...used } };
}

/** A call that has come back with a failure. */
export interface FailureReport extends Pick<OperationRequest, "path" | "attempt" | "operation"> {
  readonly code: string;
  readonly undone?: true;
  readonly looked?: true;
}

/** The event for a failed call. That nothing was done counts only of the call that was begun last, and only where none before it is in doubt. */
export function failOperation(state: RunState, { attempt, ...failure }: FailureReport): RunEvent {
  const { path, operation, code, undone, looked } = failure;
  const effect = state.instances.get(path)?.effects?.get(operationName(operation));
  if (state.ended !== undefined || effect === undefined) throw tooLate(path);
  const isKnown = undone === true && effect.attempt === attempt && canBeUndone(effect);
  const more = { ...(isKnown && { undone }), ...(looked === true && { looked }) };
  return { kind: "effect.failed", v: 1, path, operation: effect.operation, code, ...more };
}

/** True for what was called, has no answer, and was not in doubt before that call. */
function canBeUndone({ receipt, undone, doubted }: BegunOperation): boolean {
  return receipt === undefined && undone !== true && doubted !== true;
}

/** Keeps what another run has begun until its instance comes into being. */
export function inherit(state: RunState, event: Extract<RunEvent, { kind: "run.inherited" }>): void {
  const { instance, operation, key, class: effectClass, begunAt, target, receipt } = event;
  const more = { ...(target !== undefined && { target }), ...(receipt !== undefined && { receipt }) };
  const before: BegunOperation = { operation, key, class: effectClass, begunAt, attempt: 0, inherited: true, ...more };
  state.inherited ??= {};
  // A step may be called `constructor`.
  if (Object.hasOwn(state.inherited, instance)) state.inherited[instance]?.push(before);
  else state.inherited[instance] = [before];
}

/** True for events of operations. */
export function isEffectEvent(event: RunEvent): event is EffectEvent {
  return event.kind.startsWith("effect.");
}

/** Folds an event of an operation: it touches its instance's own list, and what decides what comes next only where a gate opens. */
export function applyEffectEvent(state: RunState, instance: Instance, event: EffectEvent, at: number): void {
  const name = operationName(event.operation);
  const before = instance.effects?.get(name);
  switch (event.kind) {
    case "effect.denied":
      return;
    case "effect.held":
    case "effect.unknown":
      return openEffectGate(state, instance, event, at);
    case "effect.received":
    case "effect.reconciled":
      effectsOf(instance).set(name, withReceipt(before, event));
      return spend(state, instance, event.usage);
    case "effect.failed":
      return applyFailure(instance, event);
    case "effect.intended":
      effectsOf(instance).set(name, begun(state, instance, event, { before, at }));
  }
}

function effectsOf(instance: Instance): Map<string, BegunOperation> {
  instance.effects ??= new Map();
  return instance.effects;
}

/** Nothing follows of a failure after which nobody knows: it stands in the journal, and what decides is that there is no receipt. */
function applyFailure(instance: Instance, event: Extract<EffectEvent, { kind: "effect.failed" }>): void {
  const name = operationName(event.operation);
  const before = instance.effects?.get(name);
  if (before === undefined) throw illegal(event, "the operation was not begun");
  if (event.undone !== true) return;
  if (!canBeUndone(before)) throw illegal(event, "more is known of the operation");
  effectsOf(instance).set(name, { ...before, undone: true });
}

function withReceipt(before: BegunOperation | undefined, event: ReceiptEvent): BegunOperation {
  if (before === undefined) throw illegal(event, "the operation was not begun");
  if (before.receipt !== undefined) throw illegal(event, "the operation has its receipt");
  const { undone: _undone, ...known } = before;
  return { ...known, receipt: event.receipt };
}

function begun(
  state: RunState,
  instance: Instance,
  event: Extract<EffectEvent, { kind: "effect.intended" }>,
  { before, at }: { readonly before: BegunOperation | undefined; readonly at: number },
): BegunOperation {
  if (!state.calls.has(instance) || instance.cancelling) throw illegal(event, "no attempt of its step is under way");
  const { operation, key, class: effectClass, deadline, target, policy } = event;
  const { attempt } = instance;
  const more = {
    ...(deadline !== undefined && { deadline }),
    ...(target !== undefined && { target }),
    ...(policy !== undefined && { policy }),
  };
  const last = lastingOf(before, instance, event);
  if (last === undefined) return { operation, key, class: effectClass, begunAt: at, attempt, ...more };
  if (last.key !== key) throw illegal(event, "the operation has another key");
  if (last.receipt !== undefined && isValid(last, instance)) throw illegal(event, "the operation has its receipt");
  const doubt = isInDoubt(last) ? { doubted: true as const } : {};
  return { operation, key, class: effectClass, begunAt: last.begunAt, attempt, ...more, ...doubt };
}

/** What was begun, unless it has done nothing, or is another operation under this name. */
function lastingOf(before: BegunOperation | undefined, instance: Instance, event: Intent): BegunOperation | undefined {
  return before === undefined || before.undone === true || isOther(before, instance, event) ? undefined : before;
}

/** What may be repeated is called again although nobody knows of the call before; everything else is first looked for, or settled by people. */
function isInDoubt({ receipt, again, class: effectClass }: BegunOperation): boolean {
  return receipt === undefined && again !== true && repeatable.has(effectClass);
}

function isUnderWay(state: RunState, instance: Instance, attempt: number): boolean {
  const isHalted = state.ended !== undefined || state.cancel !== undefined || instance.cancelling;
  return !isHalted && state.calls.has(instance) && instance.attempt === attempt;
}

/** A receipt counts for every later attempt; what was read counts for the attempt that read it, however often it is interrupted. */
function isValid(effect: BegunOperation, instance: Instance): boolean {
  return effect.class !== "read" || effect.attempt === instance.attempt;
}

/** What was begun under its name is another operation: that of another run, or what an earlier attempt read. */
function isOther(before: BegunOperation, instance: Instance, { key, class: effectClass }: Intent): boolean {
  return before.key !== key && (before.inherited === true || isReadAnew(before, instance, effectClass));
}

/** A read of an earlier attempt says nothing about now. */
function isReadAnew(before: BegunOperation, instance: Instance, effectClass: EffectClass): boolean {
  return before.class === "read" && effectClass === "read" && before.attempt !== instance.attempt;
}

function assertSame({ path }: Instance, before: BegunOperation, operation: Operation): void {
  if (before.operation.digest === operation.digest) return;
  const { name, occurrence } = operation;
  throw new RunwrightError(
    "effect.mismatch",
    `Operation '${name}' (number ${occurrence} of that name) of step ${path} was begun with other arguments before; an operation is the same in every attempt. Make its name and arguments of the step's input alone, and give different things different names.`,
  );
}

function tooLate(path: string): RunwrightError {
  return new RunwrightError("call.aborted", `The run no longer needs this attempt of step ${path}.`);
}

function illegal(event: EffectEvent, why: string): RunwrightError {
  return new RunwrightError(
    "machine.illegal",
    `Event ${event.kind} of ${event.path} (${operationName(event.operation)}) cannot follow: ${why}.`,
  );
}
