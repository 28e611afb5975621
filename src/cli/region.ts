import { cut, widthOf } from "./width.ts";

const escape = "\u001b[";
const hideCursor = `${escape}?25l`;
const showCursor = `${escape}?25h`;
const clearBelow = `${escape}0J`;

/** The part of a terminal that a region needs. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

/** A line of a region: plain text for its width, and the same with its emphasis. */
export interface RegionLine {
  readonly plain: string;
  readonly shown: (text: string) => string;
}

/** A few lines at the end of a terminal that are drawn over and over, while finished lines scroll away above them. */
export interface Region extends Disposable {
  /** Replaces the region, with `above` printed once before it. Lines are cut to the terminal, and only as many are shown as fit. */
  draw(lines: readonly RegionLine[], above: readonly string[]): void;
}

/** A region at the cursor of a terminal, whose cursor is hidden until the region is disposed. */
export function createRegion(terminal: Terminal): Region {
  let drawn: readonly number[] = [];
  let isHidden = false;

  return {
    draw(lines, above) {
      // One cell less than the width: a full line leaves the cursor in a place where terminals disagree.
      const columns = Math.max(10, terminal.columns - 1);
      const fitting = lines
        .slice(0, Math.max(1, terminal.rows - 1))
        .map(({ plain, shown }) => ({ text: cut(plain, columns), shown }));
      const body = fitting.map(({ text, shown }) => `${shown(text)}\n`).join("");
      const start = isHidden ? "" : hideCursor;
      isHidden = true;
      terminal.write(start + erase() + above.map((line) => `${line}\n`).join("") + body);
      drawn = fitting.map(({ text }) => widthOf(text));
    },
    [Symbol.dispose]() {
      if (!isHidden) return;
      terminal.write(erase() + showCursor);
      drawn = [];
      isHidden = false;
    },
  };

  /** Moves to the region's first line. After the terminal became narrower, a line that was drawn takes several. */
  function erase(): string {
    const lines = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / Math.max(1, terminal.columns))), 0);
    return lines === 0 ? "" : `${escape}${lines}F${clearBelow}`;
  }
}
