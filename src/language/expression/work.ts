import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json } from "../../base/json.ts";

/** Every bound of an expression; a form that would pass one is refused, at publish where that is visible, else at run time. */
export const expressionLimits = {
  /** Characters of one expression as written. */
  textMax: 8192,
  /** Nodes of its tree, and how deep brackets, calls and choices may stand in each other. */
  nodesMax: 2000,
  depthMax: 64,
  /** Macros whose bodies stand in each other. */
  macroDepthMax: 3,
  /** Nodes visited, items walked and spans of text read while one expression is evaluated. */
  stepsMax: 100_000,
  /** The same while it is checked, to see whether it depends on anything at all. */
  constantStepsMax: 2000,
  constantCharsMax: 16_384,
  /** Characters of any text an expression builds, and of its result as JSON. */
  resultCharsMax: 1_048_576,
  resultDepthMax: 64,
  /** Characters of a regular expression, and parts of the program it becomes. */
  patternCharsMax: 500,
  patternPartsMax: 500,
} as const;

/** Characters of text that are read for the price of one step. */
const charsPerStep = 256;

/** Characters of JSON that are written for the price of one step. */
const charsPerJsonStep = 64;

/** One evaluation under way: what it may still spend, and the text that its failures name. */
export interface Work {
  readonly text: string;
  stepsLeft: number;
  /** Hears of what is not there: see `Names`. */
  readonly missing?: ((what: string) => void) | undefined;
}

/** Pays for `steps` more, or fails because the expression has used up what one evaluation may take. */
export function spend(work: Work, steps: number): void {
  work.stepsLeft -= steps;
  if (work.stepsLeft < 0) throw tooExpensive(work, `needs more than ${expressionLimits.stepsMax} steps`);
}

/** Pays for reading `chars` characters. */
export function spendOnText(work: Work, chars: number): void {
  spend(work, Math.ceil(chars / charsPerStep));
}

/** The text itself when an expression may hold one of this length. */
export function boundedText(work: Work, text: string): string {
  boundChars(work, text.length);
  return text;
}

/** Fails when a text of this length is more than an expression may build; ask before building it. */
export function boundChars(work: Work, chars: number): void {
  if (chars > expressionLimits.resultCharsMax) throw tooExpensive(work, "makes too large a value");
}

/** The value itself when its JSON form is within bounds. */
export function boundedValue(work: Work, value: Json, charsMax: number): Json {
  charsOf(work, value, charsMax);
  return value;
}

/** The JSON text of a value, within bounds and paid for. */
export function jsonText(work: Work, value: Json): string {
  const charsMax = Math.min(expressionLimits.resultCharsMax, work.stepsLeft * charsPerJsonStep);
  spend(work, Math.ceil(charsOf(work, value, charsMax) / charsPerJsonStep));
  return JSON.stringify(value);
}

/** The failure of an expression that went past a bound. */
export function tooExpensive(work: Work, what: string): RunwrightError {
  return new RunwrightError("expression.too-expensive", `The expression ${quoted(work.text)} ${what}.`);
}

/** The failure of an expression whose values do not fit it. */
export function failure(work: Work, what: string): RunwrightError {
  return new RunwrightError("expression.failed", `${failureLead(work.text)}${what}.`);
}

/** How the message of every failure of this expression begins. */
export function failureLead(text: string): string {
  return `In the expression ${quoted(text)}: `;
}

/** The kind of a value in the words of the messages. */
export function kindOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "number":
      return "a number";
    case "boolean":
      return "true/false";
    default:
      return "an object";
  }
}

// Values may share parts, so that a small tree stands for a huge text: the walk stops at the bound, not at the end.
function charsOf(work: Work, whole: Json, charsMax: number): number {
  let chars = 0;
  visit(whole, 0);
  return chars;

  function visit(value: Json, depth: number): void {
    if (depth > expressionLimits.resultDepthMax) {
      throw tooExpensive(work, `makes a value nested deeper than ${expressionLimits.resultDepthMax}`);
    }
    chars += typeof value === "string" ? value.length + 2 : 4;
    if (chars > charsMax) throw tooExpensive(work, "makes too large a value");
    if (Array.isArray(value)) {
      for (const item of value as readonly Json[]) visit(item, depth + 1);
    } else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        chars += key.length + 4;
        visit(item, depth + 1);
      }
    }
  }
}

function quoted(text: string): string {
  const shown = text.length > 120 ? `${text.slice(0, 117)}...` : text;
  return `'${shown}'`;
}
