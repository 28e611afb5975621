import type { Output } from "./output.ts";
import { layLine } from "./layout.ts";
import type { View } from "./live-view.ts";
import type { Tracker } from "./tracker.ts";

const progressEveryMs = 5000;

/** The view for logs and pipes: one line for everything that is over, never changed; long lists say every few seconds how far they are. */
export function createPlainView(output: Output, tracker: Tracker): View {
  const said = new Map<string, string>();
  const timer = setInterval(sayProgress, progressEveryMs);

  return {
    lines(lines) {
      for (const line of lines) output.note(layLine(line, Infinity, output.tone));
    },
    text: (text) => output.note(text),
    yield: () => ({ [Symbol.dispose]: () => {} }),
    [Symbol.dispose]: () => clearInterval(timer),
  };

  function sayProgress(): void {
    for (const row of tracker.rows()) {
      if (row.count === undefined || said.get(row.path) === row.count) continue;
      said.set(row.path, row.count);
      output.note(layLine({ ...row, failed: false }, Infinity, output.tone));
    }
  }
}

/** The view of `--quiet`: none. */
export function createQuietView(): View {
  const nothing = { [Symbol.dispose]: () => {} };
  return { lines: () => {}, text: () => {}, yield: () => nothing, ...nothing };
}
