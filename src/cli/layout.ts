import { formatDuration } from "../base/duration.ts";
import type { Output } from "./output.ts";
import type { Line, Row } from "./tracker.ts";
import { fit, widthOf } from "./width.ts";
import { wordCells } from "./words.ts";

/** Cells of each column; on a narrow terminal the count has none of its own and follows the path. */
interface Columns {
  readonly path: number;
  readonly count: number;
  readonly gap: string;
}

const indent = "  ";
const timeCells = 7;
const wideFrom = 64;
const wideCount = 9;
const pathCellsMax = 32;
const pathCellsMin = 8;
const noteCellsMin = 10;

function columnsOf(columns: number): Columns {
  if (columns === Infinity) return { path: pathCellsMax, count: wideCount, gap: "  " };
  const [count, gap] = columns < wideFrom ? [0, " "] : [wideCount, "  "];
  const others = indent.length + wordCells + count + timeCells + gap.length * (count === 0 ? 2 : 3);
  return { path: Math.max(pathCellsMin, Math.min(pathCellsMax, columns - others - 1)), count, gap };
}

/** A line of the record: complete, its note on a line of its own where it does not fit beside the rest. */
export function layLine(line: Line, columns: number, tone: Output["tone"]): string {
  const head = layHead(line, line.tookMs, columns, tone);
  if (line.note === undefined) return head.trimEnd();

  const plainHead = layHead(line, line.tookMs, columns, plain);
  if (widthOf(plainHead) + indent.length + widthOf(line.note) < columns) return `${head}${indent}${line.note}`;
  const margin = " ".repeat(columns < wideFrom ? indent.length * 2 : indent.length + wordCells + indent.length);
  return `${head.trimEnd()}\n${margin}${line.note}`;
}

/** A line of the live region, its status word apart: one line whatever happens. */
export function layRow(row: Row, now: number, columns: number): { readonly head: string; readonly rest: string } {
  // Tenths of seconds: milliseconds would flicker.
  const ms = Math.max(0, Math.floor((now - row.since) / 100) * 100);
  const start = layHead(row, ms, columns, plain);
  const isRoom = columns - widthOf(start) - indent.length > noteCellsMin;
  const text = row.note === undefined || !isRoom ? start : `${start}${indent}${row.note}`;
  const cells = indent.length + wordCells;
  return { head: text.slice(0, cells), rest: text.slice(cells) };
}

function layHead(line: Line | Row, ms: number | undefined, columns: number, tone: Output["tone"]): string {
  const { path, count, gap } = columnsOf(columns);
  const time = ms === undefined ? "" : formatDuration(ms);
  const counted = line.count ?? "";
  const name = count === 0 && counted !== "" ? `${line.path} ${counted}` : line.path;
  return [
    indent + tone(line.tone, fit(line.word, wordCells)),
    columns === Infinity ? name.padEnd(path) : fit(name, path),
    ...(count === 0 ? [] : [counted.padStart(count)]),
    tone("quiet", time.padStart(timeCells)),
  ].join(gap);
}

function plain(_tone: unknown, text: string): string {
  return text;
}
