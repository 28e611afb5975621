import type { LogItem } from "./run-log-tail.ts";

/** Merges lists that are in order: two and two, so that many of them cost no more than sorting would. */
export function mergeAll(lists: readonly (readonly LogItem[])[]): readonly LogItem[] {
  let rest = lists;
  while (rest.length > 1)
    rest = Array.from({ length: Math.ceil(rest.length / 2) }, (_, pair) =>
      merge(rest[pair * 2] ?? [], rest[pair * 2 + 1] ?? []),
    );
  return rest[0] ?? [];
}

function merge(left: readonly LogItem[], right: readonly LogItem[]): readonly LogItem[] {
  const merged: LogItem[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const [a, b] = [left[l], right[r]];
    if (b === undefined || (a !== undefined && comesFirst(a, b))) {
      if (a !== undefined) merged.push(a);
      l += 1;
    } else {
      merged.push(b);
      r += 1;
    }
  }
  return merged;
}

/** At the same moment a step that runs a workflow begins before its run, and ends after it. */
function comesFirst(a: LogItem, b: LogItem): boolean {
  return a.at === b.at ? a.kind !== "end" || a.depth >= b.depth : a.at < b.at;
}
