/** A line of two texts side by side: in both, only in the older, or only in the newer. */
export interface DiffLine {
  readonly sign: " " | "-" | "+";
  readonly text: string;
  /** Number of the line in the newer text; of one that is gone, where it stood. From 1. */
  readonly line: number;
}

/** Changes that are looked for one by one; texts with more are shown as one change from the first to the last. */
const editsMax = 500;

/** In what two texts differ, line by line, with `around` lines that are in both before and after each change. */
export function diffLines(older: string, newer: string, around: number): readonly DiffLine[] {
  return nearChanges(compared(linesOf(older), linesOf(newer)), around);
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function compared(older: readonly string[], newer: readonly string[]): readonly DiffLine[] {
  const shortest = Math.min(older.length, newer.length);
  let head = 0;
  while (head < shortest && older[head] === newer[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && older[older.length - 1 - tail] === newer[newer.length - 1 - tail]) tail += 1;

  const gone = older.slice(head, older.length - tail);
  const come = newer.slice(head, newer.length - tail);
  let line = 0;
  const lineOf = (sign: DiffLine["sign"], text: string): DiffLine => {
    if (sign !== "-") line += 1;
    return { sign, text, line: sign === "-" ? line + 1 : line };
  };
  return [
    ...newer.slice(0, head).map((text) => lineOf(" ", text)),
    ...(shortestEdits(gone, come) ?? wholly(gone, come)).map(([sign, text]) => lineOf(sign, text)),
    ...newer.slice(newer.length - tail).map((text) => lineOf(" ", text)),
  ];
}

type Edit = readonly [DiffLine["sign"], string];

function wholly(gone: readonly string[], come: readonly string[]): readonly Edit[] {
  return [...gone.map((text) => ["-", text] as const), ...come.map((text) => ["+", text] as const)];
}

/**
 * The fewest lines to take away and to add (Myers): on each diagonal the way that got furthest with so many edits. Undefined when there are more
 * than are looked for: the work grows with their square.
 */
function shortestEdits(older: readonly string[], newer: readonly string[]): readonly Edit[] | undefined {
  const trace: Map<number, number>[] = [];
  let reached = new Map([[1, 0]]);
  for (let edits = 0; edits <= Math.min(editsMax, older.length + newer.length); edits += 1) {
    const next = new Map<number, number>();
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = stepOn(reached, diagonal, edits);
      while (x < older.length && x - diagonal < newer.length && older[x] === newer[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= older.length && x - diagonal >= newer.length) return wayBack(older, newer, [...trace, reached]);
    }
    trace.push(reached);
    reached = next;
  }
  return undefined;
}

/** Where the next edit on a diagonal leads: down takes a line of the newer text, right one of the older. */
function stepOn(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return isDown(reached, diagonal, edits) ? (reached.get(diagonal + 1) ?? 0) : (reached.get(diagonal - 1) ?? 0) + 1;
}

function isDown(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (reached.get(diagonal - 1) ?? 0) < (reached.get(diagonal + 1) ?? 0);
}

/** Walks from the end of both texts to their beginning, by the edits that led there. */
function wayBack(
  older: readonly string[],
  newer: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): readonly Edit[] {
  const edits: Edit[] = [];
  let x = older.length;
  let y = newer.length;
  const stay = (fromX: number, fromY: number): void => {
    for (; x > fromX && y > fromY; x -= 1, y -= 1) edits.push([" ", older[x - 1] ?? ""]);
  };
  for (let count = trace.length - 1; count > 0; count -= 1) {
    const reached = trace[count] ?? new Map<number, number>();
    const isAdded = isDown(reached, x - y, count);
    const before = isAdded ? x - y + 1 : x - y - 1;
    const fromX = reached.get(before) ?? 0;
    stay(isAdded ? fromX : fromX + 1, isAdded ? fromX - before + 1 : fromX - before);
    edits.push(isAdded ? ["+", newer[y - 1] ?? ""] : ["-", older[x - 1] ?? ""]);
    x = fromX;
    y = fromX - before;
  }
  stay(0, 0);
  return edits.toReversed();
}

function nearChanges(lines: readonly DiffLine[], around: number): readonly DiffLine[] {
  const near = new Set<number>();
  for (const [index, { sign }] of lines.entries()) {
    if (sign === " ") continue;
    for (let each = index - around; each <= index + around; each += 1) near.add(each);
  }
  return lines.filter((_line, index) => near.has(index));
}
