import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegion, type RegionLine } from "./region.ts";
import { widthOf } from "./width.ts";

interface Screen {
  columns: number;
  rows: number;
  written: string;
  write(text: string): void;
}

function screenOf(columns: number, rows: number): Screen {
  return {
    columns,
    rows,
    written: "",
    write(text) {
      this.written += text;
    },
  };
}

function linesOf(...texts: readonly string[]): readonly RegionLine[] {
  return texts.map((plain) => ({ plain, shown: (text) => text }));
}

/** The lines that the last draw left below the last move of the cursor. */
function lastDrawn(screen: Screen): readonly string[] {
  const [last = ""] = screen.written.split("\u001b[0J").slice(-1);
  return last.split("\n").slice(0, -1);
}

test("a region is never taller or wider than its terminal", () => {
  const screen = screenOf(20, 6);
  using region = createRegion(screen);
  region.draw(linesOf("one"), []);
  region.draw(linesOf(...Array.from({ length: 50 }, (_, index) => `${index} 東京東京東京東京東京東京`)), []);
  const drawn = lastDrawn(screen);
  assert.equal(drawn.length, 5);
  for (const line of drawn) assert.ok(widthOf(line) < 20);
});

test("the next draw begins where the last one began", () => {
  const screen = screenOf(40, 10);
  using region = createRegion(screen);
  region.draw(linesOf("a", "b", "c"), []);
  screen.written = "";
  region.draw(linesOf("d"), ["finished"]);
  assert.equal(screen.written, "\u001b[3F\u001b[0Jfinished\nd\n");
});

test("a terminal that became narrower shows more lines than were drawn, and all of them go", () => {
  const screen = screenOf(80, 20);
  using region = createRegion(screen);
  region.draw(linesOf("x".repeat(70), "y"), []);
  screen.columns = 30;
  screen.written = "";
  region.draw(linesOf("z"), []);
  assert.ok(screen.written.startsWith("\u001b[4F"), "70 cells take three lines of 30, and one more for y");
});

test("the cursor is hidden while a region lives, and comes back", () => {
  const screen = screenOf(80, 20);
  const region = createRegion(screen);
  assert.equal(screen.written, "", "nothing is hidden before anything is drawn");
  region.draw(linesOf("a"), []);
  assert.ok(screen.written.startsWith("\u001b[?25l"));
  region[Symbol.dispose]();
  region[Symbol.dispose]();
  assert.equal(screen.written.split("\u001b[?25h").length, 2, "shown once");
});
