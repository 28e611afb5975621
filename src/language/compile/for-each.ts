import type { StepDraft } from "../check/draft.ts";
import { reservedNames } from "../check/ids.ts";
import { numberIn, scalarIn } from "../check/values.ts";
import type { Json } from "../../base/json.ts";
import { fieldNamed } from "../fields/field.ts";
import { stepFields } from "../fields/step-fields.ts";
import type { Compiled } from "../expression/check.ts";
import { partsOf, type Type, types, unionOf } from "../expression/type.ts";
import type { ForEachPlan } from "../plan.ts";
import { asOf, itemsAround } from "./relation.ts";
import { expressionPart, whoOf } from "./parts.ts";
import { keyEntryOf } from "./scope.ts";
import type { Workshop } from "./workshop.ts";

const parallelDefault = 10;

/** The type of one item of a for-each; `any` when its list is not known. */
export function itemType(shop: Workshop, step: StepDraft): Type {
  const type = itemsOf(shop, step)?.type ?? types.any;
  const items = partsOf(type).flatMap((part) => (part.kind === "list" ? [part.item] : []));
  return items.length === 0 ? types.any : unionOf(items);
}

function itemsOf(shop: Workshop, step: StepDraft): Compiled | undefined {
  return shop.once<Compiled | undefined>(step, "for_each", undefined, () => {
    const entry = step.fields.get("for_each");
    return entry === undefined
      ? undefined
      : expressionPart(shop, { place: { step, at: "outside" }, field: "for_each" }, entry, "list");
  });
}

/** `for_each` with its fields; undefined when the step has none. */
export function forEachPlan(shop: Workshop, step: StepDraft): ForEachPlan | undefined {
  if (!step.fields.has("for_each")) {
    reportIdle(shop, step);
    return undefined;
  }
  checkAs(shop, step);
  const keyEntry = keyEntryOf(shop, step);
  const key =
    keyEntry === undefined
      ? undefined
      : expressionPart(shop, { place: { step, at: "inside" }, field: "key" }, keyEntry, "text");
  const items = itemsOf(shop, step);
  if (key?.expression !== undefined && items?.constant !== undefined) checkKeys(shop, step, key, items.constant);
  return {
    items: items?.expression ?? { text: "[]", tree: { kind: "literal", value: [] } },
    as: asOf(step),
    ...(key?.expression !== undefined && { key: key.expression }),
    parallelMax: parallelOf(shop, step),
  };
}

/** Fields that only mean something beside `for_each`. */
function reportIdle(shop: Workshop, step: StepDraft): void {
  for (const name of ["as", "key", "max_parallel", "scope"]) {
    const entry = step.fields.get(name);
    if (entry === undefined) continue;
    shop.problems.report("E015", entry.keyRange, `'${entry.key}' means nothing without for_each`, {
      hint: "add for_each: <list>, or remove it",
    });
  }
}

function parallelOf(shop: Workshop, step: StepDraft): number {
  const entry = step.fields.get("max_parallel");
  const field = fieldNamed(stepFields, "max_parallel");
  return (
    (entry === undefined || field === undefined ? undefined : numberIn(shop.problems, entry, field)) ?? parallelDefault
  );
}

function checkAs(shop: Workshop, step: StepDraft): void {
  const entry = step.fields.get("as");
  const range = entry === undefined ? step.fields.get("for_each")?.keyRange : entry.value.range;
  if (range === undefined || (entry !== undefined && scalarIn(shop.problems, entry, "a name") === undefined)) return;

  const name = asOf(step);
  const { problems } = shop;
  if (!/^[a-z_][A-Za-z0-9_]*$/.test(name)) {
    problems.report("E012", range, `'${name}' is not a name that expressions can use`, {
      hint: "begin with a-z, then letters, digits and '_'",
    });
    return;
  }
  if (reservedNames.has(name)) {
    problems.report("E022", range, `'${name}' is a name that expressions already know`, {
      hint: "choose another, for example as: one",
    });
    return;
  }
  const written = entry === undefined ? "add as: with a name of its own" : "choose another name";
  const outer = itemsAround({ step, at: "outside" }).find((around) => asOf(around) === name);
  const step2 = shop.drafts.byName.get(name);
  if (outer !== undefined) {
    problems.report("E077", range, `'${name}' is already the item of '${outer.id}' here`, { hint: written });
  } else if (step2 !== undefined) {
    problems.report("E077", range, `'${name}' is already the step at line ${problems.lineOf(step2.idRange.start)}`, {
      hint: written,
    });
  }
}

/** E308 where the list and its keys are known before anything runs: the key is the item itself. */
function checkKeys(shop: Workshop, step: StepDraft, key: Compiled, items: Json): void {
  const tree = key.expression?.tree;
  if (!Array.isArray(items) || tree?.kind !== "name" || tree.name !== asOf(step)) return;
  const places = new Map<Json, number>();
  for (const [index, item] of items.entries()) {
    const first = places.get(item as Json);
    if (first === undefined) {
      places.set(item as Json, index);
      continue;
    }
    const range = step.fields.get("key")?.value.range ?? step.idRange;
    const spot = { place: { step, at: "inside" }, field: "key" } as const;
    shop.problems.report(
      "E308",
      range,
      `${whoOf(spot)}key '${String(item)}' occurs twice (items ${first + 1}, ${index + 1})`,
      { hint: "write unique(…) around the list, or choose another key" },
    );
    return;
  }
}
