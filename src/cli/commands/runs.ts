import { openRunReader } from "../../app/run-reader.ts";
import { formatDuration } from "../../base/duration.ts";
import { RunwrightError } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import type { ListedRun } from "../../app/runs.ts";
import { runDocument } from "../documents.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { cut, fit } from "../width.ts";
import { ago, nameOfRun, shownPath, statusesNamed, statusNames, wordCells, wordOfRun } from "../words.ts";

/** Options of `runs`. */
export interface RunsOptions {
  readonly status?: string;
  readonly workflow?: string;
  readonly limit: string;
}

/** Lists runs, newest first. */
export async function runsCommand(options: RunsOptions, session: Session): Promise<ExitCode> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageRowsMax) {
    throw new RunwrightError(
      "usage.invalid",
      `--limit is a whole number from 1 to ${limits.pageRowsMax}, not '${options.limit}'.`,
    );
  }
  const rows = await find(options, limit, session);
  if (session.json) session.output.json({ runs: rows.map((row) => runDocument(row)) });
  else for (const line of table(rows, session)) session.output.data(line);
  if (rows.length === 0) session.output.note("no runs");
  return exitCodes.ok;
}

async function find({ status, workflow }: RunsOptions, limit: number, session: Session): Promise<readonly ListedRun[]> {
  const statuses = status === undefined ? [undefined] : statusesNamed(status);
  if (statuses === undefined) {
    throw new RunwrightError("usage.invalid", `--status is one of ${statusNames.join(", ")}, not '${status}'.`);
  }
  const reader = openRunReader(await sessionConfig(session));
  if (reader === undefined) return [];
  await using runs = reader;
  const [wanted] = statuses;
  const rows = await runs.list({
    limit,
    ...(wanted === undefined ? {} : { status: wanted }),
    ...(workflow === undefined ? {} : { workflow }),
  });
  // Succeeded and rejected runs are stored under one state.
  return wanted === "completed" && status !== "completed"
    ? rows.filter((row) => wordOfRun(row.summary).word === status)
    : rows;
}

function table(rows: readonly ListedRun[], { output }: Session): readonly string[] {
  const cells = Math.max(8, ...rows.map((row) => Math.min(28, nameOfRun(row).length)));
  return rows.map((row) => {
    const { word, tone } = wordOfRun(row.summary);
    const took = formatDuration((row.summary.endedAt ?? row.summary.updatedAt) - row.createdAt);
    const head = `${row.key.run}  ${fit(word, wordCells)}  ${fit(nameOfRun(row), cells)}  ${ago(row.createdAt, Date.now()).padStart(8)}  ${took.padStart(7)}`;
    const line = cut(`${head}  ${noteOf(row)}`.trimEnd(), output.columns);
    return line.replace(word, output.dataTone(tone, word));
  });
}

function noteOf({ summary }: ListedRun): string {
  if (summary.error !== undefined) return `${shownPath(summary.error.path)}: ${safeLine(summary.error.message)}`;
  const [gate] = summary.gates;
  return gate === undefined ? "" : `${shownPath(gate.path)}: ${safeLine(gate.question)}`;
}
