import { hasCode, type RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { Names } from "./tree.ts";
import { failure, kindOf, spend, type Work } from "./work.ts";

/** One evaluation under way: what it may spend, where its names come from and the variables of the macros around. */
export interface Frame extends Work {
  readonly names: Names;
  readonly variables: Json[];
}

/** A part of an expression, made ready to run. */
export type Run = (frame: Frame) => Json;

/** Steps that a failure costs which another part may make good: it carries a stack trace. */
const failureSteps = 50;

/** The boolean that a part of a condition must give. */
export function truthOf(frame: Frame, value: Json, where: string): boolean {
  if (typeof value !== "boolean") throw failure(frame, `${where} needs true or false, but got ${kindOf(value)}`);
  return value;
}

/** The boolean a part gives, or its failure, for the places where CEL lets another part decide in spite of a failure. */
export function attempt(frame: Frame, run: Run, where: string): boolean | RunwrightError {
  try {
    return truthOf(frame, run(frame), where);
  } catch (error) {
    if (!hasCode(error, "expression.failed")) throw error;
    spend(frame, failureSteps);
    return error;
  }
}
