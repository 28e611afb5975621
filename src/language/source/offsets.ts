import type { Piece, SourceScalar } from "./tree.ts";

/** Offset in the file of each character of a scalar's text: where it begins, or where what is written for it ends. */
export type OffsetMap = (offset: number, side?: "start" | "end") => number;

/**
 * Where the characters of a scalar's text stand in the file.
 *
 * Plain one-line values map one to one. Quotes, escapes, folded lines and indentation are followed by walking the written form and the text
 * side by side, once; white space may be off by its own length, which no caret points at.
 */
export function offsetsOf(file: string, scalar: SourceScalar): OffsetMap {
  const { range, text, style, origin, pieces } = scalar;
  const end = (side: "start" | "end" | undefined): number => (side === "end" ? 1 : 0);
  if (origin !== undefined) return (offset, side) => origin(offset) + end(side);
  if (pieces !== undefined) return (offset, side) => (placeIn(pieces, offset) ?? range.start) + end(side);
  if (style === "plain" && range.end - range.start === text.length)
    return (offset, side) => range.start + offset + end(side);
  return walked(file, scalar);
}

function walked(file: string, { range, text, style }: SourceScalar): OffsetMap {
  let at = style === "plain" ? range.start : range.start + 1;
  if (style === "block") at = file.indexOf("\n", range.start) + 1;
  const written: Written = { file, style, end: range.end };
  const places = new Uint32Array(text.length + 1);
  for (let offset = 0; offset <= text.length; offset += 1) {
    const char = text[offset] ?? "";
    const before = places[offset - 1];
    if (before !== undefined && style === "double" && /[\udc00-\udfff]/.test(char) && file.startsWith("\\U", before)) {
      // `\U0001F600` is one written form of both halves of a character.
      places[offset] = before;
      continue;
    }
    places[offset] = skipTo(written, at, char);
    at = Math.min(after(written, places[offset] ?? at, char), range.end);
  }
  return (offset, side) => {
    const start = places[offset] ?? range.end;
    return side === "end" ? Math.min(after(written, start, text[offset] ?? ""), range.end) : start;
  };
}

/** The place in the piece that an offset lies in: at its ends where the piece is shorter or longer than what was written. */
function placeIn(pieces: readonly Piece[], offset: number): number | undefined {
  const piece = pieces.findLast(({ from }) => from <= offset) ?? pieces[0];
  if (piece === undefined) return undefined;
  const { start, end } = piece.range;
  return Math.max(start, Math.min(start + offset - piece.from, end - 1));
}

interface Written {
  readonly file: string;
  readonly style: SourceScalar["style"];
  readonly end: number;
}

/** Offset after the written form of one character of the text. */
function after({ file, style }: Written, at: number, char: string): number {
  if (style === "double" && file[at] === "\\") return at + escapeLength(file, at);
  return style === "single" && char === "'" ? at + 2 : at + 1;
}

/** Passes white space that folding, indentation or an escaped line end left out of the text. */
function skipTo(written: Written, from: number, char: string): number {
  const wanted = /\s/.test(char) ? "space" : "other";
  let at = from;
  while (at < written.end) {
    const kind = kindAt(written, at);
    if (kind === wanted || kind === "other") break;
    at += kind === "line" ? 2 : 1;
  }
  return Math.min(at, written.end);
}

function kindAt({ file, style }: Written, at: number): "space" | "line" | "other" {
  const char = file[at] ?? "";
  if (/\s/.test(char)) return "space";
  if (style !== "double" || char !== "\\") return "other";
  const next = file[at + 1] ?? "";
  if (next === "\n" || next === "\r") return "line";
  return "nt_ rNLP".includes(next) ? "space" : "other";
}

function escapeLength(file: string, at: number): number {
  const lengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };
  return lengths[file[at + 1] ?? ""] ?? 2;
}
