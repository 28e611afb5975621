import type { Field } from "../fields/field.ts";
import type { SourceEntry, SourceList, SourceMap, SourceNode } from "../source/tree.ts";
import { type Order, orderOfFields, orderOfFile, orderOfStep } from "./order.ts";

/** A map whose keys are the language's own, or names that lead to such maps: what the formatter may put in order. */
export interface Layout {
  readonly map: SourceMap;
  readonly entries: readonly LaidEntry[];
}

/** One entry of such a map. */
export interface LaidEntry {
  readonly entry: SourceEntry;
  /** The key as it is to be written. */
  readonly name: string;
  /** Its place among the others: a key that is not known stays behind the one before it. */
  readonly rank: number;
  /** The maps in its value, in the order of the file. */
  readonly inside: readonly Layout[];
  /** True when its value is one with `${…}` in its texts. */
  readonly hasHoles: boolean;
}

type Form = Omit<Field, "name" | "doc" | "supported">;

/** The layout of a file. */
export function layoutOf(root: SourceMap): Layout {
  // An anchored map has several places in the tree, but one in the text: it is laid out where it is written.
  return laidMap(root, orderOfFile, new Set());
}

function laidMap(map: SourceMap, order: Order, seen: Set<number>): Layout {
  seen.add(map.range.start);
  const written = new Set(map.entries.map(({ key }) => key));
  let rank = -1;
  const entries = map.entries.map((entry): LaidEntry => {
    const field = order.fieldOf(entry.key);
    if (field !== undefined) rank = order.rankOf(field.name);
    const isFree = field !== undefined && !namesIn(field).some((name) => name !== entry.key && written.has(name));
    return {
      entry,
      name: isFree ? field.name : entry.key,
      rank,
      inside: field === undefined ? [] : insideOf(entry.value, field, seen),
      hasHoles: field !== undefined && holed.has(field.kind),
    };
  });
  return { map, entries };
}

const holed: ReadonlySet<Field["kind"]> = new Set(["text", "template", "templates", "expression"]);

function namesIn({ name, aliases = [] }: Field): readonly string[] {
  return [name, ...aliases];
}

function insideOf(value: SourceNode, form: Form, seen: Set<number>): readonly Layout[] {
  if (value.kind === "scalar" || seen.has(value.range.start)) return [];
  if (form.kind === "steps") return value.kind === "list" ? listInside(value, orderOfStep, seen) : [];

  const { fields, entries } = (form.fields ?? form.entries) ? form : (form.or ?? form);
  if (value.kind === "list") return fields === undefined ? [] : listInside(value, orderOfFields(fields), seen);
  if (entries !== undefined) return [namedEntries(value, entries, seen)];
  return fields === undefined ? [] : [laidMap(value, orderOfFields(fields), seen)];
}

function listInside(list: SourceList, order: Order, seen: Set<number>): readonly Layout[] {
  return mapsIn(list, seen).map((map) => laidMap(map, order, seen));
}

/** A map whose keys are names that the file gives: they stay as they are. */
function namedEntries(map: SourceMap, form: Form, seen: Set<number>): Layout {
  seen.add(map.range.start);
  const entries = map.entries.map((entry) => ({
    entry,
    name: entry.key,
    rank: 0,
    inside: insideOf(entry.value, form, seen),
    hasHoles: false,
  }));
  return { map, entries };
}

function mapsIn(list: SourceList, seen: ReadonlySet<number>): readonly SourceMap[] {
  const maps = new Set<number>(seen);
  return list.items.filter((item): item is SourceMap => {
    if (item.kind !== "map" || maps.has(item.range.start)) return false;
    maps.add(item.range.start);
    return true;
  });
}

/** Every layout of a file, the outer before the inner. */
export function* layoutsIn(layout: Layout): Iterable<Layout> {
  yield layout;
  for (const { inside } of layout.entries) for (const each of inside) yield* layoutsIn(each);
}
