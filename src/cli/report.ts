import { problemOf } from "../app/control/problem.ts";
import type { RunView } from "../app/runs.ts";
import { formatDuration } from "../base/duration.ts";
import type { ErrorCode } from "../base/error.ts";
import type { JsonObject } from "../base/json.ts";
import type { RunRow } from "../ports/journal.ts";
import { endDocument } from "./documents.ts";
import { type ExitCode, exitOfError, exitOfRun } from "./exit.ts";
import { safeLine, safeText } from "./safe-text.ts";
import type { DryNotes } from "./dry-notes.ts";
import type { Session } from "./session.ts";
import { showValue } from "./show-value.ts";
import { stepTable } from "./step-table.ts";
import { nameOfRun, shownPath, wordOfRun } from "./words.ts";

const outputLinesMax = 200;

/** How much is said at the end. */
export interface EndOptions {
  readonly quiet: boolean;
  /** With a table of the steps. */
  readonly summary: boolean;
  /** Where it was a dry run. */
  readonly dry?: DryNotes;
}

/** Says how a run stands that a command has followed, gives its output, and names what to type next. */
export function reportEnd(view: RunView, session: Session, options: EndOptions): ExitCode {
  const { output } = session;
  if (options.summary) reportSteps(view, session);
  giveEnd(view, session, options);
  for (const line of endLines(view, session, options)) output.note(line);
  if (!isForPrograms(session) && view.row.summary.status === "completed" && view.output !== null) {
    const lines = showValue(view.output);
    for (const line of lines.slice(0, outputLinesMax)) output.data(line);
    if (lines.length > outputLinesMax) output.note(`… the rest is in ${wholeOutput(view, session, options)}`);
  }
  if (!options.quiet) for (const line of options.dry?.lines() ?? nextLines(view, session)) output.note(line);
  return exitOfRun(view.row);
}

/** The document of a run that a command has followed. */
function giveEnd(view: RunView, session: Session, { dry }: EndOptions): void {
  giveDocument({ ...endDocument(view), ...dry?.document() }, session);
}

function wholeOutput({ row }: RunView, { me }: Session, { dry }: EndOptions): string {
  return dry === undefined ? `${me} show ${row.key.run} --json` : "what --json gives";
}

/** Shows the table of the steps. */
export function reportSteps(view: RunView, { output }: Session): void {
  for (const line of stepTable(view, output.tone)) output.note(line);
}

/** True when programs read `stdout`. */
export function isForPrograms({ json, jsonl }: Session): boolean {
  return json || jsonl;
}

/** Gives programs the document that a command ends with. */
export function giveDocument(document: JsonObject, { output, json, jsonl }: Session): void {
  if (json) output.json(document);
  if (jsonl) void output.jsonLine({ end: document });
}

/** Says what went wrong: code, one sentence, and what to do. */
export function reportError(thrown: unknown, session: Session): ExitCode {
  const { output, json, jsonl } = session;
  const problem = problemOf(thrown);
  const document = { ...problem, message: safeText(problem.message) };
  if (json) output.json(document);
  else if (jsonl) void output.jsonLine({ error: document });
  output.note(`${output.tone("bad", `error[${problem.code}]`)} ${safeText(problem.message)}`);
  const fix = fixOf(problem.code, session.me);
  if (fix !== undefined) output.note(`  = ${fix}`);
  return exitOfError(thrown);
}

function endLines(
  { row, gates, instances }: RunView,
  { output }: Session,
  { quiet, dry }: EndOptions,
): readonly string[] {
  const { summary } = row;
  const { word, tone } = wordOfRun(summary);
  const took = summary.endedAt === undefined ? "" : ` in ${formatDuration(summary.endedAt - row.createdAt)}`;
  const { error } = summary;
  const why = error === undefined ? [] : [errorLine(error)];
  if (quiet) return why;
  const open = gates.map((gate) => `  ${shownPath(gate.path)}: ${safeLine(gate.question)}`);
  const name = dry === undefined ? row.key.run : "dry run";
  return [
    "",
    `${output.tone(tone, word)}  ${dry === undefined ? nameOfRun(row) : safeLine(row.workflow)}  ${name}${took}`,
    ...why,
    ...letPass(row, instances),
    ...open,
  ];
}

/** What a run that did not fail has gone over: a lenient run must not look like one in which all was well. */
function letPass({ summary }: RunRow, instances: RunView["instances"]): readonly string[] {
  const failed = instances.filter(
    ({ status, verb, items }) => status === "failed" && verb !== "do" && items === undefined,
  );
  const warnings = instances.reduce((sum, each) => sum + (each.warnings?.length ?? 0), 0);
  return [
    ...(summary.outcome === "ok" && failed.length > 0
      ? [`  failed all the same: ${listed(failed.map(({ path }) => shownPath(path)))}`]
      : []),
    ...(warnings > 0 ? [`  ${warnings} warning${warnings === 1 ? "" : "s"}, beside the steps above`] : []),
  ];
}

const pathsShownMax = 8;

function listed(paths: readonly string[]): string {
  const more = paths.length > pathsShownMax ? ` and ${paths.length - pathsShownMax} more` : "";
  return `${paths.slice(0, pathsShownMax).join(", ")}${more}`;
}

function errorLine({ path, message, code }: NonNullable<RunRow["summary"]["error"]>): string {
  return `  ${path === "" ? "" : `${shownPath(path)}: `}${safeLine(message)} (${code})`;
}

function gateLines({ row, gates }: RunView, me: string): readonly string[] {
  const run = row.key.run;
  const [gate] = gates;
  const path = gates.length > 1 && gate !== undefined ? ` '${gate.path}'` : "";
  if (gate?.kind === "effect-unknown")
    return [`  look    ${me} show ${run}`, `  settle  ${me} settle ${run}${path} --done, --retry or --fail`];
  return [
    `  look    ${me} show ${run}`,
    `  accept  ${me} approve ${run}${path}`,
    `  reject  ${me} reject ${run}${path}`,
  ];
}

function nextLines(view: RunView, { me }: Session): readonly string[] {
  const { row } = view;
  const run = row.key.run;
  const [child] = row.summary.waitsFor ?? [];
  if (child !== undefined) return [`The run waits for another, which waits for people: ${me} show ${child}`];
  switch (row.summary.status) {
    case "awaiting_approval":
      return ["The run waits for a decision; nothing is lost meanwhile.", ...gateLines(view, me)];
    case "paused":
      return row.summary.pausedFor === "budget"
        ? [`The run has used up its budget: ${me} resume ${run} grants it one more of the same size.`]
        : [`The run is paused: ${me} resume ${run} lets it go on.`];
    case "created":
    case "running":
      return [
        `The run is not finished: ${me} resume ${run} goes on.`,
        ...(view.gates.length > 0 ? gateLines(view, me) : []),
      ];
    case "completed":
    case "failed":
    case "cancelled":
      return [`Next: ${me} show ${run}`];
  }
}

/** What to say when a run was interrupted by its user. */
export function reportStopped(view: RunView, session: Session, options: EndOptions): void {
  if (options.summary) reportSteps(view, session);
  giveEnd(view, session, options);
  const goesOn = `stopped safely; ${session.me} resume ${view.row.key.run} goes on`;
  session.output.note(options.dry === undefined ? goesOn : "stopped; a dry run cannot be resumed");
}

const fixes: Readonly<Partial<Record<ErrorCode, (me: string) => string>>> = {
  "usage.invalid": (me) => `see ${me} --help`,
  "workflow.not-found": (me) => `${me} init writes one to start with`,
  "run.not-found": (me) => `see ${me} runs`,
  "gate.not-found": (me) => `see ${me} show <run>`,
  "gate.decided": (me) => `see ${me} show <run>`,
  "run.ended": (me) => `see ${me} show <run>; ${me} run <file> starts another`,
  "store.held": (me) => `wait for it, or use ${me} approve, reject, cancel and resume, which reach it`,
  "control.unreachable": (me) => `see ${me} doctor`,
  "journal.unknown-outcome": (me) => `${me} resume goes on from what is on the disk`,
  "journal.full": () => "free some space on the disk and try again",
};

function fixOf(code: ErrorCode, me: string): string | undefined {
  return fixes[code]?.(me);
}
