import { isJsonObject, type Json } from "../../base/json.ts";
import type { RunwrightError } from "../../base/error.ts";
import { attempt, truthOf, type Frame, type Run } from "./frame.ts";
import type { Macro } from "./tree.ts";
import { failure, kindOf, spend } from "./work.ts";

/** The parts of a macro, made ready to run. */
export interface MacroParts {
  readonly of: Run;
  readonly filter: Run | undefined;
  readonly body: Run;
}

interface BoundParts extends MacroParts {
  /** Gives the variable its next value. */
  readonly bind: (frame: Frame, item: Json) => void;
}

type Walk = (frame: Frame, items: readonly Json[], parts: BoundParts) => Json;

const walks: Readonly<Record<Macro, Walk>> = {
  all: (frame, items, parts) => decided(false, frame, items, parts),
  exists: (frame, items, parts) => decided(true, frame, items, parts),
  exists_one: (frame, items, { body, bind }) => {
    let found = 0;
    for (const item of items) {
      bind(frame, item);
      if (truthOf(frame, body(frame), "the condition in 'exists_one'")) found += 1;
    }
    return found === 1;
  },
  map: (frame, items, { filter, body, bind }) => {
    const results: Json[] = [];
    for (const item of items) {
      bind(frame, item);
      if (filter !== undefined && !truthOf(frame, filter(frame), "the condition in 'map'")) continue;
      results.push(body(frame));
    }
    return results;
  },
  filter: (frame, items, { body, bind }) =>
    items.filter((item) => {
      bind(frame, item);
      return truthOf(frame, body(frame), "the condition in 'filter'");
    }),
};

/** Builds the evaluation of a macro whose variable lies in this slot of the frame. */
export function evaluateMacro(macro: Macro, slot: number, parts: MacroParts): Run {
  const walk = walks[macro];
  const walked = { ...parts, bind };

  return (frame) => {
    spend(frame, 1);
    const value = parts.of(frame);
    if (Array.isArray(value)) return walk(frame, value as readonly Json[], walked);
    if (isJsonObject(value)) return walk(frame, Object.keys(value), walked);
    throw failure(frame, `'${macro}' needs a list or an object, but got ${kindOf(value)}`);
  };

  function bind(frame: Frame, item: Json): void {
    spend(frame, 1);
    frame.variables[slot] = item;
  }
}

// As with `||` and `&&`: an item that decides wins over items that fail.
function decided(decisive: boolean, frame: Frame, items: readonly Json[], { body, bind }: BoundParts): boolean {
  const where = `the condition in '${decisive ? "exists" : "all"}'`;
  let failed: RunwrightError | undefined;
  for (const item of items) {
    bind(frame, item);
    const result = attempt(frame, body, where);
    if (result === decisive) return decisive;
    if (typeof result !== "boolean") failed ??= result;
  }
  if (failed !== undefined) throw failed;
  return !decisive;
}
