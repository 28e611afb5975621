import { CST, Lexer } from "yaml";
import type { Json } from "../../base/json.ts";
import { type SourceNode, toJson } from "../source/tree.ts";
import type { LaidEntry, Layout } from "./layout.ts";
import { withSingleBraces } from "./spelling.ts";

/** What a file says, whatever the order and spelling of the language's own fields: two files of one meaning give the same text. */
export function meaningOf(layout: Layout): string {
  return JSON.stringify(mapMeaning(layout));
}

function mapMeaning({ entries }: Layout): Json {
  return entries
    .map((laid): [number, string, Json] => [laid.rank, laid.name, entryMeaning(laid)])
    .toSorted((a, b) => a[0] - b[0]);
}

function entryMeaning({ entry, inside, hasHoles }: LaidEntry): Json {
  const maps = new Map(inside.map((each) => [each.map, each]));
  return valueMeaning(entry.value, maps, hasHoles);
}

function valueMeaning(node: SourceNode, maps: ReadonlyMap<SourceNode, Layout>, hasHoles: boolean): Json {
  const layout = maps.get(node);
  if (layout !== undefined) return mapMeaning(layout);
  if (node.kind === "list") return node.items.map((item) => valueMeaning(item, maps, hasHoles));
  if (node.kind === "map") return node.entries.map(({ key, value }) => [key, valueMeaning(value, maps, hasHoles)]);
  return hasHoles && typeof node.value === "string" ? withSingleBraces(node.value) : toJson(node);
}

/** The comments of a file, sorted. */
export function commentsOf(text: string): readonly string[] {
  const comments: string[] = [];
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (!isScalar && CST.tokenType(token) === "comment") comments.push(token.trimEnd());
    isScalar = token === CST.SCALAR;
  }
  return comments.toSorted((a, b) => (a < b ? -1 : 1));
}
