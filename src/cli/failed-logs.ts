import type { RunHistory } from "../app/run-reader.ts";
import type { InstanceView, RunView } from "../app/runs.ts";
import { createRunLog } from "./run-log.ts";
import { safeLine } from "./safe-text.ts";
import { shownPath, wordCells } from "./words.ts";

const stepsMax = 3;
const linesMax = 5;

/** What the steps that failed logged last, and where the rest of it is. */
export async function failedLogs(runs: RunHistory, view: RunView, me: string): Promise<readonly string[]> {
  const { run } = view.row.key;
  const failed = view.instances.filter(isFailedCall);
  const shown = await Promise.all(failed.slice(0, stepsMax).map(({ path }) => lastLines(runs, run, path, me)));
  const more = failed.length - stepsMax;
  return [
    ...shown.flat(),
    ...(more > 0 ? ["", `… and ${more} more steps failed: ${me} logs ${run} --level error`] : []),
  ];
}

/** A group or list fails by what is in it, which is told there. */
function isFailedCall({ status, verb, items }: InstanceView): boolean {
  return status === "failed" && items === undefined && ["function", "assignment", "workflow"].includes(verb);
}

async function lastLines(runs: RunHistory, run: string, path: string, me: string): Promise<readonly string[]> {
  const { items, left } = await createRunLog(runs, run, { step: path, calls: "none" }).last(linesMax);
  const lines = items.flatMap((item) =>
    item.kind === "log" ? [`  ${item.level.padEnd(wordCells)}  ${safeLine(item.text)}`] : [],
  );
  if (lines.length === 0) return [];
  return [
    "",
    `the log of ${shownPath(path)} ends with`,
    ...lines,
    `  ${left > 0 ? `${left} more lines` : "all of it"}: ${me} logs ${run} --step '${path}'`,
  ];
}
