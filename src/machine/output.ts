import type { Json, JsonObject } from "../base/json.ts";
import { type Instance, isWhole, type Scope } from "./state.ts";
import { hasEnded } from "./states.ts";

/** What readers see as `<step>.output`: null unless the instance succeeded. */
export function outputOf(instance: Instance): Json {
  if (isWhole(instance)) return eachOutput(instance);
  if (instance.status !== "succeeded") return bodyInProgress(instance);
  if (instance.output !== undefined) return instance.output;
  if (instance.body === undefined) return null;
  instance.view ??= bodyOutput(instance.body);
  return instance.view;
}

/** The outputs of a list's children by step id: what a `do` without `output` gives, and what `iter.last` is. */
export function bodyOutput(scope: Scope): JsonObject {
  return Object.fromEntries(scope.children.map((child) => [child.step.id, outputOf(child)]));
}

/** `.results` of a for-each: every item with its key, status, output and error, in item order. */
export function resultsOf(instance: Instance): readonly JsonObject[] {
  const each = instance.each;
  if (each === undefined) return [];
  return each.items.map((_item, index) => {
    const item = each.instances[index];
    return {
      key: each.keys?.[index] ?? String(index),
      index,
      status: item?.status ?? "skipped",
      output: item === undefined ? null : outputOf(item),
      error: item === undefined ? null : errorOf(item),
    };
  });
}

/** `.error` of a step: its code, message and attempts, or null. */
export function errorOf(instance: Instance): Json {
  if (instance.error === undefined) return null;
  return { code: instance.error.code, message: instance.error.message, attempts: instance.attempt };
}

/** Outputs of the succeeded items, in order. Kept once the for-each has ended, since many may read it. */
function eachOutput(whole: Instance): Json {
  const items = whole.each?.instances ?? [];
  const made = (): Json => items.filter((item) => item.status === "succeeded").map(outputOf);
  if (!hasEnded(whole.status)) return made();
  whole.view ??= made();
  return whole.view;
}

/** Inside a group that still runs, its steps are read one by one; the group as a whole has no output yet. */
function bodyInProgress(instance: Instance): Json {
  return instance.status === "running" && instance.body !== undefined ? bodyOutput(instance.body) : null;
}
