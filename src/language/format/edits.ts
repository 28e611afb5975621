import type { Range } from "../diagnostic.ts";

/** A piece of text that takes the place of another. */
export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** A text with edits carried out; of two that begin at one place the first counts. */
export function edited(text: string, edits: readonly Edit[]): string {
  let made = "";
  let at = 0;
  for (const { range, text: piece } of edits.toSorted((a, b) => a.range.start - b.range.start)) {
    if (range.start < at) continue;
    made += text.slice(at, range.start) + piece;
    at = range.end;
  }
  return made + text.slice(at);
}
