import type { Code } from "../codes.ts";
import type { Range } from "../diagnostic.ts";
import type { Fix } from "../problems.ts";
import type { Workshop } from "./workshop.ts";

/** Names listed in a hint at most. */
const listedMax = 12;

/** A name that was looked for and is not there. */
export interface Missing {
  readonly code: Code;
  readonly range: Range;
  readonly message: string;
  /** As it was written. */
  readonly word: string;
  readonly known: Iterable<string>;
  /** What to do where nothing is known. */
  readonly none: string;
  /** The edit that writes the name that was meant; undefined: it replaces the range. */
  readonly fix?: (meant: string) => Fix;
}

/** Reports a name that is not there: with the one that was probably meant, or with those there are. */
export function reportMissing({ problems }: Workshop, missing: Missing): void {
  const { code, range, message, word, known, none, fix = (text) => ({ range, text }) } = missing;
  // What is not shown any more needs no hint: a hostile file asks thousands of times, with thousands of names.
  const names = problems.full ? [] : [...known];
  const meant = problems.closest(word, names);
  problems.report(code, range, message, {
    hint: meant === undefined ? (names.length === 0 ? none : `known: ${listed(names)}`) : `did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : fix(meant),
  });
}

/** Some names, the rest as a number. */
export function listed(names: readonly string[]): string {
  const more = names.length - listedMax;
  return more <= 0 ? names.join(", ") : `${names.slice(0, listedMax).join(", ")} and ${more} more`;
}

/** `'a'`, `'a' and 'b'`. */
export function quoted(names: readonly string[]): string {
  const words = names.map((name) => `'${name}'`);
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
