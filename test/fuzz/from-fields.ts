import type { Field, VerbName, Verb } from "../../src/language/fields/field.ts";
import { fileFields } from "../../src/language/fields/file-fields.ts";
import { stepFields } from "../../src/language/fields/step-fields.ts";
import { verbs } from "../../src/language/fields/verbs.ts";
import type { Seeded } from "../simulation/chance.ts";
import { mapOf, type Tree, type TreeMap } from "./tree.ts";
import { arranged, arrangedStep } from "./belongs.ts";
import { declaredNames, expressionOf, fieldTypes, idOf, type Making, meantAt, newMaking, typeOf } from "./words.ts";

type Entry = readonly [key: string, value: Tree];
type AnyField = Omit<Field, "name" | "doc" | "supported">;

const stepsMax = 8;
const depthMax = 3;

/** The path of every field of the tables: `file.on.webhook.path`, `step.loop.max_iters`. */
export function fieldPaths(): readonly string[] {
  const paths: string[] = [];
  const walk = (field: AnyField, path: string): void => {
    paths.push(path);
    for (const inner of [...(field.fields ?? []), ...(field.or?.fields ?? [])]) walk(inner, `${path}.${inner.name}`);
    if (field.entries !== undefined) walk(field.entries, `${path}.*`);
  };
  for (const field of fileFields) walk(field, `file.${field.name}`);
  for (const field of [...verbs, ...stepFields]) walk(field, `step.${field.name}`);
  return paths;
}

/** A file made from the tables: mostly without mistakes. `later` lets it use what this build does not carry out. */
export function fileFromFields(chance: Seeded, later: boolean): { readonly tree: TreeMap; readonly used: Set<string> } {
  const making = newMaking(chance);
  const entries: Entry[] = [
    [key(making, fieldOf(fileFields, "workflow"), "file.workflow"), "fuzz"],
    [key(making, fieldOf(fileFields, "inputs"), "file.inputs"), inputs],
  ];
  for (const field of fileFields) {
    if (["workflow", "inputs", "steps", "output"].includes(field.name)) continue;
    const isNeeded = Object.hasOwn(declaredNames, field.name) || ["secrets", "limits"].includes(field.name);
    if (!field.supported && !later) continue;
    if (chance.maybe(isNeeded ? 0.97 : 0.3)) entries.push(entryOf(making, field, "file", later));
  }
  entries.push([key(making, fieldOf(fileFields, "steps"), "file.steps"), stepsOf(making, later, 0)]);
  making.list = [];
  if (chance.maybe(0.4)) entries.push(entryOf(making, fieldOf(fileFields, "output"), "file", later));
  return { tree: { entries }, used: making.used };
}

const inputs: Tree = mapOf(
  ["name", "string"],
  ["count", mapOf(["type", "integer"], ["default", 3])],
  ["tags", mapOf(["type", "array"], ["items", "string"], ["default", ["a", "b"]])],
  ["flag", mapOf(["type", "boolean"], ["default", true])],
);

function stepsOf(making: Making, later: boolean, depth: number): readonly Tree[] {
  const { list, conditional } = making;
  making.list = [];
  making.conditional = [];
  const steps: Tree[] = [];
  const count = making.chance.whole(1, depth === 0 ? 5 : 3);
  while (steps.length === 0 || (steps.length < count && making.steps.length < stepsMax)) {
    steps.push(stepOf(making, later, depth));
  }
  making.list = list;
  making.conditional = conditional;
  return steps;
}

function stepOf(making: Making, later: boolean, depth: number): TreeMap {
  const { chance, steps } = making;
  const usable = verbs.filter(({ name, supported }) => (supported || later) && (name !== "do" || depth < depthMax));
  const verb = chance.pick(usable as unknown as [Verb]);
  const id = idOf(steps.length + 1);
  steps.push(id);
  const wanted = wantedFields(making, verb.name, later);
  const entries = inItems(making, wanted, depth, () => [
    [key(making, fieldOf(stepFields, "id"), "step.id"), id],
    ...stepFields
      .filter(({ name }) => wanted.has(name))
      // The output of a group is its values, not a type.
      .map((field) =>
        field.name === "output" && verb.name === "do" ? { ...field, kind: "templates" as const } : field,
      )
      .map((field) => entryOf(making, field, "step", later)),
    verb.name === "do"
      ? [key(making, verb, "step.do"), stepsOf(making, later, depth + 1)]
      : entryOf(making, verb, "step", later),
  ]);
  making.readable.push(id);
  making.list.push(id);
  if (wanted.has("if") && !wanted.has("for_each") && !wanted.has("iterate_over")) making.conditional.push(id);
  return { entries: chance.maybe(0.2) ? entries.toReversed() : entries };
}

/** Makes what stands in a step: in a for-each its item has a name, and what it reads is not read from outside. */
function inItems(
  { items, readable, scopes }: Making,
  wanted: ReadonlySet<string>,
  depth: number,
  make: () => readonly Entry[],
): readonly Entry[] {
  const isOver = wanted.has("iterate_over");
  if (!wanted.has("for_each") && !isOver) return make();
  const readableBefore = readable.length;
  // Names of items differ by depth, so that none hides another.
  items.push(isOver ? "epic" : wanted.has("as") ? `thing_${depth}` : "item");
  const opens = isOver || wanted.has("scope");
  if (opens) scopes.push("epic");
  const made = make();
  if (opens) scopes.pop();
  items.pop();
  readable.length = readableBefore;
  return made;
}

/** Which fields a step gets: some of those that its verb takes, with those that belong to them. */
function wantedFields(making: Making, verb: VerbName, later: boolean): ReadonlySet<string> {
  const { chance } = making;
  const fits = stepFields.filter(
    ({ on, supported, laterOn }) =>
      (on?.includes(verb) ?? true) && (later || (supported && laterOn?.includes(verb) !== true)),
  );
  const rate = chance.pick([0.04, 0.12, 0.3]);
  const wanted = new Set(fits.filter(() => chance.maybe(rate)).map(({ name }) => name));
  wanted.delete("id");
  // Now and then anything stands beside anything.
  if (chance.maybe(0.03)) return wanted;
  const able = new Set(fits.map(({ name }) => name));
  return new Set([...arrangedStep(making, verb, wanted)].filter((name) => able.has(name)));
}

function fieldOf(fields: readonly Field[], name: string): Field {
  const found = fields.find((field) => field.name === name);
  if (found === undefined) throw new Error(`The tables have no field '${name}' any more: mend the generator.`);
  return found;
}

/** The key that a field is written under: its name, now and then an alias. */
function key({ chance, used }: Making, field: Field, path: string): string {
  used.add(path);
  return field.aliases !== undefined && chance.maybe(0.2) ? chance.pick(field.aliases as [string]) : field.name;
}

function entryOf(making: Making, field: Field, parent: string, later: boolean): Entry {
  const path = `${parent}.${field.name}`;
  return [key(making, field, path), fieldValue(making, field, path, later)];
}

function fieldValue(making: Making, field: AnyField, path: string, later: boolean): Tree {
  const { chance } = making;
  const isOr = path === "step.wait" && later ? making.waitsFor !== "time" : chance.maybe(0.3);
  if (field.or !== undefined && isOr && (later || isOpenNow(field.or))) return valueOf(making, field.or, path, later);
  const isPicked = path === "step.llm" || path === "step.agent";
  if (field.listable === true && !isPicked && chance.maybe(0.2))
    return Array.from({ length: chance.whole(1, 2) }, () => valueOf(making, field, path, later));
  return valueOf(making, field, path, later);
}

function isOpenNow({ fields }: AnyField): boolean {
  return fields?.every(({ supported }) => supported) ?? true;
}

function valueOf(making: Making, field: AnyField, path: string, later: boolean): Tree {
  const { chance } = making;
  const meant = field.kind === "map" ? undefined : meantAt(path, making);
  if (meant !== undefined && chance.maybe(0.985)) return meant;
  if (field.kind === "map") return mapValue(making, field, path, later);
  return scalarValue(making, field);
}

function mapValue(making: Making, field: AnyField, path: string, later: boolean): Tree {
  const { chance, used } = making;
  const { entries } = field;
  if (entries !== undefined) {
    used.add(`${path}.*`);
    const names = declaredNames[path.split(".").at(-1) ?? ""] ?? ["one", "two"];
    return {
      entries: names.map((name) => {
        making.entry = name;
        return [name, fieldValue(making, entries, `${path}.*`, later)] as const;
      }),
    };
  }
  const fields = (field.fields ?? []).filter(({ supported }) => supported || later);
  const drawn = fields.filter(({ doc }) => chance.maybe(/\brequired\b/i.test(doc) ? 0.98 : 0.4));
  const names = new Set(drawn.map(({ name }) => name));
  const wanted = chance.maybe(0.97) ? arranged(path, names, making) : names;
  return {
    entries: fields.filter(({ name }) => wanted.has(name)).map((inner) => entryOf(making, inner, path, later)),
  };
}

function scalarValue(making: Making, field: AnyField): Tree {
  const { chance, list, conditional } = making;
  const [least, most] = field.between ?? [0, 100];
  const hole = (text: string): string => chance.pick([`\${${text}}`, `\${ ${text} }`]);
  const word = (): string => chance.pick(["alpha", "beta", "a", "name-2"]);
  const known = [...list, ...conditional];
  const anyStep = (): string => chance.pick((known.length > 0 ? known : [idOf(1)]) as [string]);
  switch (field.kind) {
    case "workflow id":
    case "name":
      return word();
    case "step id":
      return anyStep();
    case "step ids":
      return chance.maybe(0.2) ? anyStep() : [...new Set([anyStep(), anyStep()])];
    case "names":
      return chance.maybe(0.2) ? word() : [...new Set([word(), word()])];
    case "labels":
      return mapOf(["team", word()], ["tier", chance.whole(1, 3)]);
    case "text":
    case "template":
      return chance.pick([
        word(),
        "Two words",
        `For ${hole(expressionOf(making, "text"))}`,
        "First line\nsecond\n",
        hole(expressionOf(making)),
      ]);
    case "templates":
      return mapOf(
        ["a", hole(expressionOf(making))],
        ["b", chance.pick<Tree>([1, true, null, "x", ["y", hole(expressionOf(making, "text"))]])],
      );
    case "expression":
      return expressionOf(making, chance.pick(["boolean", "boolean", "list"]));
    case "duration":
      return chance.pick(["250ms", "30s", "5m", "2h", "7d", "1.5s"]);
    case "whole number":
      return chance.maybe(0.05) ? chance.pick([least, most]) : chance.whole(least, Math.min(most, least + 4));
    case "number":
      return chance.pick([least, Math.min(most, least + 1.5)]);
    case "true/false":
      return chance.maybe(0.5);
    case "choice":
      return chance.pick((field.choices ?? ["none"]) as [string]);
    case "quorum":
      return chance.pick<Tree>(["any", "all", 1, 2]);
    case "type":
      return typeOf(chance);
    case "types":
      return fieldTypes(chance);
    case "steps":
      return [];
    case "map":
      return mapOf();
  }
}
