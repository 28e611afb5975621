import type { Json } from "../../base/json.ts";
import type { Range } from "../diagnostic.ts";
import { madeAt, type SourceEntry, type SourceNode, type SourceScalar } from "../source/tree.ts";

/** A value that nobody wrote, at the place of what it stands for. */
function nodeOf(value: Json, range: Range): SourceNode {
  if (Array.isArray(value)) return { kind: "list", range, items: value.map((item: Json) => nodeOf(item, range)) };
  if (typeof value !== "object" || value === null) {
    return { kind: "scalar", range, value, text: String(value), style: "plain", origin: () => range.start };
  }
  return {
    kind: "map",
    range,
    entries: Object.entries(value).map(([key, field]) => ({ key, keyRange: range, value: nodeOf(field, range) })),
  };
}

/** A key that nobody wrote, with its value. */
export function entryAt(key: string, value: Json, range: Range): SourceEntry {
  const made = madeAt(range);
  return { key, keyRange: made, value: nodeOf(value, made) };
}

/** What was written under one key, under another one. */
export function renamed(key: string, { keyRange, value }: SourceEntry): SourceEntry {
  return { key, keyRange, value };
}

/** True for a value that says as much as none: null, or a text without a character. */
export function isBlank(node: SourceNode): boolean {
  return node.kind === "scalar" && (node.value === null || node.value === "");
}

/** The text of a scalar that holds something. */
export function textOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === "scalar" && node.value !== null ? node.text : undefined;
}

/** A stretch of a rewritten text: as it stands in the file, from `start` on, or put there. */
export type Piece = string | { readonly text: string; readonly start: number };

/** A text made of pieces, in the place of a scalar. `at` says where each character of that scalar stands. */
export function rewritten(
  scalar: SourceScalar,
  pieces: readonly Piece[],
  at: (offset: number) => number,
): SourceScalar {
  const places: number[] = [];
  let text = "";
  let last = scalar.range.start;
  for (const piece of pieces) {
    const part = typeof piece === "string" ? piece : piece.text;
    for (let index = 0; index < part.length; index += 1) {
      if (typeof piece !== "string") last = at(piece.start + index);
      places.push(last);
    }
    text += part;
  }
  return { ...scalar, value: text, text, origin: (offset) => places[offset] ?? scalar.range.end };
}
