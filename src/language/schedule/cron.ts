import { suggest } from "../suggest.ts";

/** The points in time that a cron line names, in the clock of some place. */
export interface Cron {
  /** In order, without duplicates. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Of the month, from 1. */
  readonly days: ReadonlySet<number>;
  /** From 1. */
  readonly months: ReadonlySet<number>;
  /** From 0, Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Both day fields are restricted: a day that either names counts, as in every cron. Else both must hold. */
  readonly eitherDay: boolean;
}

/** What is wrong with a cron line; offsets are in its text. */
export interface CronProblem {
  readonly message: string;
  readonly hint?: string;
  readonly start: number;
  readonly end: number;
  /** What to write there instead, when that is certain. */
  readonly better?: string;
}

/** A cron line that was read, or the first thing that is wrong with it. */
export type ParsedCron =
  | { readonly cron: Cron; readonly problem?: never }
  | { readonly cron?: never; readonly problem: CronProblem };

interface FieldRule {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Words for the numbers from `least` on. */
  readonly words: readonly string[];
}

const rules: readonly FieldRule[] = [
  { name: "minute", least: 0, most: 59, words: [] },
  { name: "hour", least: 0, most: 23, words: [] },
  { name: "day of the month", least: 1, most: 31, words: [] },
  {
    name: "month",
    least: 1,
    most: 12,
    words: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
  },
  { name: "weekday", least: 0, most: 7, words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] },
];

/** Short words of other crons, and what they stand for. */
const shortcuts: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

/** No line that a person writes is longer. */
const cronCharsMax = 256;

/** Reads five fields: lists, ranges, steps, names of months and weekdays; 7 is Sunday too. */
export function parseCron(text: string): ParsedCron {
  const words = [...text.slice(0, cronCharsMax).matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    start: match.index,
  }));
  const wrong = shapeProblem(text, words);
  if (wrong !== undefined) return { problem: wrong };

  const sets: ReadonlySet<number>[] = [];
  for (const [index, rule] of rules.entries()) {
    const word = words[index] ?? { text: "", start: 0 };
    const read = readField(word, rule);
    if (!(read instanceof Set)) return { problem: read };
    sets.push(read);
  }
  const [minutes, hours, days, months, weekdays] = sets;
  const cron: Cron = {
    minutes: inOrder(minutes),
    hours: inOrder(hours),
    days: days ?? new Set(),
    months: months ?? new Set(),
    weekdays: new Set(inOrder(weekdays).map((day) => day % 7)),
    // A field that begins with * restricts nothing in this sense, also as */2: so it is in every cron.
    eitherDay: !isStarred(words[2]) && !isStarred(words[4]),
  };
  return { cron };
}

interface Word {
  readonly text: string;
  readonly start: number;
}

function isStarred(word: Word | undefined): boolean {
  return word?.text.startsWith("*") === true;
}

function inOrder(numbers: ReadonlySet<number> = new Set()): readonly number[] {
  return [...numbers].toSorted((left, right) => left - right);
}

/** What is wrong with the line as a whole. */
function shapeProblem(text: string, words: readonly Word[]): CronProblem | undefined {
  const whole = { start: 0, end: text.length };
  if (text.length > cronCharsMax) return { ...whole, message: `a cron line has at most ${cronCharsMax} characters` };
  const better = shortcuts.get(text.trim().toLowerCase());
  if (better !== undefined)
    return { ...whole, message: `'${text.trim()}' is not five fields`, hint: `write ${better}`, better };
  if (words.length === rules.length) return undefined;
  return {
    ...whole,
    message: `a cron line has five fields, not ${words.length}`,
    hint:
      words.length === 6
        ? "leave out the seconds: minute, hour, day, month, weekday"
        : 'minute, hour, day, month, weekday: "0 7 * * 1-5" is each weekday at seven',
  };
}

function readField(word: Word, rule: FieldRule): Set<number> | CronProblem {
  const numbers = new Set<number>();
  let { start } = word;
  for (const text of word.text.split(",")) {
    const part = readPart({ text, start }, rule);
    if ("message" in part) return part;
    for (let number = part.from; number <= part.to; number += part.by) numbers.add(number);
    start += text.length + 1;
  }
  return numbers;
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly by: number;
}

/** `*`, `5`, `1-5`, each with or without `/2` behind it. */
function readPart(part: Word, rule: FieldRule): Part | CronProblem {
  const { least, most } = rule;
  const at = { start: part.start, end: part.start + Math.max(part.text.length, 1) };
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part.text);
  if (match === null) return { ...at, ...foreign(part.text, rule) };

  const [, star, first = "", last, step] = match;
  const by = step === undefined ? 1 : Number(step);
  if (by === 0) return { ...at, message: "a step of 0 gets nowhere", hint: "write a step from 1, as in */5" };
  // Weekdays end with 7, Sunday, which as a star is there already.
  if (star !== undefined) return { from: least, to: rule.name === "weekday" ? 6 : most, by };

  if (last === undefined && step !== undefined)
    return { ...at, message: `'${part.text}' has a step but no range`, hint: `write ${first}-${most}/${step}` };
  const range = readRange([first, last ?? first], rule);
  return "message" in range ? { ...at, ...range } : { ...range, by };
}

type Said = Pick<CronProblem, "message" | "hint">;

function readRange([first, last]: readonly [string, string], rule: FieldRule): Omit<Part, "by"> | Said {
  const from = numberOf(first, rule);
  if (typeof from === "string") return { message: from, ...nearest(first, rule) };
  const end = numberOf(last, rule);
  if (typeof end === "string") return { message: end, ...nearest(last, rule) };

  // FRI-SUN ends with the Sunday after, not with the one before.
  const to = rule.name === "weekday" && end === 0 && from > 0 && first !== last ? 7 : end;
  if (to >= from) return { from, to };
  return { message: `'${first}-${last}' runs backwards`, hint: `write ${first}-${rule.most},${rule.least}-${last}` };
}

/** The number that a word stands for, or what is wrong with it. */
function numberOf(word: string, { name, least, most, words }: FieldRule): number | string {
  const named = words.indexOf(word.toUpperCase());
  if (named >= 0) return least + named;
  if (!/^\d+$/.test(word)) return `'${word}' is not a ${name}`;
  const number = Number(word);
  return number >= least && number <= most ? number : `${name} is ${least} to ${most}, not ${word}`;
}

function nearest(word: string, { least, most, words }: FieldRule): { readonly hint?: string } {
  if (/^\d+$/.test(word)) return {};
  const near = suggest(word.toUpperCase(), words);
  if (near !== undefined) return { hint: `did you mean ${near}?` };
  return { hint: `write ${least} to ${most}${words.length === 0 ? "" : `, or ${words[0]} to ${words.at(-1)}`}` };
}

function foreign(text: string, { name }: FieldRule): Said {
  if (text === "") return { message: `a ${name} is missing beside a comma`, hint: "write for example 1,15" };
  if (text === "?") return { message: "'?' is not known here", hint: "write *" };
  return {
    message: `'${text}' is not a ${name}`,
    hint: "write *, a number, a range such as 1-5 or a step such as */5",
  };
}
