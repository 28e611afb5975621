import type { LogItem } from "./run-log-tail.ts";

/** What is kept of one run in one round: a follower that slept for long takes several. */
const roundItemsMax = 10_000;
/** Characters of the last lines of one run, beyond which fewer are kept. */
const keptCharsMax = 64 * 1024 * 1024;

/** Where the items of one run lie in one round. */
export interface Shelf {
  add(item: LogItem): void;
  isFull(): boolean;
  kept(): readonly LogItem[];
  /** How many were put away again. */
  left(): number;
}

/** The last ones. */
export function createLastOf(count: number): Shelf {
  let items: LogItem[] = [];
  let chars = 0;
  let left = 0;
  return {
    add(item) {
      items.push(item);
      chars += charsOf(item);
      if (items.length >= count * 2) keep(count);
      else if (chars > keptCharsMax) keep(Math.floor(items.length / 2));
    },
    isFull: () => false,
    kept() {
      keep(count);
      return items;
    },
    left: () => left,
  };

  function keep(most: number): void {
    const kept = items.slice(-Math.max(1, most));
    left += items.length - kept.length;
    items = kept;
    chars = items.reduce((sum, item) => sum + charsOf(item), 0);
  }
}

/** The first ones; the others stay for the next round. */
export function createFirstOf(): Shelf {
  const items: LogItem[] = [];
  return {
    add: (item) => void items.push(item),
    isFull: () => items.length >= roundItemsMax,
    kept: () => items,
    left: () => 0,
  };
}

function charsOf(item: LogItem): number {
  return item.kind === "log" ? item.text.length : 0;
}
