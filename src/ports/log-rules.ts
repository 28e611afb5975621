import { runKeyText, type RunKey } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import type { LogEntry, LogRow } from "./logs.ts";

/** How much a run has logged. Each adapter reads it in the transaction that writes. */
export interface LogHead {
  /** The `n` of its last line. */
  readonly lines: number;
  /** What its lines took; above `limits.runLogBytesMax` its last line has been written. */
  readonly bytes: number;
}

/** The lines of one run, in the order in which they came. */
export interface RunLines {
  readonly key: RunKey;
  readonly entries: readonly LogEntry[];
}

/** What each line counts beside its text and path, so that empty lines come to an end too. */
const lineBytes = 64;

/** The batch by runs. */
export function byRun(batch: readonly LogEntry[]): readonly RunLines[] {
  const runs = new Map<string, { readonly key: RunKey; readonly entries: LogEntry[] }>();
  for (const entry of batch) {
    const id = runKeyText(entry.key);
    const run = runs.get(id) ?? { key: entry.key, entries: [] };
    runs.set(id, run);
    run.entries.push(entry);
  }
  return [...runs.values()];
}

/** What is written of more lines of one run: the one place that knows, so that no two stores can differ. */
export function takeLines(
  { lines, bytes }: LogHead,
  entries: readonly LogEntry[],
): { readonly head: LogHead; readonly rows: readonly LogRow[] } {
  const rows: LogRow[] = [];
  let taken = bytes;
  for (const entry of entries) {
    if (taken > limits.runLogBytesMax) break;
    taken += Buffer.byteLength(entry.text) + entry.path.length + lineBytes;
    rows.push({ ...(taken > limits.runLogBytesMax ? lastLine(entry) : entry), n: lines + rows.length + 1 });
  }
  return { head: { lines: lines + rows.length, bytes: taken }, rows };
}

/** What an instance path below `path` begins with: a step in it, an item of it, or an iteration of it. */
export function below(path: string): readonly string[] {
  return ["/", "[", "@"].map((sign) => `${path}${sign}`);
}

/** Stands where the first line is left out. */
function lastLine({ key, at }: LogEntry): LogEntry {
  const text = `This run has logged ${limits.runLogBytesMax / 1_048_576} MiB, which is the most that is kept. What its steps log from here on is left out.`;
  return { key, path: "", attempt: 0, at, level: "warn", text };
}
