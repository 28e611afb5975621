import type { GateView, InstanceView, RunView } from "../../app/runs.ts";
import { formatDuration } from "../../base/duration.ts";
import { isJsonObject } from "../../base/json.ts";
import { viewDocument } from "../documents.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { failedLogs } from "../failed-logs.ts";
import { findRun } from "../find-run.ts";
import { layLine } from "../layout.ts";
import { openReader } from "../open-reader.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { showStart } from "../show-value.ts";
import { ago, keptWords, nameOfRun, shownPath, wordOfRun, wordOfStep } from "../words.ts";

const stepsMax = 200;
const valueLinesMax = 40;

/** Shows one run: its steps, what it waits for, and what came out. */
export async function showCommand(name: string, session: Session): Promise<ExitCode> {
  await using runs = openReader(await sessionConfig(session));
  const view = await runs.view(await findRun(runs, name));
  if (session.json) {
    session.output.json(viewDocument(view));
    return exitCodes.ok;
  }
  const logged = await failedLogs(runs, view, session.me);
  for (const lines of [head(view, session), steps(view, session), gates(view, session), logged, ending(view)])
    for (const line of lines) session.output.data(line);
  return exitCodes.ok;
}

function head({ row, input, leniency, forkedFrom }: RunView, { output }: Session): readonly string[] {
  const { word, tone } = wordOfRun(row.summary);
  const end = row.summary.endedAt ?? row.summary.updatedAt;
  return [
    `${output.dataTone(tone, word)}  ${output.dataTone("strong", nameOfRun(row))}  ${row.key.run}`,
    `started ${ago(row.createdAt, Date.now())} by ${safeLine(row.startedBy)}, took ${formatDuration(end - row.createdAt)}`,
    ...(forkedFrom === undefined
      ? []
      : [`again of ${forkedFrom.run} from ${safeLine(forkedFrom.path)}; ${keptWords(forkedFrom.kept)}`]),
    ...leniencyLines(leniency),
    ...(Object.keys(input).length === 0 ? [] : ["", "inputs", ...indented(showStart(input, valueLinesMax))]),
    "",
    "steps",
  ];
}

function leniencyLines({ continueOnError, permissive }: NonNullable<RunView["leniency"]> = {}): readonly string[] {
  const options = [continueOnError === true && "--continue-on-error", permissive === true && "--permissive"];
  const given = options.filter((each) => each !== false);
  return given.length === 0 ? [] : [`with ${given.join(" and ")}`];
}

/** Items of a list that ended well are told by the list's count; what failed, runs or waits is listed one by one. */
function steps({ instances }: RunView, session: Session): readonly string[] {
  const listed = instances.filter(
    (each) => !each.path.includes("[") || (each.status !== "succeeded" && each.status !== "skipped"),
  );
  const lines = listed
    .slice(0, stepsMax)
    .flatMap((each) => [
      layLine(stepLine(each), session.output.columns, session.output.dataTone),
      ...(each.warnings ?? []).map((warning) => `             ${safeLine(warning)}`),
    ]);
  if (listed.length > stepsMax) lines.push(`  … and ${listed.length - stepsMax} more: ${session.me} show <run> --json`);
  return lines;
}

function stepLine(step: InstanceView): Parameters<typeof layLine>[0] {
  const { path, status, attempt, items } = step;
  const count =
    items === undefined ? (attempt > 1 ? `attempt ${attempt}` : undefined) : `${items.ended}/${items.total}`;
  const note = noteOf(step);
  return {
    ...wordOfStep(status),
    path: shownPath(path),
    failed: status === "failed",
    ...timeOf(step),
    ...(count === undefined ? {} : { count }),
    ...(note === undefined ? {} : { note: safeLine(note) }),
  };
}

function noteOf({ status, title, reason, kept, error }: InstanceView): string | undefined {
  const why = error?.message ?? (status === "succeeded" ? undefined : reason);
  return why ?? (kept === true ? "kept" : title);
}

/** What was kept took its time in another run. */
function timeOf({ startedAt, endedAt, kept }: InstanceView): { readonly tookMs?: number } {
  return startedAt === undefined || kept === true ? {} : { tookMs: (endedAt ?? Date.now()) - startedAt };
}

function gates(view: RunView, { me }: Session): readonly string[] {
  return view.gates.flatMap((gate) => [
    "",
    `waits for a decision at ${shownPath(gate.path)}: ${safeLine(gate.question)}`,
    ...(gate.reminders === undefined
      ? []
      : [
          `  open since ${ago(gate.openedAt, Date.now())}, ${gate.reminders} reminder${gate.reminders === 1 ? "" : "s"}`,
        ]),
    ...(gate.show === null ? [] : indented(showStart(gate.show, valueLinesMax))),
    ...decisionHints(view, gate, me),
  ]);
}

function decisionHints(view: RunView, gate: GateView, me: string): readonly string[] {
  const { row, gates: open } = view;
  const { path, form, changesLeft = 0 } = gate;
  const filled = isJsonObject(form?.["properties"]) ? Object.keys(form["properties"]) : [];
  const editable = [...gate.editable, ...filled];
  const which = open.length > 1 ? ` '${path}'` : "";
  if (gate.kind === "effect-unknown") {
    const words = ["--done   (--receipt '{…}' with what it left behind)", "--retry", "--fail"];
    return words.map((word) => `  ${me} settle ${row.key.run}${which} ${word}`);
  }
  const edit = editable.length === 0 ? "" : `   (--edit ${editable[0]}=… changes: ${editable.join(", ")})`;
  return [
    `  ${me} approve ${row.key.run}${which}${edit}`,
    `  ${me} reject ${row.key.run}${which}`,
    ...(changesLeft > 0 ? [`  ${me} request-changes ${row.key.run}${which} --comment …`] : []),
  ];
}

function ending({ row, output }: RunView): readonly string[] {
  const { error } = row.summary;
  if (error !== undefined)
    return ["", `failed at ${shownPath(error.path)}: ${safeLine(error.message)} (${error.code})`];
  return output === null ? [] : ["", "output", ...indented(showStart(output, valueLinesMax))];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
