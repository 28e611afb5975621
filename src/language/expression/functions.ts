import { dateParts, datePartSentences, type DatePart } from "./dates.ts";
import {
  describeType,
  isFilled,
  itemOfList,
  join,
  joinAll,
  listOf,
  objectOf,
  partsOf,
  types,
  unionOf,
  withoutNull,
  type Type,
} from "./type.ts";

/** One parameter of a function. */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
  /** What it may be when it is not the only argument. */
  readonly among?: Type;
  /** May be left out. */
  readonly optional?: true;
  /** May be given any number of times from here on. */
  readonly rest?: true;
  /** Null is a value like any other here; elsewhere it is a mistake. */
  readonly nullable?: true;
}

/** A function of the expression language, as the checker, the documentation and "did you mean" know it. */
export interface FunctionEntry {
  readonly parameters: readonly Parameter[];
  /** The type of the result for arguments of these types. */
  result(args: readonly Type[]): Type;
  readonly sentence: string;
  readonly example: string;
}

/** Name of a function of the language. */
export type FunctionName =
  | "size"
  | "json"
  | "first"
  | "default"
  | "min"
  | "max"
  | "sum"
  | "string"
  | "number"
  | "double"
  | "int"
  | "bool"
  | "dyn"
  | "lower"
  | "upper"
  | "trim"
  | "split"
  | "join"
  | "replace"
  | "matches"
  | "keys"
  | "values"
  | "unique"
  | "sort"
  | "flatten"
  | "merge"
  | "product"
  | "duration"
  | "timestamp"
  | DatePart;

const sized = unionOf([types.text, types.list, types.object]);
const numbers = unionOf([types.number, listOf(types.number)]);
const manyNumbers: Parameter = { name: "numbers", type: numbers, among: types.number, rest: true };
const value: Parameter = { name: "value", type: types.any, nullable: true };
const text: Parameter = { name: "text", type: types.text };
const limit: Parameter = { name: "limit", type: types.number, optional: true };
const list: Parameter = { name: "list", type: types.list };
const object: Parameter = { name: "object", type: types.object };
const plain = unionOf([types.text, types.number, types.boolean]);
const spelledNumber: Parameter = { name: "value", type: plain };
const always = (type: Type) => (): Type => type;

const table: Readonly<Record<FunctionName, FunctionEntry>> = {
  size: {
    parameters: [{ name: "value", type: sized }],
    result: always(types.integer),
    sentence: "How many characters a text, items a list or fields an object has.",
    example: "size(inputs.tags) > 0",
  },
  json: {
    parameters: [value],
    result: always(types.text),
    sentence: "The value as JSON text.",
    example: "json(classify.output)",
  },
  first: {
    parameters: [value, { ...value, name: "more", rest: true }],
    result: firstOf,
    sentence: "The first value that is not null, or null; the values after it are not evaluated.",
    example: "first(indoor.output, outdoor.output)",
  },
  default: {
    parameters: [value, { ...value, name: "otherwise" }],
    result: firstOf,
    sentence: "The value, or the other one when it is null or missing.",
    example: 'default(inputs.note, "none")',
  },
  min: {
    parameters: [manyNumbers],
    result: leastOf,
    sentence: "The smallest of some numbers or of a list of numbers; null for an empty list.",
    example: "min(a.output.score, b.output.score)",
  },
  max: {
    parameters: [manyNumbers],
    result: leastOf,
    sentence: "The largest of some numbers or of a list of numbers; null for an empty list.",
    example: "max([1, 2, 3])",
  },
  sum: {
    parameters: [{ name: "list", type: listOf(types.number) }],
    result: always(types.number),
    sentence: "The sum of a list of numbers; 0 for an empty one.",
    example: "sum(items.output.map(i, i.price))",
  },
  string: {
    parameters: [value],
    result: always(types.text),
    sentence: "The value as text: a text as it is, anything else as JSON.",
    example: "inputs.name + string(1)",
  },
  number: {
    parameters: [spelledNumber],
    result: always(types.number),
    sentence: "The number that a text spells, or 1 and 0 for true and false; fails on any other text.",
    example: 'number("4.5")',
  },
  double: {
    parameters: [spelledNumber],
    result: always(types.number),
    sentence: "The same as number(value): CEL's name for it.",
    example: 'double("4.5")',
  },
  int: {
    parameters: [{ name: "value", type: unionOf([types.text, types.number]) }],
    result: always(types.integer),
    sentence: "The number without its decimals, or the whole number that a text spells; fails beyond 2^53.",
    example: "int(inputs.limit / 2)",
  },
  bool: {
    parameters: [{ name: "value", type: unionOf([types.text, types.boolean]) }],
    result: always(types.boolean),
    sentence: "What a text says: true, True, TRUE, t or 1, or the same of false; fails on any other text.",
    example: "bool(inputs.dry_run)",
  },
  dyn: {
    parameters: [value],
    result: always(types.any),
    sentence: "The value as it is, looked at when the step runs instead of before.",
    example: 'dyn(inputs.options).colour == "red"',
  },
  lower: {
    parameters: [text],
    result: always(types.text),
    sentence: "The text in small letters.",
    example: "lower(inputs.name)",
  },
  upper: {
    parameters: [text],
    result: always(types.text),
    sentence: "The text in capital letters.",
    example: "upper(inputs.name)",
  },
  trim: {
    parameters: [text],
    result: always(types.text),
    sentence: "The text without white space at its ends.",
    example: "trim(inputs.name)",
  },
  split: {
    parameters: [text, { name: "separator", type: types.text }, limit],
    result: always(listOf(types.text)),
    sentence: "The parts of a text between the separators; with a limit no more than so many, the last with the rest.",
    example: 'split("a,b", ",")',
  },
  join: {
    parameters: [
      { name: "list", type: listOf(plain) },
      { name: "separator", type: types.text, optional: true },
    ],
    result: always(types.text),
    sentence: "The texts, numbers and true/false of a list as one text, with the separator between them.",
    example: 'join(inputs.tags, ", ")',
  },
  replace: {
    parameters: [text, { name: "from", type: types.text }, { name: "to", type: types.text }, limit],
    result: always(types.text),
    sentence: "The text with every occurrence of one text replaced by another; with a limit only the first so many.",
    example: 'replace(inputs.name, " ", "-")',
  },
  matches: {
    parameters: [text, { name: "pattern", type: types.text }],
    result: always(types.boolean),
    sentence: "Whether a regular expression (RE2) matches anywhere in the text.",
    example: 'matches(inputs.id, "^[A-Z]+-[0-9]+$")',
  },
  keys: {
    parameters: [object],
    result: always(listOf(types.text)),
    sentence: "The names of an object's fields, in their order.",
    example: "keys(inputs.options)",
  },
  values: {
    parameters: [object],
    result: ([type = types.any]) => listOf(valueOf(type)),
    sentence: "The values of an object's fields, in their order.",
    example: "values(inputs.options)",
  },
  unique: {
    parameters: [list],
    result: sameList,
    sentence: "The list without repeated values; the first of each stays.",
    example: "unique(inputs.tags)",
  },
  sort: {
    parameters: [{ name: "list", type: unionOf([listOf(types.number), listOf(types.text)]) }],
    result: sameList,
    sentence: "A list of numbers or texts in rising order.",
    example: "sort(inputs.tags)",
  },
  flatten: {
    parameters: [list],
    result: ([type = types.any]) => listOf(joinAll(partsOf(itemOf(type)).map(innerItem))),
    sentence: "The list with the items of the lists in it put in their place, one level deep.",
    example: "flatten([[1, 2], [3]])",
  },
  merge: {
    parameters: [object, { ...object, name: "more", rest: true }],
    result: mergeOf,
    sentence: "One object with the fields of all; a later one wins.",
    example: 'merge(inputs.base, {"colour": "red"})',
  },
  product: {
    parameters: [{ name: "lists", type: types.object }],
    result: productOf,
    sentence: "Every combination of one item of each list, as a list of objects.",
    example: 'product({"os": ["linux", "mac"], "node": [22, 24]})',
  },
  duration: {
    parameters: [{ name: "value", type: unionOf([types.text, types.number]) }],
    result: always(types.integer),
    sentence: "The milliseconds of a duration such as 30s, 5m, 2h, 7d or 1h30m; a number is taken as it is.",
    example: 'duration("2h")',
  },
  timestamp: {
    parameters: [text],
    result: always(types.integer),
    sentence: "The milliseconds since 1970 of a date and time with its zone.",
    example: 'timestamp("2026-03-01T09:30:00Z")',
  },
  ...dateEntries(),
};

/** All functions, in the order in which the messages and the documentation list them. */
export const functions: ReadonlyMap<string, FunctionEntry> = new Map(Object.entries(table));

/** How a function is written: `join(list, separator?)`. */
export function signatureOf(name: string, entry: FunctionEntry): string {
  const parameters = entry.parameters.map(
    ({ name: parameter, optional, rest }) => `${parameter}${optional === true ? "?" : ""}${rest === true ? ", …" : ""}`,
  );
  return `${name}(${parameters.join(", ").replace("more, …", "…")})`;
}

/** What is wrong with the number of arguments of a call, or undefined when it is right. */
export function countProblem({ parameters }: FunctionEntry, count: number): string | undefined {
  const least = parameters.filter(({ optional, rest }) => optional !== true && rest !== true).length;
  const leastGiven = parameters.length === 1 ? 1 : least;
  const most = parameters.some(({ rest }) => rest === true) ? Infinity : parameters.length;
  if (count >= leastGiven && count <= most) return undefined;
  if (most === Infinity) return `${leastGiven} or more arguments`;
  const counts = leastGiven === most ? String(most) : `${leastGiven} or ${most}`;
  return `${counts} argument${counts === "1" ? "" : "s"}`;
}

/** What an argument may be, for the messages: `text`, `a list`, `numbers`. */
export function wantedOf(parameter: Parameter): string {
  return parameter.type === numbers ? "numbers" : describeType(parameter.type);
}

function dateEntries(): Readonly<Record<DatePart, FunctionEntry>> {
  const entries = dateParts.map((part): [DatePart, FunctionEntry] => [
    part,
    {
      parameters: [
        { name: "moment", type: types.number },
        { name: "zone", type: types.text, optional: true },
      ],
      result: always(types.integer),
      sentence: datePartSentences[part],
      example: `timestamp(inputs.due).${part}("Europe/Zurich")`,
    },
  ]);
  return Object.fromEntries(entries) as Readonly<Record<DatePart, FunctionEntry>>;
}

function firstOf(args: readonly Type[]): Type {
  const last = args.at(-1) ?? types.any;
  return joinAll([...args.slice(0, -1).map(withoutNull), last]);
}

function leastOf(args: readonly Type[]): Type {
  const [only = types.any] = args;
  return args.length > 1 || isFilled(only) || only.kind === "number"
    ? types.number
    : unionOf([types.number, types.null]);
}

function sameList(args: readonly Type[]): Type {
  const lists = partsOf(args[0] ?? types.any).filter((part) => part.kind === "list");
  return lists.length === 0 ? types.list : joinAll(lists);
}

function itemOf(type: Type): Type {
  return type.kind === "list" ? type.item : types.any;
}

function knownItem(type: Type): Type {
  return type.kind === "list" ? itemOfList(type) : types.any;
}

function innerItem(type: Type): Type {
  return type.kind === "list" ? type.item : type;
}

function valueOf(type: Type): Type {
  if (type.kind !== "object" || type.open) return types.any;
  return joinAll([...type.fields.values()]);
}

function mergeOf(args: readonly Type[]): Type {
  const fields = new Map<string, Type>();
  const optional = new Set<string>();
  let open = false;
  for (const arg of args) {
    if (arg.kind !== "object") return types.object;
    if (arg.open) return types.object;
    for (const [key, type] of arg.fields) {
      const before = fields.get(key);
      const maybe = arg.optional.has(key);
      fields.set(key, maybe && before !== undefined ? join(before, type) : type);
      if (!maybe) optional.delete(key);
      else if (before === undefined) optional.add(key);
    }
    open ||= arg.open;
  }
  return objectOf(fields, { optional, open });
}

function productOf([type = types.any]: readonly Type[]): Type {
  if (type.kind !== "object" || type.open || type.optional.size > 0) return listOf(types.object);
  return listOf(objectOf(new Map([...type.fields].map(([key, items]) => [key, knownItem(items)]))));
}
