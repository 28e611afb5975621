import type { Output } from "./output.ts";
import { layLine, layRow } from "./layout.ts";
import { createRegion, type RegionLine } from "./region.ts";
import type { Line, Row, Tracker } from "./tracker.ts";

/** Shows a run while it goes on. */
export interface View extends Disposable {
  /** Things that are over. */
  lines(lines: readonly Line[]): void;
  /** One line of text between them. */
  text(text: string): void;
  /** Leaves the terminal to somebody else until the returned is disposed. */
  yield(): Disposable;
}

const drawEveryMs = 100;
const rowsMax = 20;
const failuresMax = 5;
const failuresListedMax = 20;

/**
 * The view for a terminal: what runs, waits or has failed in one region that is drawn anew ten times a second, and above it the lines of what is
 * over. Failures stay in the region, and stand last, where the eye is, when it closes.
 */
export function createLiveView(output: Output, tracker: Tracker, now: () => number): View {
  const stream = output.progress;
  const region = createRegion(stream);
  const failures: Line[] = [];
  let above: string[] = [];
  let isDrawing = true;

  const timer = setInterval(draw, drawEveryMs);
  stream.on("resize", draw);
  // Whatever ends the process, the cursor comes back.
  const restore = (): void => region[Symbol.dispose]();
  process.once("exit", restore);

  return {
    lines(lines) {
      for (const line of lines) {
        if (line.failed) failures.push(line);
        else above.push(layLine(line, stream.columns, output.tone));
      }
    },
    text: (text) => void above.push(text),
    yield() {
      rest();
      return {
        [Symbol.dispose]() {
          isDrawing = true;
        },
      };
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      stream.off("resize", draw);
      process.off("exit", restore);
      for (const line of failures.slice(0, failuresListedMax)) above.push(layLine(line, stream.columns, output.tone));
      if (failures.length > failuresListedMax) above.push(`  … and ${failures.length - failuresListedMax} more failed`);
      rest();
    },
  };

  function draw(): void {
    if (isDrawing) print(bodyOf({ tracker, failures, output }, now(), stream));
  }

  /** Leaves nothing but the lines of what is over. */
  function rest(): void {
    print([]);
    region[Symbol.dispose]();
    isDrawing = false;
  }

  function print(body: readonly RegionLine[]): void {
    const printed = above;
    above = [];
    region.draw(body, printed);
  }
}

interface Seen {
  readonly tracker: Tracker;
  readonly failures: readonly Line[];
  readonly output: Output;
}

function bodyOf(
  { tracker, failures, output }: Seen,
  now: number,
  screen: { readonly rows: number; readonly columns: number },
): readonly RegionLine[] {
  const rows = tracker.rows();
  const room = Math.max(1, Math.min(rowsMax, screen.rows - 3));
  const failed = failures.slice(-failuresMax).slice(-Math.max(1, room - 2));
  const shown = rows.slice(0, room - failed.length);
  const quiet = (text: string): string => output.tone("quiet", text);
  const line = (row: Row, at: number): RegionLine => {
    const { head, rest } = layRow(row, at, screen.columns);
    const emphasised = (text: string): string =>
      output.tone(row.tone, text.slice(0, head.length)) + text.slice(head.length);
    return { plain: head + rest, shown: emphasised };
  };
  return [
    ...failed.map((each) => line({ ...each, since: 0 }, each.tookMs ?? 0)),
    ...shown.map((each) => line(each, now)),
    ...(rows.length > shown.length ? [{ plain: `  … and ${rows.length - shown.length} more`, shown: quiet }] : []),
    { plain: footerOf(tracker), shown: quiet },
  ];
}

function footerOf({ state: { counts } }: Tracker): string {
  const parts = [
    `${counts.succeeded} done`,
    ...(counts.running > 0 ? [`${counts.running} running`] : []),
    ...(counts.waiting > 0 ? [`${counts.waiting} waiting`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
  ];
  return `  ${parts.join(", ")}   Ctrl+C stops safely`;
}
