import { hasCode, RunwrightError } from "../base/error.ts";
import { type Json, jsonProblem } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { type EffectClass, effectClasses } from "../language/connector.ts";
import type { OperationRequest } from "../machine/effects.ts";
import type { Operation } from "../machine/event.ts";
import type { Effect, Once, Permit } from "../ports/action.ts";
import { type CallFacts, operationKey } from "./call-of.ts";

/** What becomes of a word: told once it is durable. */
export type Answer =
  | { readonly kind: "begins" }
  | { readonly kind: "received"; readonly receipt: Json }
  | { readonly kind: "refused"; readonly error: RunwrightError };

/** What a call has to say to its run's journal: it asks for an operation, or has carried one out. */
type Said =
  | ({ readonly kind: "asks" } & OperationRequest)
  | ({ readonly kind: "receives"; readonly receipt: Json } & Pick<OperationRequest, "path" | "attempt" | "operation">);

/** A word of a call, and how the call is told what became of it. */
export type EffectWord = Said & { readonly answer: (answer: Answer) => void };

/** What a door needs of its call. */
export interface DoorOptions {
  readonly call: CallFacts;
  /** Fires when the call is to end. */
  readonly signal: AbortSignal;
  readonly deadline: () => number | undefined;
  readonly say: (word: EffectWord) => void;
}

/** The door of one call. */
export interface Door {
  readonly once: Once;
  /** With this the step fails, whatever the call gives back: it did, or would have done, what must not be done. */
  readonly fault: () => RunwrightError | undefined;
}

const namePattern = /^[\p{L}\p{N}._:/ -]+$/u;

/** Opens the door through which the operations of one call leave. They are counted here, in the order in which they are asked for. */
export function openDoor({ call, signal, deadline, say }: DoorOptions): Door {
  const occurrences = new Map<string, number>();
  const { path, attempt } = call;
  let underWay = 0;
  let fault: RunwrightError | undefined;

  return { once, fault: () => fault };

  async function once<T extends Json>(effect: Effect, carryOut: (permit: Permit) => Promise<T>): Promise<T> {
    try {
      if (fault !== undefined) throw fault;
      const operation = operationOf(effect);
      assertRoom(path, underWay);
      underWay += 1;
      try {
        return (await through(operation, effect.class, carryOut)) as T;
      } finally {
        underWay -= 1;
      }
    } catch (error) {
      if (isFault(error)) fault ??= error;
      throw error;
    }
  }

  async function through(
    operation: Operation,
    effectClass: EffectClass,
    carryOut: (permit: Permit) => Promise<Json>,
  ): Promise<Json> {
    const key = operationKey(call, operation);
    const until = deadline();
    const time = until === undefined ? {} : { deadline: until };
    const identity = { path, attempt, operation };
    const begun = await told({ kind: "asks", ...identity, class: effectClass, key, ...time });
    if (begun !== undefined) return begun.receipt;

    const receipt = await carryOut({ key, signal, ...time, policy: { rules: [], version: "" } });
    assertKept(path, operation, receipt);
    const kept = await told({ kind: "receives", ...identity, receipt });
    return kept === undefined ? receipt : kept.receipt;
  }

  /** Resolves when the word is durable: with the receipt that stands then, if any. */
  function told(word: Said): Promise<{ readonly receipt: Json } | undefined> {
    return new Promise((resolve, reject) => {
      const answer = (given: Answer): void => {
        if (given.kind === "refused") reject(given.error);
        else resolve(given.kind === "received" ? given : undefined);
      };
      say({ ...word, answer });
    });
  }

  function operationOf(effect: Effect): Operation {
    const { name, digest } = effect;
    assertEffect(path, effect);
    const occurrence = (occurrences.get(name) ?? 0) + 1;
    occurrences.set(name, occurrence);
    return { name, occurrence, ...(digest !== undefined && { digest }) };
  }
}

/** What a module says of an effect is not checked before. */
function assertEffect(path: string, { name, class: effectClass }: Effect): void {
  const short = (text: string): string => JSON.stringify(text.slice(0, limits.operationNameMax));
  if (name.length > limits.operationNameMax || !namePattern.test(name)) {
    const message = `An operation of step ${path} has the name ${short(name)}; a name is 1 to ${limits.operationNameMax} letters, digits, spaces and . _ : / -`;
    throw new RunwrightError("effect.invalid", `${message}.`);
  }
  if (effectClasses.includes(effectClass)) return;
  const message = `Operation '${name}' of step ${path} is of the class ${short(effectClass)}; expected one of ${effectClasses.join(", ")}.`;
  throw new RunwrightError("effect.invalid", message);
}

function assertRoom(path: string, underWay: number): void {
  if (underWay < limits.operationsAtOnceMax) return;
  const message = `Step ${path} has ${limits.operationsAtOnceMax} operations under way, which is the most; wait for some of them to end.`;
  throw new RunwrightError("effect.too-parallel", message);
}

/** What cannot be kept is found out too late to be undone: the step fails, and nothing of it is tried again. */
function assertKept(path: string, operation: Operation, receipt: Json): void {
  const what = `The receipt of operation '${operation.name}' of step ${path}`;
  const problem = jsonProblem(receipt);
  if (problem !== undefined) throw new RunwrightError("effect.receipt-invalid", `${what} is no JSON: ${problem}.`);
  const bytes = JSON.stringify({ kind: "effect.received", v: 1, path, operation, receipt }).length;
  if (bytes <= limits.valueBytesMax) return;
  const message = `${what} has ${bytes} bytes; at most ${limits.valueBytesMax} are kept. Give back what a later attempt needs, such as an id.`;
  throw new RunwrightError("step.value-too-large", message);
}

function isFault(error: unknown): error is RunwrightError {
  if (!(error instanceof RunwrightError)) return false;
  return error.code.startsWith("effect.") || hasCode(error, "step.value-too-large");
}
