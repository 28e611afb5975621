import { short, someOf } from "../check/short.ts";
import { mapIn } from "../check/values.ts";
import { type Misfit, misfitOf } from "../expression/assignable.ts";
import type { ObjectType } from "../expression/type.ts";
import type { Template } from "../plan.ts";
import type { SourceEntry } from "../source/tree.ts";
import { isWholeExpression, type Spot, templatePart, whoOf } from "./parts.ts";
import type { Workshop } from "./workshop.ts";

/** Where values are given by name, and what is known under these names. */
export interface Taker {
  readonly spot: Spot;
  /** What has these names: `this workflow`. */
  readonly who: string;
  /** What they are called there: `input`, `setting`. */
  readonly noun: string;
  readonly type: ObjectType;
}

/** Values given by name. */
export interface Given {
  readonly template: Template;
  /** The names; undefined where one expression gives all of them. */
  readonly names: ReadonlySet<string> | undefined;
}

/** Values under names that somebody takes: E302 for a name that is not known there, E303 for a value that can never fit. */
export function givenPart(shop: Workshop, entry: SourceEntry, taker: Taker): Given {
  const { spot, type } = taker;
  const { value } = entry;
  if (value.kind === "scalar" && isWholeExpression(value.text)) {
    const part = templatePart(shop, spot, value);
    const problem = misfitOf(part.type, type);
    if (problem !== undefined) shop.problems.report("E303", value.range, `${whoOf(spot)}${described([], problem)}`);
    return { template: part.template, names: undefined };
  }
  const map = mapIn(shop.problems, entry, `a map: each ${taker.noun} and its value`);
  if (map === undefined) return { template: { kind: "literal", value: {} }, names: undefined };

  for (const field of map.entries) checkName(shop, field, taker);
  const fields = map.entries.map((field) => {
    const part = templatePart(shop, spot, field.value);
    const wanted = type.fields.get(field.key);
    const problem = wanted === undefined ? undefined : misfitOf(part.type, wanted);
    if (problem !== undefined)
      shop.problems.report("E303", field.value.range, `${whoOf(spot)}${described([field.key], problem)}`);
    return [field.key, part.template] as const;
  });
  return { template: { kind: "object", fields }, names: new Set(map.entries.map(({ key }) => key)) };
}

/** `limit: expected number, got text`. */
function described(field: readonly string[], { path, message }: Misfit): string {
  const where = [...field, ...path].map(short).join(".");
  return where === "" ? message : `${where}: ${message}`;
}

function checkName(shop: Workshop, { key, keyRange }: SourceEntry, { who, noun, type, spot }: Taker): void {
  if (type.open || type.fields.has(key)) return;
  const meant = shop.problems.closest(key, type.fields.keys());
  const known = someOf(type.fields.keys());
  shop.problems.report("E302", keyRange, `${whoOf(spot)}${who} has no ${noun} '${short(key)}'`, {
    hint: meant === undefined ? (known === "" ? `it has no ${noun}s` : `it has: ${known}`) : `did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range: keyRange, text: meant },
  });
}
