import { RunwrightError } from "../base/error.ts";
import { type Json, jsonProblem } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { effectClasses } from "../language/connector.ts";
import type { Operation } from "../machine/event.ts";
import type { Usage } from "../machine/usage.ts";
import type { Effect } from "../ports/action.ts";

const namePattern = /^[\p{L}\p{N}._:/@ -]+$/u;

/** Throws `effect.invalid`. What a module says of an effect is not checked before. */
export function assertEffect(path: string, { name, class: effectClass }: Effect): void {
  const short = (text: string): string => JSON.stringify(text.slice(0, limits.operationNameMax));
  if (name.length > limits.operationNameMax || !namePattern.test(name)) {
    const message = `An operation of step ${path} has the name ${short(name)}; a name is 1 to ${limits.operationNameMax} letters, digits, spaces and . _ : / @ -`;
    throw new RunwrightError("effect.invalid", `${message}.`);
  }
  if (effectClasses.includes(effectClass)) return;
  const message = `Operation '${name}' of step ${path} is of the class ${short(effectClass)}; expected one of ${effectClasses.join(", ")}.`;
  throw new RunwrightError("effect.invalid", message);
}

/** Throws `effect.too-parallel`. */
export function assertRoom(path: string, underWay: number): void {
  if (underWay < limits.operationsAtOnceMax) return;
  const message = `Step ${path} has ${limits.operationsAtOnceMax} operations under way, which is the most; wait for some of them to end.`;
  throw new RunwrightError("effect.too-parallel", message);
}

/** What cannot be kept is found out too late to be undone: the step fails, and nothing of it is tried again. */
export function assertKept(path: string, operation: Operation, receipt: Json): void {
  const what = `The receipt of operation '${operation.name}' of step ${path}`;
  const problem = jsonProblem(receipt);
  if (problem !== undefined) throw new RunwrightError("effect.receipt-invalid", `${what} is no JSON: ${problem}.`);
  const bytes = JSON.stringify({ kind: "effect.reconciled", v: 1, path, operation, receipt }).length + usageCharsMax;
  if (bytes <= limits.valueBytesMax) return;
  const message = `${what} has ${bytes} bytes; at most ${limits.valueBytesMax} are kept. Give back what a later attempt needs, such as an id.`;
  throw new RunwrightError("step.value-too-large", message);
}

/** Room for what stands in the event beside the receipt. */
const usageCharsMax = 300;

const counts = ["calls", "tokensIn", "tokensCached", "tokensOut", "tokensReasoning"] as const;

/** What an operation used up; undefined where its receipt does not say so in numbers: sums must stay sums. */
export function usageOf(effect: Effect, receipt: Json): Usage | undefined {
  if (effect.usage === undefined) return undefined;
  try {
    const usage = effect.usage(receipt);
    const numbers = [...counts.map((name) => usage[name]), usage.costUsd ?? 0];
    return numbers.every((each) => Number.isFinite(each) && each >= 0) ? usage : undefined;
  } catch {
    return undefined;
  }
}
