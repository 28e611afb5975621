import type { Edit } from "./edits.ts";
import type { LaidEntry, Layout } from "./layout.ts";

/** Edits that put the entries of maps in braces in order. Commas and spaces stay where they are. */
export function flowEdits(text: string, layout: Layout): readonly Edit[] {
  const { map, entries } = layout;
  if (text[map.range.start] === "{") {
    const made = flowText(text, layout);
    return made === text.slice(map.range.start, map.range.end) ? [] : [{ range: map.range, text: made }];
  }
  return entries.flatMap(({ inside }) => inside.flatMap((each) => flowEdits(text, each)));
}

function flowText(text: string, layout: Layout): string {
  const { map, entries } = layout;
  if (!isPlain(text, layout)) return text.slice(map.range.start, map.range.end);

  const pieces = entries
    .map((each) => ({ rank: each.rank, piece: entryText(text, each) }))
    .toSorted((a, b) => a.rank - b.rank);
  let made = "";
  let at = map.range.start;
  for (const [index, { entry }] of entries.entries()) {
    made += text.slice(at, entry.keyRange.start) + (pieces[index]?.piece ?? "");
    at = entry.value.range.end;
  }
  return made + text.slice(at, map.range.end);
}

function entryText(text: string, { entry, inside }: LaidEntry): string {
  let made = "";
  let at = entry.keyRange.start;
  for (const each of inside) {
    made += text.slice(at, each.map.range.start) + flowText(text, each);
    at = each.map.range.end;
  }
  return made + text.slice(at, entry.value.range.end);
}

/** True when every entry stands where the tree says, which an alias does not, and no comment stands between them. */
function isPlain(text: string, { map, entries }: Layout): boolean {
  let at = map.range.start;
  for (const { entry, inside } of entries) {
    const { keyRange, value } = entry;
    if (keyRange.start < at || value.range.start <= keyRange.end || value.range.end > map.range.end) return false;
    if (text.slice(at, keyRange.start).includes("#")) return false;
    if (inside.some((each) => each.map.range.start < keyRange.end || each.map.range.end > value.range.end))
      return false;
    at = value.range.end;
  }
  return !text.slice(at, map.range.end).includes("#");
}
