import { RunwrightError } from "../base/error.ts";
import { pathKey } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { evaluate } from "../language/expression/evaluate.ts";
import type { Names } from "../language/expression/tree.ts";
import type { RunEvent } from "./event.ts";
import { namesAt } from "./names.ts";
import type { Instance, RunState } from "./state.ts";

/** Fixes the items of a for-each and their keys. Throws `items.not-a-list`, `items.too-many` or `items.duplicate-key`. */
export function expand(state: RunState, whole: Instance): RunEvent {
  const plan = whole.step.forEach;
  if (plan === undefined) throw new RunwrightError("machine.illegal", `Step instance ${whole.path} is not a for-each.`);

  const names = namesAt(state, { scope: whole.scope, instance: whole });
  const list = listOf(evaluate(plan.items, names), whole, plan.items.text, state.missing);
  if (list.length > limits.itemsMax) {
    throw new RunwrightError(
      "items.too-many",
      `for_each of ${whole.path} has ${list.length} items; at most ${limits.itemsMax} are allowed.`,
    );
  }
  const event = { kind: "scope.expanded", v: 1, path: whole.path, items: list } as const;
  const key = plan.key;
  if (key === undefined) return event;
  return {
    ...event,
    keys: uniqueKeys(
      whole.path,
      list.map((item, index) => evaluate(key, itemNames(names, plan.as, item, index))),
    ),
  };
}

/** The items; what is no list counts as an empty one where somebody hears of it. */
function listOf(items: Json, { path }: Instance, text: string, missing: RunState["missing"]): readonly Json[] {
  if (Array.isArray(items)) return items as readonly Json[];
  const what = `for_each of ${path} needs a list, but ${text} is ${kindOf(items)}.`;
  if (missing === undefined) throw new RunwrightError("items.not-a-list", what);
  missing(`${what} It counts as an empty list.`);
  return [];
}

/** Keys are read with the item's name, before any item has begun. */
function itemNames(outer: Names, as: string, item: Json, index: number): Names {
  return {
    name: (name) => (name === as ? item : name === "index" ? index : outer.name(name)),
    step: (step, field) => outer.step(step, field),
    ...(outer.missing !== undefined && { missing: outer.missing }),
  };
}

function uniqueKeys(path: string, values: readonly Json[]): readonly string[] {
  const places = new Map<string, number>();
  return values.map((value, index) => {
    if (typeof value !== "string" && typeof value !== "number") {
      throw new RunwrightError(
        "items.duplicate-key",
        `The key of item ${index + 1} of ${path} is ${kindOf(value)}; a key is text or a number.`,
      );
    }
    const key = pathKey(String(value));
    const first = places.get(key);
    if (first !== undefined) {
      throw new RunwrightError(
        "items.duplicate-key",
        `Key '${value}' occurs twice in ${path} (items ${first + 1}, ${index + 1}).`,
      );
    }
    places.set(key, index);
    return key;
  });
}

function kindOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object"
    ? "an object"
    : ({ string: "text", number: "a number", boolean: "true/false" }[typeof value as string] ?? "no list");
}
