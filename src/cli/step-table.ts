import type { InstanceView, RunView } from "../app/runs.ts";
import { formatDuration } from "../base/duration.ts";
import type { Output } from "./output.ts";
import { safeLine } from "./safe-text.ts";
import { cut, fit, widthOf } from "./width.ts";
import { shownPath, wordCells, wordOfStep } from "./words.ts";

const failuresMax = 20;
const othersMax = 200;
const errorCellsMax = 100;
const pathCellsMax = 48;
const attemptsHead = "attempts";
const timeHead = "time";
const timeCells = 7;

/** The steps of a run as a table: what failed first, each with its error in short. Items are told by the list that they are in, unless they failed. */
export function stepTable({ instances }: RunView, tone: Output["tone"]): readonly string[] {
  const failed = instances.filter(({ status }) => status === "failed");
  const others = instances.filter(({ status, path }) => status !== "failed" && !path.includes("["));
  const shown = [...failed.slice(0, failuresMax), ...others.slice(0, othersMax)];
  const longest = shown.reduce((most, { path }) => Math.max(most, widthOf(shownPath(path))), "step".length);
  const cells = Math.min(pathCellsMax, longest);
  const head = ["status".padEnd(wordCells), fit("step", cells), attemptsHead, timeHead.padStart(timeCells)].join("  ");
  return [
    "",
    tone("quiet", `  ${head}`),
    ...failed.slice(0, failuresMax).map((each) => row(each, cells, tone)),
    ...more(failed.length - failuresMax, "failed"),
    ...others.slice(0, othersMax).map((each) => row(each, cells, tone)),
    ...more(others.length - othersMax, "steps"),
  ];
}

function row(instance: InstanceView, cells: number, tone: Output["tone"]): string {
  const { path, status, attempt, startedAt, endedAt, items, error } = instance;
  const { word, tone: emphasis } = wordOfStep(status);
  const took = startedAt === undefined || endedAt === undefined ? "" : formatDuration(endedAt - startedAt);
  const counted = items === undefined ? "" : `${items.ended}/${items.total}`;
  // A step that has succeeded may still know the error of an earlier attempt.
  const note = error === undefined || status === "succeeded" ? counted : cut(safeLine(error.message), errorCellsMax);
  const attempts = attempt === 0 ? "" : String(attempt);
  const fields = [
    tone(emphasis, fit(word, wordCells)),
    fit(shownPath(path), cells),
    attempts.padStart(attemptsHead.length),
    took.padStart(timeCells),
    note,
  ];
  return `  ${fields.join("  ").trimEnd()}`;
}

function more(count: number, what: string): readonly string[] {
  return count > 0 ? [`  … and ${count} more ${what}`] : [];
}
