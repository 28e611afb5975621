import type { Diagnostic, Range } from "./diagnostic.ts";
import type { Source } from "./world.ts";

const columnsMax = 160;
const columnsBefore = 60;

/**
 * A problem for people:
 *
 *     error[E030] file.yml:17:13  step 'write' needs 'reviw', which does not exist
 *         17 |     needs: [reviw]
 *            |             ^^^^^
 *            = did you mean 'review'?
 */
export function formatDiagnostic(diagnostic: Diagnostic, source: Source): string {
  const { severity, code, message, range, hint } = diagnostic;
  const { line, column, text } = placeOf(source.text, range.start);
  const { shown, before, marked } = excerpt(text, column - 1, range);
  const gutter = " ".repeat(Math.max(6, String(line).length));
  const lines = [
    `${severity}[${code}] ${printable(source.file)}:${line}:${column}  ${printable(message)}`,
    `${String(line).padStart(6)} | ${printable(shown)}`,
    `${gutter} | ${blank(before)}${"^".repeat(Math.max(1, widthOf(marked)))}`,
  ];
  if (hint !== undefined) lines.push(`${gutter} = ${printable(hint)}`);
  return lines.join("\n");
}

/** A problem for programs: lines and columns count from 1, columns in UTF-16 units, as editors do. */
export interface DiagnosticJson {
  readonly severity: Diagnostic["severity"];
  readonly code: string;
  readonly file: string;
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly range: RangeJson;
  readonly fix?: { readonly range: RangeJson; readonly text: string };
}

/** A range by offsets and by lines. */
export interface RangeJson extends Range {
  readonly from: { readonly line: number; readonly column: number };
  readonly to: { readonly line: number; readonly column: number };
}

/** The JSON form of a problem. */
export function diagnosticJson(diagnostic: Diagnostic, source: Source): DiagnosticJson {
  const { severity, code, path, message, hint, range, fix } = diagnostic;
  return {
    severity,
    code,
    file: source.file,
    path,
    message,
    ...(hint !== undefined && { hint }),
    range: rangeJson(source.text, range),
    ...(fix !== undefined && { fix: { range: rangeJson(source.text, fix.range), text: fix.text } }),
  };
}

function rangeJson(text: string, range: Range): RangeJson {
  const from = placeOf(text, range.start);
  const to = placeOf(text, range.end);
  return { ...range, from: { line: from.line, column: from.column }, to: { line: to.line, column: to.column } };
}

function placeOf(
  source: string,
  offset: number,
): { readonly line: number; readonly column: number; readonly text: string } {
  const start = source.lastIndexOf("\n", offset - 1) + 1;
  const end = source.indexOf("\n", start);
  const text = source.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
  let line = 1;
  for (let at = source.indexOf("\n"); at >= 0 && at < start; at = source.indexOf("\n", at + 1)) line += 1;
  return { line, column: offset - start + 1, text };
}

/** The part of a line around a range: a line of 200,000 characters is not for reading. */
function excerpt(
  text: string,
  column: number,
  range: Range,
): { readonly shown: string; readonly before: string; readonly marked: string } {
  const from = text.length <= columnsMax ? 0 : Math.max(0, column - columnsBefore);
  const to = Math.min(text.length, from + columnsMax);
  const lead = from > 0 ? "…" : "";
  const shown = `${lead}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
  return {
    shown,
    before: lead + text.slice(from, column),
    marked: text.slice(column, Math.min(to, column + range.end - range.start)),
  };
}

/** Text without what would move the cursor or colour the terminal: names in a file are other people's. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]|[\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** White space of the same width. */
function blank(text: string): string {
  return printable(text).replace(/[^\t]/gu, (char) => " ".repeat(widthOf(char)));
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;

function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += wide.test(char) ? 2 : 1;
  return width;
}
