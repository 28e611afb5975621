import type { LaidEntry, Layout } from "./layout.ts";

/** The lines of a file; each keeps its line end. */
interface Page {
  readonly lines: readonly string[];
  /** Blank lines that belong to the block text above them, which keeps them: `|+`. */
  readonly kept: ReadonlySet<number>;
  /** Line of an offset, from 0. */
  lineAt(offset: number): number;
  /** Offset of the beginning of a line. */
  startOf(line: number): number;
}

/** A text whose block maps stand in order. Each entry moves as whole lines, with the comments and blank lines above it. */
export function inBlockOrder(text: string, root: Layout): string {
  const page = pageOf(text);
  const from = firstLine(page, root);
  if (from === undefined) return text;
  const lines = orderedMap(page, root, { start: from, end: page.lines.length });
  return [...page.lines.slice(0, from), ...lines].join("");
}

function pageOf(text: string): Page {
  const lines = text.split(/(?<=\n)/);
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length;
  }
  return {
    lines,
    kept: keptLines(lines),
    startOf: (line) => starts[line] ?? text.length,
    lineAt(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}

function keptLines(lines: readonly string[]): ReadonlySet<number> {
  const kept = new Set<number>();
  let column: number | undefined;
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/);
    if (column !== undefined && indent === -1) kept.add(index);
    if (indent === -1 || (column !== undefined && indent > column)) continue;
    column = /[|>](?:\d?\+|\+\d?)\s*(?:#.*)?$/.test(line) ? line.search(/[^\s-]/) : undefined;
  }
  return kept;
}

/** Line of a block map's first key; undefined for one in braces and for one whose first key has something else before it than dashes. */
function firstLine(page: Page, { entries }: Layout): number | undefined {
  const start = entries[0]?.entry.keyRange.start;
  if (start === undefined) return undefined;
  const line = page.lineAt(start);
  return /^\s*(?:- +)?$/.test(beforeKey(page, line, start)) ? line : undefined;
}

function beforeKey(page: Page, line: number, keyStart: number): string {
  return page.lines[line]?.slice(0, keyStart - page.startOf(line)) ?? "";
}

/** The lines of one entry. */
interface Block {
  readonly rank: number;
  /** Comments and blank lines above it. */
  readonly lead: readonly string[];
  /** Its own lines, the first without what stands before the key. */
  readonly body: readonly string[];
}

/** The lines of a map in order; `start` is the line of its first key, or of the comments above that. */
function orderedMap(
  page: Page,
  layout: Layout,
  { start: top, end }: { readonly start: number; readonly end: number },
): readonly string[] {
  const from = firstLine(page, layout) ?? end;
  const starts = layout.entries.map(({ entry }) => entry.keyRange.start);
  const column = (starts[0] ?? 0) - page.startOf(from);
  const keyLines = starts.map((start) => page.lineAt(start));
  const isRegular = starts.every(
    (start, index) =>
      start - page.startOf(keyLines[index] ?? 0) === column &&
      (index === 0 ||
        ((keyLines[index] ?? 0) > (keyLines[index - 1] ?? 0) &&
          beforeKey(page, keyLines[index] ?? 0, start).trim() === "")),
  );
  if (!isRegular || (keyLines.at(-1) ?? 0) >= end) return page.lines.slice(top, end);

  const tail = leadStart(page, end, from, column);
  const leads = keyLines.map((line, index) =>
    index === 0 ? top : leadStart(page, line, keyLines[index - 1] ?? 0, column),
  );
  const blocks = layout.entries.map((laid, index): Block => {
    const line = keyLines[index] ?? 0;
    const body = entryLines(page, laid, leads[index + 1] ?? tail);
    const first = body[0]?.slice(column) ?? "";
    return { rank: laid.rank, lead: page.lines.slice(leads[index] ?? line, line), body: [first, ...body.slice(1)] };
  });
  return [...joined(blocks, page.lines[from]?.slice(0, column) ?? ""), ...page.lines.slice(tail, end)];
}

/** Blocks by rank below each other; `prefix` is what stood before the first key, which may hold a dash. */
function joined(blocks: readonly Block[], prefix: string): readonly string[] {
  const indent = " ".repeat(prefix.length);
  const dash = prefix.search(/-/);
  const leadIndent = " ".repeat(dash === -1 ? prefix.length : dash);
  return blocks
    .toSorted((a, b) => a.rank - b.rank)
    .flatMap(({ lead, body }, index) => {
      const [first = "", ...rest] = body;
      if (index > 0) return [...lead, indent + first, ...rest];
      // What stood above a key that comes first stands above the dash: nothing can stand between them.
      const above =
        lead === blocks[0]?.lead
          ? lead
          : lead.filter((line) => line.trim() !== "").map((line) => leadIndent + line.trimStart());
      return [...above, prefix + first, ...rest];
    });
}

/** The lines of an entry up to `end`, with the maps in it in order. */
function entryLines(page: Page, { entry, inside }: LaidEntry, end: number): readonly string[] {
  const lines: string[] = [];
  let at = page.lineAt(entry.keyRange.start);
  const firsts = inside.map((each) => firstLine(page, each));
  for (const [index, each] of inside.entries()) {
    const from = firsts[index];
    if (from === undefined || from <= at - 1 || from >= end) continue;
    if (from === page.lineAt(entry.keyRange.start)) continue;
    const next = firsts.slice(index + 1).find((line) => line !== undefined);
    const limit = next === undefined ? end : itemStart(page, next, from);
    // Comments between a key and the first key of its value belong to the latter.
    const column = each.map.range.start - page.startOf(from);
    const start = each.map === entry.value ? leadStart(page, from, at, column) : from;
    lines.push(...page.lines.slice(at, start), ...orderedMap(page, each, { start, end: limit }));
    at = limit;
  }
  return [...lines, ...page.lines.slice(at, end)];
}

/** Where the list item whose map begins at a line begins itself, with the comments and blank lines above it. */
function itemStart(page: Page, line: number, after: number): number {
  let at = line;
  while (at > after + 1 && !/^\s*-(?:\s|$)/.test(page.lines[at] ?? "")) at -= 1;
  return leadStart(page, at, after, (page.lines[at] ?? "").search(/\S/));
}

/** The first of the comments and blank lines right above a line; comments that stand deeper belong to what is above them. */
function leadStart(page: Page, line: number, after: number, column: number): number {
  let at = line;
  while (at > after + 1 && !page.kept.has(at - 1) && isLoose(page.lines[at - 1] ?? "", column)) at -= 1;
  return at;
}

function isLoose(line: string, column: number): boolean {
  const indent = line.search(/\S/);
  if (indent === -1) return true;
  return (line[indent] === "#" && indent <= column) || (column === 0 && /^\.\.\.\s/.test(line));
}
