import { parseDuration } from "../../base/duration.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { dateParts, partOfDate, type DatePart } from "./dates.ts";
import { matchesText } from "./pattern.ts";
import type { FunctionName } from "./functions.ts";
import { compare, equal, finite, setField, type Fields } from "./values.ts";
import { boundChars, boundedText, failure, jsonText, kindOf, spend, spendOnText, type Work } from "./work.ts";

/** Carries out one call; the arguments are already evaluated. */
export type Builtin = (work: Work, args: readonly Json[]) => Json;

/** What each function of the table does. `first` and `default` are not here: they do not evaluate all their arguments. */
export const builtins: Readonly<Record<Exclude<FunctionName, "first" | "default">, Builtin>> = {
  size: (work, [value = null]) => {
    if (typeof value === "string") return characters(work, value);
    if (Array.isArray(value)) return value.length;
    return keysOf(work, objectFor(work, "size", value)).length;
  },
  json: (work, [value = null]) => jsonText(work, value),
  min: (work, args) => least(work, "min", args, 1),
  max: (work, args) => least(work, "max", args, -1),
  sum: (work, [list = null]) =>
    finite(
      work,
      numbersFor(work, "sum", list).reduce((total, item) => total + item, 0),
    ),
  string: (work, [value = null]) => (typeof value === "string" ? value : jsonText(work, value)),
  number: (work, [value = null]) => toNumber(work, "number", value),
  double: (work, [value = null]) => toNumber(work, "double", value),
  int: (work, [value = null]) => toWhole(work, value),
  bool: (work, [value = null]) => toTruth(work, value),
  dyn: (_, [value = null]) => value,
  lower: (work, [text = null]) => boundedText(work, readText(work, "lower", text).toLowerCase()),
  upper: (work, [text = null]) => boundedText(work, readText(work, "upper", text).toUpperCase()),
  trim: (work, [text = null]) => trimmed(readText(work, "trim", text)),
  split: (work, [text = null, separator = null, limit = -1]) => split(work, text, separator, limit),
  join: (work, [list = null, separator = ""]) => joinTexts(work, list, textFor(work, "join", separator)),
  replace,
  matches: (work, [text = null, pattern = null]) =>
    matchesText(work, textFor(work, "matches", text), textFor(work, "matches", pattern)),
  keys: (work, [value = null]) => keysOf(work, objectFor(work, "keys", value)),
  values: (work, [value = null]) => {
    const values = Object.values(objectFor(work, "values", value));
    spend(work, values.length);
    return values;
  },
  unique: (work, [list = null]) => unique(work, listFor(work, "unique", list)),
  sort: (work, [list = null]) => sort(work, listFor(work, "sort", list)),
  flatten: (work, [list = null]) => {
    const items = listFor(work, "flatten", list);
    for (const item of items) if (Array.isArray(item)) spend(work, item.length);
    return items.flat(1);
  },
  merge: (work, args) => {
    const merged: Fields = {};
    for (const arg of args) {
      const entries = Object.entries(objectFor(work, "merge", arg));
      spend(work, entries.length);
      for (const [key, value] of entries) setField(merged, key, value);
    }
    return merged;
  },
  product: (work, [lists = null]) => product(work, objectFor(work, "product", lists)),
  duration: (work, [value = null]) =>
    typeof value === "number" ? value : toDuration(work, textFor(work, "duration", value)),
  timestamp: (work, [text = null]) => toTimestamp(work, textFor(work, "timestamp", text)),
  ...dateBuiltins(),
};

function dateBuiltins(): Readonly<Record<DatePart, Builtin>> {
  const entries = dateParts.map((part): [DatePart, Builtin] => [
    part,
    (work, [moment = null, zone = "UTC"]) => partOfDate(work, part, moment, zone),
  ]);
  return Object.fromEntries(entries) as Readonly<Record<DatePart, Builtin>>;
}

function textFor(work: Work, name: string, value: Json): string {
  if (typeof value !== "string") throw failure(work, `${name}() needs text, but got ${kindOf(value)}`);
  return value;
}

function readText(work: Work, name: string, value: Json): string {
  const text = textFor(work, name, value);
  spendOnText(work, text.length);
  return text;
}

// How often at most; any number below zero is for always.
function limitFor(work: Work, name: string, value: Json): number {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw failure(work, `${name}() needs a whole number as its limit, but got ${kindOf(value)}`);
  }
  return value < 0 ? Infinity : value;
}

function listFor(work: Work, name: string, value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw failure(work, `${name}() needs a list, but got ${kindOf(value)}`);
  spend(work, value.length);
  return value;
}

function objectFor(work: Work, name: string, value: Json): JsonObject {
  if (!isJsonObject(value)) throw failure(work, `${name}() needs an object, but got ${kindOf(value)}`);
  return value;
}

function numbersFor(work: Work, name: string, value: Json): readonly number[] {
  const list = listFor(work, name, value);
  const wrong = list.find((item) => typeof item !== "number");
  if (wrong !== undefined) throw failure(work, `${name}() needs numbers, but the list holds ${kindOf(wrong)}`);
  return list as readonly number[];
}

function keysOf(work: Work, value: JsonObject): readonly string[] {
  const keys = Object.keys(value);
  spend(work, keys.length);
  return keys;
}

// People count characters, not UTF-16 units: an emoji is one.
function characters(work: Work, text: string): number {
  spendOnText(work, text.length);
  let pairs = 0;
  for (let at = 1; at < text.length; at += 1) {
    if (isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1))) pairs += 1;
  }
  return text.length - pairs;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function least(work: Work, name: string, args: readonly Json[], sign: 1 | -1): Json {
  const only = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  let best: number | undefined;
  for (const value of numbersFor(work, name, only)) {
    if (best === undefined || (value - best) * sign < 0) best = value;
  }
  return best ?? null;
}

function toNumber(work: Work, name: string, value: Json): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  const text = textFor(work, name, value).trim();
  if (!/^[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})(e[+-]?\d{1,4})?$/i.test(text)) {
    throw failure(work, `${name}() cannot read ${JSON.stringify(text.slice(0, 40))}`);
  }
  return finite(work, Number(text));
}

// Beyond 2^53 not every whole number is one of JSON's: the next one would be taken for it.
function toWhole(work: Work, value: Json): number {
  const given = typeof value === "number" ? value : wholeIn(work, textFor(work, "int", value));
  const whole = Math.trunc(given);
  if (!Number.isSafeInteger(whole)) throw failure(work, `int() gives whole numbers up to 2^53, not ${given}`);
  return whole + 0;
}

function wholeIn(work: Work, text: string): number {
  if (/^[+-]?\d{1,20}$/.test(text)) return Number(text);
  throw failure(work, `int() cannot read ${JSON.stringify(text.slice(0, 40))}`);
}

const spelledTruths: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "true", "True", "TRUE"].map((text) => [text, true] as const),
  ...["0", "f", "false", "False", "FALSE"].map((text) => [text, false] as const),
]);

function toTruth(work: Work, value: Json): boolean {
  if (typeof value === "boolean") return value;
  const text = textFor(work, "bool", value);
  const truth = spelledTruths.get(text);
  if (truth === undefined) throw failure(work, `bool() cannot read ${JSON.stringify(text.slice(0, 40))}`);
  return truth;
}

function joinTexts(work: Work, list: Json, separator: string): string {
  const parts = listFor(work, "join", list).map((item) => {
    if (typeof item === "string") return item;
    if (item === null || typeof item === "object") {
      throw failure(work, `join() needs texts, but the list holds ${kindOf(item)}`);
    }
    return String(item);
  });
  const chars = parts.reduce((total, part) => total + part.length, separator.length * Math.max(0, parts.length - 1));
  boundChars(work, chars);
  spendOnText(work, chars);
  return parts.join(separator);
}

function replace(work: Work, [text = null, from = null, to = null, limit = -1]: readonly Json[]): string {
  const whole = readText(work, "replace", text);
  const part = textFor(work, "replace", from);
  const other = textFor(work, "replace", to);
  const most = limitFor(work, "replace", limit);
  if (part === "") throw failure(work, "replace() needs a text to look for, but it is empty");
  let places = 0;
  let end = 0;
  for (let at = whole.indexOf(part); at !== -1 && places < most; at = whole.indexOf(part, end)) {
    places += 1;
    end = at + part.length;
  }
  const chars = whole.length + places * (other.length - part.length);
  boundChars(work, chars);
  spendOnText(work, chars);
  return whole.slice(0, end).replaceAll(part, () => other) + whole.slice(end);
}

function split(work: Work, text: Json, separator: Json, limit: Json): readonly string[] {
  const whole = readText(work, "split", text);
  const between = textFor(work, "split", separator);
  const most = limitFor(work, "split", limit);
  // One part more than can be paid for: enough to fail, and no more memory than that.
  const parts = between === "" ? charactersOf(work, whole) : whole.split(between, work.stepsLeft + 1);
  spend(work, parts.length);
  if (parts.length <= most) return parts;
  return most === 0 ? [] : [...parts.slice(0, most - 1), parts.slice(most - 1).join(between)];
}

// An emoji is one part, not two halves that are no text.
function charactersOf(work: Work, text: string): readonly string[] {
  spend(work, Math.floor(text.length / 2));
  return Array.from(text);
}

// White space as Unicode has it; the platform's own `trim` differs in two characters.
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && spaces.has(text.charAt(start))) start += 1;
  while (start < end && spaces.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const spaces: ReadonlySet<string> = new Set(
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

// Texts and numbers, the usual case, are told apart by a set; only other kinds are compared with each other one by one.
function unique(work: Work, list: readonly Json[]): readonly Json[] {
  const seen = new Set<Json>();
  const objects: Json[] = [];
  return list.filter((item) => {
    if (typeof item === "object" && item !== null) {
      if (objects.some((known) => equal(work, known, item))) return false;
      objects.push(item);
      return true;
    }
    if (typeof item === "string") spendOnText(work, item.length);
    if (seen.has(item)) return false;
    seen.add(item);
    return true;
  });
}

function sort(work: Work, list: readonly Json[]): readonly Json[] {
  return list.toSorted((left, right) => {
    spend(work, 1);
    if (typeof left === "boolean") throw failure(work, "sort() needs numbers or texts, but the list holds true/false");
    return compare(work, left, right);
  });
}

function product(work: Work, lists: JsonObject): readonly Json[] {
  let rows: readonly JsonObject[] = [{}];
  for (const [key, list] of Object.entries(lists)) {
    const items = listFor(work, "product", list);
    spend(work, rows.length * items.length * (rows.length === 0 ? 1 : Object.keys(rows[0] ?? {}).length + 1));
    rows = rows.flatMap((row) =>
      items.map((item) => {
        const next: Fields = {};
        for (const [name, value] of Object.entries(row)) setField(next, name, value);
        setField(next, key, item);
        return next;
      }),
    );
  }
  return rows;
}

function toDuration(work: Work, text: string): number {
  const parts = text.length <= 100 ? (text.match(/[\d.]+[a-z]+/g) ?? []) : [];
  const sizes = parts.map((part) => parseDuration(part));
  if (parts.length === 0 || parts.join("") !== text || sizes.includes(undefined)) {
    throw failure(work, `duration() cannot read ${JSON.stringify(text.slice(0, 40))}; write 30s, 5m, 2h or 7d`);
  }
  return sizes.reduce<number>((total, size) => total + (size ?? 0), 0);
}

const timestampForm = /^(?!0000)\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d))?$/;

// A date without a time is midnight UTC; a time must say its zone, since the reader's own zone is not part of a workflow.
function toTimestamp(work: Work, text: string): number {
  const ms = timestampForm.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw failure(work, `timestamp() cannot read ${JSON.stringify(text.slice(0, 40))}; write 2026-03-01T09:30:00Z`);
  }
  return ms;
}
