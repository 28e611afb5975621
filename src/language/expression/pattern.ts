import { RE2JS } from "re2js";
import { messageOf } from "../../base/error.ts";
import { expressionLimits, failure, spend, type Work } from "./work.ts";

/** A regular expression made ready: matching takes time linear in the text, whatever the pattern is. */
export interface Pattern {
  /** Parts of its program: at worst each is tried at each character. */
  readonly parts: number;
  /** Whether it matches anywhere in a text. */
  readonly test: (text: string) => boolean;
}

/** Parts times characters that are tried for the price of one step. */
const triesPerStep = 8;

/** Steps that it costs to compile a pattern which is only known at run time. */
const compileSteps = 2000;

/** Whether a pattern that was computed matches anywhere in a text. */
export function matchesText(work: Work, text: string, pattern: string): boolean {
  spend(work, compileSteps);
  const compiled = compilePattern(pattern);
  if (typeof compiled === "string") throw failure(work, compiled);
  return matchesPattern(work, text, compiled);
}

/** Whether a pattern matches anywhere in a text. */
export function matchesPattern(work: Work, text: string, pattern: Pattern): boolean {
  spend(work, Math.ceil((text.length * pattern.parts) / triesPerStep));
  return pattern.test(text);
}

/** The pattern made ready, or what is wrong with it. */
export function compilePattern(pattern: string): Pattern | string {
  const { patternCharsMax, patternPartsMax } = expressionLimits;
  if (pattern.length > patternCharsMax) {
    return `the pattern has ${pattern.length} characters; at most ${patternCharsMax} are allowed`;
  }
  // Compiling takes the longest for what is refused in the end: a count that is too high is seen before.
  const counts = [...pattern.matchAll(/\{(\d+),?(\d*)\}/g)].flatMap(([, least, most]) => [Number(least), Number(most)]);
  if (counts.some((count) => count > patternPartsMax)) return `the pattern ${JSON.stringify(pattern)} repeats too much`;
  try {
    const compiled = RE2JS.compile(pattern);
    const parts = compiled.programSize();
    if (parts <= patternPartsMax) return { parts, test: (text) => compiled.test(text) };
    return `the pattern ${JSON.stringify(pattern)} repeats too much`;
  } catch (error) {
    const reason = messageOf(error).replace(/^error parsing regexp: /, "");
    return `the pattern ${JSON.stringify(pattern)} is not a regular expression: ${reason}`;
  }
}
