import type { Json } from "../../base/json.ts";
import type { Range } from "../diagnostic.ts";

/** A node of a file as it was written: a JSON value whose every part knows its place in the text. */
export type SourceNode = SourceMap | SourceList | SourceScalar;

/** A map; its keys are different from each other and stand in the order of the file. */
export interface SourceMap {
  readonly kind: "map";
  readonly range: Range;
  readonly entries: readonly SourceEntry[];
}

/** One key with its value. */
export interface SourceEntry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: SourceNode;
}

/** A list. */
export interface SourceList {
  readonly kind: "list";
  readonly range: Range;
  readonly items: readonly SourceNode[];
}

/** A text, number, true/false or null. */
export interface SourceScalar {
  readonly kind: "scalar";
  /** With its quotes. */
  readonly range: Range;
  readonly value: null | boolean | number | string;
  /** As written for plain scalars, so that `404` and `true` can serve as texts; else the value. */
  readonly text: string;
  readonly style: "plain" | "single" | "double" | "block";
  /** Where each character of the text stands in the file, for a text that was rewritten from what is there. */
  readonly origin?: (offset: number) => number;
  /** Of a text that was put together from others: where its parts were written. In the order of the text. */
  readonly pieces?: readonly Piece[];
}

/** A part of a text, from an offset on, that was written elsewhere. */
export interface Piece {
  readonly from: number;
  readonly range: Range;
}

const madeRanges = new WeakSet<Range>();

/** A range for something that nobody wrote: it says where that belongs, but there is nothing there to mend. */
export function madeAt({ start, end }: Range): Range {
  const range = { start, end };
  madeRanges.add(range);
  return range;
}

/** True for the range of something that nobody wrote. */
export function isMade(range: Range): boolean {
  return madeRanges.has(range);
}

/** The entry of a key, or undefined. */
export function entryOf(map: SourceMap, key: string): SourceEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

/** The JSON value of a node. */
export function toJson(node: SourceNode): Json {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(toJson);
    case "map":
      return Object.fromEntries(node.entries.map((entry) => [entry.key, toJson(entry.value)]));
  }
}

/** What a person calls a node: `a map`, `a list`, `text`, `a number`, `true/false`, `empty`. */
export function kindOf(node: SourceNode): string {
  if (node.kind !== "scalar") return node.kind === "map" ? "a map" : "a list";
  if (node.value === null) return "empty";
  if (typeof node.value === "number") return "a number";
  return typeof node.value === "boolean" ? "true/false" : "text";
}

/** Path of the deepest key or item that an offset stands in, for example `steps[2].needs[0]`. */
export function pathAt(root: SourceNode | undefined, offset: number): string {
  let path = "";
  for (let node = root; node !== undefined;) {
    const step = stepInto(node, offset);
    if (step === undefined) break;
    path += step.part;
    node = step.node;
  }
  return path.replace(/^\./, "");
}

function stepInto(node: SourceNode, offset: number): { readonly part: string; readonly node: SourceNode } | undefined {
  if (node.kind === "list") {
    const index = node.items.findIndex((item) => covers(item.range, offset));
    const item = node.items[index];
    return item === undefined ? undefined : { part: `[${index}]`, node: item };
  }
  if (node.kind === "scalar") return undefined;
  const entry = node.entries.find(({ keyRange, value }) => covers(keyRange, offset) || covers(value.range, offset));
  if (entry === undefined) return undefined;
  return { part: /^[\w-]+$/.test(entry.key) ? `.${entry.key}` : `[${JSON.stringify(entry.key)}]`, node: entry.value };
}

function covers(range: Range, offset: number): boolean {
  return range.start <= offset && (offset < range.end || (range.start === range.end && offset === range.start));
}
