import { type Code, codeTable } from "./codes.ts";
import type { Diagnostic, Range } from "./diagnostic.ts";
import { isMade } from "./source/tree.ts";
import { suggest } from "./suggest.ts";

/** An edit: a new text for a scalar or a key, which gets the quotes that it needs where it stands. */
export interface Fix {
  readonly range: Range;
  readonly text: string;
  /** The text is written just so: it is part of a scalar, or has its quotes. */
  readonly isExact?: true;
}

/** What may be said beside the message. */
export interface ProblemExtra {
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
  /** Where a rule only warns in this case. */
  readonly severity?: Diagnostic["severity"];
}

/** Collects the problems of one file. */
export interface Problems {
  /** Adds a problem; the same code at the same place is said once. */
  report(code: Code, range: Range, message: string, extra?: ProblemExtra): void;
  /**
   * Notes something that is right but that this build does not carry out (E090). It is no error of the file: only who runs it is told.
   * It speaks for all that stands in it, up to `end`.
   */
  later(range: Range, what: string, end?: number): void;
  /** The known word that was probably meant. Bounded: a hostile file gets no more suggestions after the first fifty. */
  closest(word: string, known: Iterable<string>): string | undefined;
  /** Line of an offset, from 1. */
  lineOf(offset: number): number;
  readonly errors: number;
  /** True when nothing more is taken: what is found from here on would not be shown. */
  readonly full: boolean;
  /** All problems in line order; `pathAt` gives the place in the document. */
  inOrder(pathAt: (offset: number) => string): readonly Diagnostic[];
  /** What was noted as not carried out by this build, in line order. */
  laterInOrder(pathAt: (offset: number) => string): readonly Diagnostic[];
}

const problemsMax = 200;
const suggestionsMax = 50;

/** A new, empty collection for a file of this text. */
export function createProblems(text: string): Problems {
  const found: Omit<Diagnostic, "path">[] = [];
  const later: Later[] = [];
  const places = new Set<string>();
  let errors = 0;
  let suggestions = 0;

  return {
    report(code, range, said, extra = {}) {
      const message = inOneLine(said);
      const place = `${code} ${range.start} ${message}`;
      const severity = extra.severity ?? codeTable[code].severity;
      if (severity === "error") errors += 1;
      if (places.has(place) || found.length >= problemsMax) return;
      places.add(place);
      const { hint, fix } = extra;
      const diagnostic = {
        severity,
        code,
        message,
        range,
        ...(hint !== undefined && { hint: inOneLine(hint) }),
        ...(fix !== undefined && !isMade(fix.range) && { fix: { range: fix.range, text: asWritten(text, fix) } }),
      };
      found.push(diagnostic);
    },
    later(range, what, end = range.end) {
      if (later.length < problemsMax) later.push({ range, what, end });
    },
    closest(word, known) {
      if (suggestions >= suggestionsMax) return undefined;
      suggestions += 1;
      return suggest(word, [...known]);
    },
    lineOf: (offset) => text.slice(0, offset).split("\n").length,
    get errors() {
      return errors;
    },
    get full() {
      return found.length >= problemsMax;
    },
    inOrder: (pathAt) => inLineOrder(found, pathAt),
    laterInOrder: (pathAt) => inLineOrder(outermost(later).map(notCarriedOut), pathAt),
  };
}

/** Something that this build does not carry out, and where it ends with all that stands in it. */
interface Later {
  readonly range: Range;
  readonly what: string;
  readonly end: number;
}

/** Those that stand in no other: a trigger that is not carried out need not be told once more for each of its fields. */
function outermost(all: readonly Later[]): readonly Later[] {
  let last: Later | undefined;
  return all
    .toSorted((a, b) => a.range.start - b.range.start)
    .filter((each) => {
      if (last !== undefined && each.range.start > last.range.start && each.range.start < last.end) return false;
      last = each;
      return true;
    });
}

function notCarriedOut({ range, what }: Later): Omit<Diagnostic, "path"> {
  const hint = "validate checks it; run needs a build that has it";
  return { severity: "error", code: "E090", message: `${what} is not carried out by this build`, range, hint };
}

/** Names in a file may have line ends; a message has none. */
function inOneLine(text: string): string {
  return /[\n\r]/.test(text) ? text.trim().replace(/\s*[\n\r]\s*/g, " ") : text;
}

/** Whether YAML reads a word that stands there without quotes as this very text, wherever it stands. */
function isPlain(text: string): boolean {
  return /^(?:[a-z/][\w./@-]*|\d+(?:\.\d+)?[a-z]+)$/i.test(text) && !/^(?:true|false|null|0x.*)$/i.test(text);
}

/** The text of a fix as it has to be written where it stands: a word that stands in quotes keeps them, since JSON needs them. */
function asWritten(file: string, { range, text, isExact }: Fix): string {
  if (isExact === true) return text;
  const before = file.slice(range.start, range.end);
  if (/^(?:"(?:[^"\\]|\\.)*"|true|false|null|[-+.]?\d[\d.eE+-]*)$/.test(before)) return JSON.stringify(text);
  if (/^'(?:[^']|'')*'$/.test(before)) return `'${text.replaceAll("'", "''")}'`;
  const word = isPlain(text) ? text : JSON.stringify(text);
  // The range of a text in lines takes in the end of its last line.
  return /^[|>][^\n]*\n/.test(before) ? `${word}${/\s*$/.exec(before)?.[0] ?? ""}` : word;
}

function inLineOrder(
  found: readonly Omit<Diagnostic, "path">[],
  pathAt: (offset: number) => string,
): readonly Diagnostic[] {
  const sorted = found.toSorted((a, b) => a.range.start - b.range.start);
  return sorted.map((diagnostic) => ({ ...diagnostic, path: pathAt(diagnostic.range.start) }));
}
