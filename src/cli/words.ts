import { formatDuration } from "../base/duration.ts";
import type { ListedRun } from "../app/runs.ts";
import type { RunStatus, RunSummary } from "../ports/journal.ts";
import type { Tone } from "./output.ts";
import { safeLine } from "./safe-text.ts";

/** A word that says how something stands, and its emphasis. */
export interface Word {
  readonly word: string;
  readonly tone: Tone;
}

const runWords: Readonly<Record<RunStatus, Word>> = {
  created: { word: "queued", tone: "quiet" },
  running: { word: "running", tone: "active" },
  awaiting_approval: { word: "waiting", tone: "attention" },
  paused: { word: "paused", tone: "attention" },
  completed: { word: "succeeded", tone: "good" },
  failed: { word: "failed", tone: "bad" },
  cancelled: { word: "cancelled", tone: "quiet" },
};

const stepWords: Readonly<Record<string, Word>> = {
  succeeded: { word: "succeeded", tone: "good" },
  failed: { word: "failed", tone: "bad" },
  cancelled: { word: "cancelled", tone: "quiet" },
  skipped: { word: "skipped", tone: "quiet" },
  running: { word: "running", tone: "active" },
  waiting: { word: "waiting", tone: "attention" },
  pending: { word: "queued", tone: "quiet" },
  ready: { word: "queued", tone: "quiet" },
};

/** Cells that every status word fits in. */
export const wordCells = 9;

/** How a run stands, in the word that people see. */
export function wordOfRun({ status, outcome }: RunSummary): Word {
  if (status === "completed" && outcome === "rejected") return { word: "rejected", tone: "attention" };
  return runWords[status];
}

/** What a run runs: `triage@3`, or `triage@draft` for what lay in the file when it started. */
export function nameOfRun({ workflow, number }: Pick<ListedRun, "workflow" | "number">): string {
  return safeLine(`${workflow}@${number ?? "draft"}`);
}

/** How a step stands, in the word that people see. */
export function wordOfStep(status: string): Word {
  return stepWords[status] ?? { word: status, tone: "plain" };
}

/** The stored states that a word on the command line means, or undefined for no word of ours. */
export function statusesNamed(name: string): readonly RunStatus[] | undefined {
  const found = Object.entries(runWords).flatMap(([status, { word }]) =>
    status === name || word === name ? [status as RunStatus] : [],
  );
  if (name === "rejected") return ["completed"];
  return found.length === 0 ? undefined : found;
}

/** The words that `--status` takes. */
export const statusNames: readonly string[] = [...Object.values(runWords).map(({ word }) => word), "rejected"];

/** An instance path with its keys as they were written: `audit[docs%2Fcli%2Emd]` becomes `audit[docs/cli.md]`. */
export function shownPath(path: string): string {
  return safeLine(
    path.replace(/\[[^\]]*\]/g, (key) => {
      try {
        return decodeURIComponent(key);
      } catch {
        return key;
      }
    }),
  );
}

/** How long ago something was: `3m ago`, or `just now`. */
export function ago(at: number, now: number): string {
  const ms = Math.max(0, now - at);
  if (ms < 10_000) return "just now";
  const [largest = ""] = formatDuration(ms).split(" ");
  return `${largest.replace(/\..*s$/, "s")} ago`;
}

const keptShownMax = 12;

/** Which steps a run keeps of the one that it is another try of. */
export function keptWords(kept: readonly string[]): string {
  if (kept.length === 0) return "no step is kept";
  const more = kept.length > keptShownMax ? ` and ${kept.length - keptShownMax} more` : "";
  return `kept: ${kept.slice(0, keptShownMax).join(", ")}${more}`;
}
