import { RunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { EffectClass } from "../language/connector.ts";
import type { Operation, RunEvent } from "./event.ts";
import type { BegunOperation, Instance, RunState } from "./state.ts";

/** An operation that an attempt asks for. */
export interface OperationRequest {
  readonly path: string;
  readonly attempt: number;
  readonly operation: Operation;
  readonly class: EffectClass;
  readonly key: string;
  /** When the attempt's time is over. */
  readonly deadline?: number;
}

/** What becomes of an operation: it is called once the event is durable, has its receipt already, or waits until the run is resumed. */
export type Beginning =
  | { readonly kind: "begins"; readonly event: RunEvent }
  | { readonly kind: "received"; readonly receipt: Json }
  | { readonly kind: "waits" };

type EffectEvent = Extract<RunEvent, { kind: `effect.${string}` }>;

/** Those that may be called again without a look at whether the call before was carried out. For the others nobody here looks yet. */
const repeatable: ReadonlySet<EffectClass> = new Set(["read", "keyed", "idempotent"]);

/**
 * Decides an operation of a running attempt. Throws `call.aborted` when the run needs its step no longer, and for operations that must not
 * be carried out `effect.mismatch`, `effect.unknown` or `effect.too-many`.
 */
export function beginOperation(state: RunState, request: OperationRequest): Beginning {
  const instance = state.instances.get(request.path);
  if (instance === undefined || !isUnderWay(state, instance, request.attempt)) throw tooLate(request.path);
  const receipt = receiptBefore(state, instance, request);
  if (receipt !== undefined) return { kind: "received", receipt };
  return state.paused ? { kind: "waits" } : { kind: "begins", event: intended(request) };
}

/** The receipt that the operation has, if it may be called. */
function receiptBefore(state: RunState, instance: Instance, request: OperationRequest): Json | undefined {
  const { path, operation } = request;
  const before = instance.effects?.get(nameOf(operation));
  if (before === undefined) {
    if ((instance.effects?.size ?? 0) < limits.operationsMax) return undefined;
    const message = `Step ${path} has ${limits.operationsMax} operations, which is the most; spread them over the items of a for_each.`;
    throw new RunwrightError("effect.too-many", message);
  }
  assertSame(instance, before, operation);
  if (before.receipt === undefined) assertKnown(state, before, request);
  return isValid(before, instance) ? before.receipt : undefined;
}

function intended({ path, operation, key, class: effectClass, deadline }: OperationRequest): RunEvent {
  const time = deadline === undefined ? {} : { deadline };
  return { kind: "effect.intended", v: 1, path, operation, key, class: effectClass, ...time };
}

/** The event for a receipt, or the receipt that was there before it: for one key the first is the only one. */
export function receiveReceipt(
  state: RunState,
  {
    path,
    attempt,
    operation,
    receipt,
  }: Pick<OperationRequest, "path" | "attempt" | "operation"> & { readonly receipt: Json },
): { readonly event: RunEvent } | { readonly receipt: Json } {
  const instance = state.instances.get(path);
  const effect = instance?.effects?.get(nameOf(operation));
  if (state.ended !== undefined || effect === undefined) throw tooLate(path);
  // What an earlier attempt read says nothing about now.
  if (effect.class === "read" && effect.attempt !== attempt) throw tooLate(path);
  if (effect.receipt !== undefined) return { receipt: effect.receipt };
  return { event: { kind: "effect.received", v: 1, path, operation: effect.operation, receipt } };
}

/** True for events of operations. */
export function isEffectEvent(event: RunEvent): event is EffectEvent {
  return event.kind === "effect.intended" || event.kind === "effect.received";
}

/** Folds an event of an operation: it touches its instance's own list and nothing that decides what comes next. */
export function applyEffectEvent(state: RunState, instance: Instance, event: EffectEvent, at: number): void {
  const name = nameOf(event.operation);
  const before = instance.effects?.get(name);
  instance.effects ??= new Map();
  if (event.kind === "effect.received") instance.effects.set(name, withReceipt(before, event));
  else instance.effects.set(name, begun(state, instance, event, { before, at }));
}

function withReceipt(
  before: BegunOperation | undefined,
  event: Extract<EffectEvent, { kind: "effect.received" }>,
): BegunOperation {
  if (before === undefined) throw illegal(event, "the operation was not begun");
  if (before.receipt !== undefined) throw illegal(event, "the operation has its receipt");
  return { ...before, receipt: event.receipt };
}

function begun(
  state: RunState,
  instance: Instance,
  event: Extract<EffectEvent, { kind: "effect.intended" }>,
  { before, at }: { readonly before: BegunOperation | undefined; readonly at: number },
): BegunOperation {
  if (!state.calls.has(instance) || instance.cancelling) throw illegal(event, "no attempt of its step is under way");
  const { operation, key, class: effectClass } = event;
  const { attempt } = instance;
  if (before === undefined) return { operation, key, class: effectClass, begunAt: at, attempt };
  if (before.key !== key) throw illegal(event, "the operation has another key");
  if (before.receipt !== undefined && isValid(before, instance)) throw illegal(event, "the operation has its receipt");
  return { operation, key, class: effectClass, begunAt: before.begunAt, attempt };
}

function isUnderWay(state: RunState, instance: Instance, attempt: number): boolean {
  const isHalted = state.ended !== undefined || state.cancel !== undefined || instance.cancelling;
  return !isHalted && state.calls.has(instance) && instance.attempt === attempt;
}

/** A receipt counts for every later attempt; what was read counts for the attempt that read it, however often it is interrupted. */
function isValid(effect: BegunOperation, instance: Instance): boolean {
  return effect.class !== "read" || effect.attempt === instance.attempt;
}

function assertSame({ path }: Instance, before: BegunOperation, operation: Operation): void {
  if (before.operation.digest === operation.digest) return;
  const { name, occurrence } = operation;
  throw new RunwrightError(
    "effect.mismatch",
    `Operation '${name}' (number ${occurrence} of that name) of step ${path} was begun with other arguments before; an operation is the same in every attempt. Make its name and arguments of the step's input alone, and give different things different names.`,
  );
}

/** What may be called again is; about the others somebody has to find out. */
function assertKnown(state: RunState, before: BegunOperation, { path, class: asked }: OperationRequest): void {
  const { operation, key, begunAt } = before;
  const risky = [before.class, asked].find((each) => !repeatable.has(each));
  if (risky === undefined) return;
  throw new RunwrightError(
    "effect.unknown",
    `Operation '${operation.name}' of step ${path} was begun at ${new Date(begunAt).toISOString()} with the key ${key}, and nobody knows whether it was carried out; a ${risky} one is not called again by itself. Look in the system that it calls. Where it was not carried out, start the run anew with 'runwright rerun ${state.created?.run ?? ""}'; where it was, do the rest without it.`,
  );
}

function tooLate(path: string): RunwrightError {
  return new RunwrightError("call.aborted", `The run no longer needs this attempt of step ${path}.`);
}

/** One name for an operation within its instance; names hold no `#`. */
function nameOf({ name, occurrence }: Operation): string {
  return `${name}#${occurrence}`;
}

function illegal(event: EffectEvent, why: string): RunwrightError {
  return new RunwrightError(
    "machine.illegal",
    `Event ${event.kind} of ${event.path} (${nameOf(event.operation)}) cannot follow: ${why}.`,
  );
}
