import { tooDeep, type ExpressionProblem } from "./problem.ts";
import type { Macro } from "./tree.ts";

/** What the parser says about a text that it cannot read. */
export interface ReadError {
  readonly code: string;
  readonly summary: string;
  readonly start: number;
  readonly end: number;
}

// Words that other languages have for operators.
const words: ReadonlyMap<string, string> = new Map([
  ["and", "write &&"],
  ["or", "write ||"],
  ["not", "write !"],
  ["is", "write =="],
  ["eq", "write =="],
  ["equals", "write =="],
  ["ne", "write !="],
  ["xor", "write !="],
  ["lt", "write <"],
  ["le", "write <="],
  ["gt", "write >"],
  ["ge", "write >="],
  ["mod", "write %"],
  ["div", "write /"],
  ["like", "write contains"],
  ["includes", "write contains"],
  ["matches", 'write matches(text, "pattern")'],
  ["if", "write condition ? one : other"],
  ["then", "write condition ? one : other"],
  ["else", "write condition ? one : other"],
]);

// Signs that other languages have; the first that stands at the place decides.
const signs: readonly (readonly [string, string])[] = [
  ["=>", "write list.map(item, item.name)"],
  ["!==", "write !="],
  ["===", "write =="],
  ["==", "write =="],
  ["=", "use == to compare"],
  ["&", "write &&"],
  ["|", "write ||"],
  ["<>", "write !="],
  ["??", "write default(a, b)"],
  ["${", "the whole value is an expression here: leave out ${ and }"],
  ["`", "write text in quotes"],
  ["#", "a reference is written #step.field"],
  ["^", "there is no power operator; write a * a"],
  [";", "an expression is one value; leave out ;"],
];

const escapeCodes = new Set([
  "invalid_escape_sequence",
  "invalid_unicode_escape",
  "invalid_hex_escape",
  "invalid_octal_escape",
]);

/** Says in our words what is wrong with a text, where, and what to write instead. */
export function correctionFor(text: string, error: ReadError): ExpressionProblem {
  const { code, start, end } = error;
  if (code === "limit_exceeded") return tooLarge(text, error);
  if (code.startsWith("unterminated") || code === "newline_in_string") return openText(text, start);
  if (code === "reserved_identifier") return reserved(text, start, end);
  if (code === "invalid_macro_argument") return macro(text, start, end);
  if (escapeCodes.has(code)) return escape(text, start, end);
  if (start >= text.trimEnd().length) return tooShort(text);
  return unexpected(text, start, Math.max(end, start + 1));
}

function unexpected(text: string, start: number, end: number): ExpressionProblem {
  const found = text.slice(start, end);
  const word = wordProblem(text, start, end);
  if (word !== undefined) return word;

  const sign = signAt(text, operatorStart(text, start)) ?? signAt(text, start);
  if (sign !== undefined) return sign;
  if (found === "." && text[start - 1] === "?") {
    const hint = "write a plain dot: a missing field reads as null";
    return { code: "E300", message: `unexpected character "?"`, hint, start: start - 1, end: start + 1 };
  }
  const open = /^[)\]}]$/.test(found) ? "nothing before it is open" : undefined;
  const hint = open ?? (/^["'\w]/.test(found) ? "an operator is missing before it" : undefined);
  const message = found.length === 1 && !/\w/.test(found) ? `unexpected character "${found}"` : `unexpected ${found}`;
  return { code: "E300", message, ...(hint === undefined ? {} : { hint }), start, end };
}

// `a and b` stops at `and`, but `not a` stops at `a`: the word before counts too.
function wordProblem(text: string, start: number, end: number): ExpressionProblem | undefined {
  const here = text.slice(start, end);
  if (isOperatorWord(here)) return wordAt(here, start);
  const before = /([A-Za-z]+)\s+$/.exec(text.slice(0, start));
  if (before?.[1] === undefined || !isOperatorWord(before[1])) return undefined;
  return wordAt(before[1], before.index);
}

function wordAt(word: string, start: number): ExpressionProblem {
  const hint = words.get(word.toLowerCase()) ?? "";
  const end = start + word.length;
  const written = hint.slice("write ".length);
  const fix = /^\W+$/.test(written) && word.toLowerCase() !== "not" ? { fix: { start, end, text: written } } : {};
  return { code: "E300", message: `'${word}' is not an operator`, hint, start, end, ...fix };
}

function isOperatorWord(word: string): boolean {
  return words.has(word.toLowerCase());
}

function signAt(text: string, start: number): ExpressionProblem | undefined {
  const sign = signs.find(([written]) => text.startsWith(written, start));
  if (sign === undefined) return undefined;
  const [written, hint] = sign;
  const end = start + written.length;
  const problem: ExpressionProblem = { code: "E300", message: `unexpected character "${written}"`, hint, start, end };
  const operator = /^write (\W+)$/.exec(hint)?.[1];
  // Between two values the operator is certain; anywhere else it would be the next mistake.
  const joins = /[\w)\]}"']\s*$/.test(text.slice(0, start)) && /^\s*[\w([{"'!-]/.test(text.slice(end));
  return operator === undefined || !joins ? problem : { ...problem, fix: { start, end, text: operator } };
}

// `===` and `<>` are read as an operator and a rest: the rest alone would not say what was meant.
function operatorStart(text: string, start: number): number {
  let from = start;
  while (/[=!<>?&|]/.test(text[from] ?? "") && /[=!<?&|]/.test(text[from - 1] ?? "")) from -= 1;
  return from;
}

function tooLarge(text: string, { summary, start }: ReadError): ExpressionProblem {
  const place = { start: Math.min(start, text.length), end: text.length };
  if (summary.includes("maxDepth")) return { ...tooDeep, ...place };
  return { ...tooDeep, message: "the expression has too many parts", ...place };
}

function openText(text: string, start: number): ExpressionProblem {
  const quote = /["']/.exec(text.slice(start))?.[0];
  // A line that ends inside a text is reported at its end; the text began at the last quote before it.
  const from =
    quote === undefined || text[start] === "\n"
      ? Math.max(text.lastIndexOf('"', start), text.lastIndexOf("'", start))
      : start;
  const line = text.indexOf("\n", from);
  const end = line === -1 ? text.length : line;
  return {
    code: "E300",
    message: "the text that starts here is not closed",
    hint: `add ${text[from] ?? '"'}`,
    start: from,
    end,
  };
}

function reserved(text: string, start: number, end: number): ExpressionProblem {
  const word = text.slice(start, end);
  if (isOperatorWord(word)) return wordAt(word, start);
  return { code: "E300", message: `'${word}' is a reserved word`, hint: "give the value another name", start, end };
}

/** How each macro is written. */
export const macroHints: Readonly<Record<Macro, string>> = {
  all: "write list.all(item, item.done)",
  exists: "write list.exists(item, item.done)",
  exists_one: "write list.exists_one(item, item.done)",
  map: "write list.map(item, item.name)",
  filter: "write list.filter(item, item.done)",
};

const macroOpening = /\.\s*(all|exists|exists_one|map|filter)\s*\(\s*/g;

/** What is wrong with a macro whose first argument cannot stand for the item. */
export function macroVariable(name: Macro): { readonly message: string; readonly hint: string } {
  return { message: `the first argument of '${name}' must be a new name, for the item`, hint: macroHints[name] };
}

function macro(text: string, start: number, end: number): ExpressionProblem {
  // The place may lie inside the argument, as the point of `a.b` does: it begins where the last macro opens.
  const opened = [...text.slice(0, start).matchAll(macroOpening)].at(-1);
  if (opened === undefined) return { code: "E300", ...macroVariable("map"), start, end };
  const from = opened.index + opened[0].length;
  return { code: "E300", ...macroVariable(opened[1] as Macro), start: from, end };
}

function escape(text: string, start: number, end: number): ExpressionProblem {
  const written = text.slice(start, end);
  const fix = { start, end, text: `\\${written}` };
  return { code: "E300", message: `'${written}' means nothing in a text`, hint: `write \\${written}`, start, end, fix };
}

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

function tooShort(text: string): ExpressionProblem {
  const open = lastOpen(text);
  if (open !== undefined) {
    const bracket = text[open] ?? "(";
    const hint = `add ${closers[bracket] ?? ")"}`;
    return { code: "E300", message: `'${bracket}' is not closed`, hint, start: open, end: open + 1 };
  }
  const end = text.trimEnd().length;
  const last = /(?:\w+|[^\w\s]+)$/.exec(text.slice(0, end))?.[0] ?? "";
  const message =
    last === "?" || /\?[^:]*$/.test(text) ? "':' is missing after '?'" : `something is missing after '${last}'`;
  return { code: "E300", message, start: end - last.length, end };
}

function lastOpen(text: string): number | undefined {
  const open: number[] = [];
  for (const { 0: found, index } of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()[\]{}]/g)) {
    if (closers[found] !== undefined) open.push(index);
    else if (found.length === 1) open.pop();
  }
  return open.at(-1);
}
