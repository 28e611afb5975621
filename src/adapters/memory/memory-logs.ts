import { runKeyText, type RunKey } from "../../base/ids.ts";
import { pageRows } from "../../ports/journal-rules.ts";
import { below, byRun, takeLines } from "../../ports/log-rules.ts";
import type { LogEntry, LogQuery, LogRow } from "../../ports/logs.ts";
import type { MemoryData } from "./memory-data.ts";

/** `Logs.write`, at once. */
export function writeLines(data: MemoryData, batch: readonly LogEntry[]): void {
  for (const { key, entries } of byRun(batch)) {
    const run = data.runs.get(runKeyText(key));
    if (run === undefined) continue;
    const { head, rows } = takeLines(run.log, entries);
    run.log = head;
    for (const row of rows) run.lines.push({ ...row, key: run.made.key });
  }
}

/** `Logs.read`, at once. Line `n` stands at `n - 1`. */
export function readLines(data: MemoryData, key: RunKey, query: LogQuery): readonly LogRow[] {
  const { after, path, levels, limit } = query;
  const under = path === undefined ? [] : below(path);
  const lines = data.runs.get(runKeyText(key))?.lines ?? [];
  const page: LogRow[] = [];
  for (let at = Math.max(0, after); at < lines.length && page.length < pageRows(limit); at += 1) {
    const line = lines[at];
    if (line === undefined || (levels !== undefined && !levels.includes(line.level))) continue;
    const fits = path === undefined || line.path === path || under.some((start) => line.path.startsWith(start));
    if (fits) page.push({ ...line, key: { ...line.key } });
  }
  return page;
}
