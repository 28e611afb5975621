import { equalJson, isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { Plan, StepPlan } from "../../language/plan.ts";
import { type Change, compareNames } from "./change.ts";

/** Steps that came, went, or do something else, and lists that have another order. Steps are told apart by their ids. */
export function stepChanges(before: Plan, after: Plan): readonly Change[] {
  const { added, removed, changed } = compareNames(stepsOf(before), stepsOf(after), equalJson);
  return [
    ...added.map(([name, step]) => change("step.added", name, `step ${name} (${verbOf(step)})`)),
    ...removed.map(([name, step]) => change("step.removed", name, `step ${name} (${verbOf(step)})`)),
    ...changed.map(([name, was, now]) =>
      change("step.changed", name, `step ${name}: ${fieldsOf(was, now).join(", ")}`),
    ),
    ...orderChanges(before, after),
  ];
}

function change(kind: Change["kind"], name: string, text: string): Change {
  return { kind, name, text };
}

function stepsOf(plan: Plan): Readonly<Record<string, JsonObject>> {
  const ids = idsOf(plan);
  return Object.fromEntries(plan.steps.map((step) => [step.id, meaningOf(step, ids)] as const));
}

/**
 * What a step does, with the ids of other steps where a Plan has their indexes: those move when a step is added before them. What a step waits for
 * follows from the rest, and the order of lists is told by itself.
 */
function meaningOf(step: StepPlan, ids: readonly string[]): JsonObject {
  const { index: _index, position: _position, waitsFor: _waitsFor, id: _id, verb, loop, ...rest } = step;
  const named = {
    ...rest,
    parent: idOf(step.parent, ids),
    needs: step.needs === undefined ? null : step.needs.map((each) => idOf(each, ids)),
    elseOf: idOf(step.elseOf, ids),
    ...(loop !== undefined && { loop: { ...loop, fallbackNextStage: idOf(loop.fallbackNextStage, ids) } }),
    verb: verbMeaning(verb, ids),
  };
  return withIds(plainJson(named), ids) as JsonObject;
}

function verbMeaning(verb: StepPlan["verb"], ids: readonly string[]): object {
  if (verb.kind === "do") return { ...verb, children: null };
  if (verb.kind !== "approve" || verb.onChanges === undefined) return verb;
  return { ...verb, onChanges: { ...verb.onChanges, redo: idOf(verb.onChanges.redo, ids) } };
}

function idOf(index: number | undefined, ids: readonly string[]): string | null {
  return index === undefined ? null : (ids[index] ?? null);
}

/** Ids of the steps of a Plan, by their index. */
export function idsOf({ steps }: Plan): readonly string[] {
  return steps.map(({ id }) => id);
}

/** A part of a Plan as it is stored. */
export function plainJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** A part of a Plan with ids where its expressions name steps by their index. */
export function withIds(value: Json, ids: readonly string[]): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => withIds(each, ids));
  if (!isJsonObject(value)) return value;
  const { kind, step } = value;
  const own = kind === "step" && typeof step === "number" ? { ...value, step: idOf(step, ids) } : value;
  return Object.fromEntries(Object.entries(own).map(([key, each]) => [key, withIds(each, ids)] as const));
}

function verbOf({ verb }: JsonObject): string {
  const kind = isJsonObject(verb) ? verb["kind"] : undefined;
  return typeof kind === "string" ? kind.replace(/_.*/, "") : "";
}

/** The fields in which a step differs, as the file calls them; another verb says enough. */
function fieldsOf(was: JsonObject, now: JsonObject): readonly string[] {
  if (verbOf(was) !== verbOf(now)) return [`${verbOf(now)} instead of ${verbOf(was)}`];
  const { verb: verbWas, ...restWas } = was;
  const { verb: verbNow, ...restNow } = now;
  const verbs = [verbWas, verbNow].map((verb) => (isJsonObject(verb) ? verb : {}));
  return [...differing(verbs[0] ?? {}, verbs[1] ?? {}), ...differing(restWas, restNow)];
}

function differing(was: JsonObject, now: JsonObject): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])];
  return names.filter((name) => !equalJson(was[name] ?? null, now[name] ?? null)).map(fieldName);
}

const fieldNames: Readonly<Record<string, string>> = { parent: "its group", acceptBlind: "accept_blind", value: "set" };

/** `timeoutMs` is `timeout` in a file, `onFailure` is `on_failure`. */
export function fieldName(key: string): string {
  return fieldNames[key] ?? key.replace(/(?:Ms|Max)$/, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Lists of which the steps that they had and have stand in another order: there the order is what happens. */
function orderChanges(before: Plan, after: Plan): readonly Change[] {
  const { changed } = compareNames(listsOf(before), listsOf(after), isInOrder);
  return changed.map(([name]) =>
    change("order.changed", name, name === "" ? "the order of the steps" : `the order of the steps in ${name}`),
  );
}

/** Ids of the steps of each sequential list, by the id of its group. */
function listsOf(plan: Plan): Readonly<Record<string, readonly string[]>> {
  const named = (indexes: readonly number[]): readonly string[] => indexes.map((index) => plan.steps[index]?.id ?? "");
  const groups = plan.steps.flatMap(({ id, verb }) =>
    verb.kind === "do" && verb.mode === "sequential" ? [[id, named(verb.children)] as const] : [],
  );
  return Object.fromEntries([...(plan.mode === "sequential" ? [["", named(plan.roots)] as const] : []), ...groups]);
}

function isInOrder(was: readonly string[], now: readonly string[]): boolean {
  const [here, there] = [new Set(was), new Set(now)];
  const stayed = was.filter((id) => there.has(id));
  return now.filter((id) => here.has(id)).every((id, index) => id === stayed[index]);
}
