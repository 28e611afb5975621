import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "../../app/config.ts";
import { isCarriedOut } from "../../app/run-reader.ts";
import { RunwrightError } from "../../base/error.ts";
import type { LogLevel } from "../../ports/logs.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { findRun } from "../find-run.ts";
import { createInterrupt } from "../interrupt.ts";
import { logDocument, logLine } from "../log-line.ts";
import { openReader } from "../open-reader.ts";
import { topOf } from "../parent-run.ts";
import { createRunLog, type LogChoice, type RunLog } from "../run-log.ts";
import type { LogItem } from "../run-log-tail.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `logs`. */
export interface LogsOptions {
  readonly step?: string;
  readonly level?: string;
  readonly follow?: boolean;
  readonly limit: string;
}

const logLinesMax = 1_000_000;
const lookEveryMs = 200;

/** `warn` and `action` are what is as bad or worse; what was printed has no such order. */
const levels: Readonly<Record<LogLevel, Omit<LogChoice, "step">>> = {
  action: { levels: ["action", "warn", "error"], calls: "all" },
  warn: { levels: ["warn", "error"], calls: "errors" },
  error: { levels: ["error"], calls: "errors" },
  stdout: { levels: ["stdout"], calls: "none" },
  stderr: { levels: ["stderr"], calls: "none" },
};

/** Shows what the steps of a run logged, and when they began and ended. */
export async function logsCommand(name: string, options: LogsOptions, session: Session): Promise<ExitCode> {
  const choice = choiceOf(options);
  const limit = limitOf(options);
  if (session.json && options.follow === true)
    throw new RunwrightError("usage.invalid", "--json is one document, which --follow has no end for: use --jsonl.");
  // Only where there is something to stop safely: a page of lines ends at once as any program does.
  using interrupt = options.follow === true ? createInterrupt() : undefined;
  const config = await sessionConfig(session);
  await using runs = openReader(config);
  const found = await findRun(runs, name);
  // The newest run may be one that a step of another began, and whose lines are in that one's log.
  const run = name === "latest" ? await topOf(runs, found) : found;
  const log = createRunLog(runs, run, choice);
  await log.assertStep();

  const { items, left } = await log.last(limit);
  if (session.json) session.output.json({ run, lines: items.map((item) => logDocument(item)), left });
  else await give(items, session);
  if (left > 0) session.output.note(`${left} lines before these: --limit shows more`);
  if (interrupt !== undefined) return await follow(run, log, { config, session, signal: interrupt.signal });
  if (items.length === 0) session.output.note("no lines");
  if (log.leftOut > 0) session.output.note(`${log.leftOut} more sub-workflows have logs of their own`);
  return exitCodes.ok;
}

function choiceOf({ step, level }: LogsOptions): LogChoice {
  const wanted = step === undefined ? {} : { step };
  if (level === undefined) return { ...wanted, calls: "all" };
  if (isLevel(level)) return { ...wanted, ...levels[level] };
  const known = Object.keys(levels).join(", ");
  throw new RunwrightError("usage.invalid", `--level is one of ${known}, not '${level}'.`);
}

function isLevel(text: string): text is LogLevel {
  return Object.hasOwn(levels, text);
}

function limitOf({ limit }: LogsOptions): number {
  const count = Number(limit);
  if (Number.isInteger(count) && count >= 1 && count <= logLinesMax) return count;
  throw new RunwrightError("usage.invalid", `--limit is a whole number from 1 to ${logLinesMax}, not '${limit}'.`);
}

/** Shows what comes until the run has ended, whoever carries it out; a process that dies is followed by the next. */
async function follow(
  run: string,
  log: RunLog,
  where: { readonly config: Config; readonly session: Session; readonly signal: AbortSignal },
): Promise<ExitCode> {
  const { config, session, signal } = where;
  const { output, me } = session;
  let isAlone = false;
  while (!log.isOver && output.isRead()) {
    if (signal.aborted) return exitCodes.interrupted;
    const items = await log.fresh();
    await give(items, session);
    if (items.length > 0) continue;
    const wasAlone = isAlone;
    isAlone = !log.isOver && !isCarriedOut(config);
    if (isAlone && !wasAlone)
      output.note(`no process carries the run out, so that nothing comes until one does: ${me} resume ${run}`);
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  return exitCodes.ok;
}

/** Waits for a reader that is slow; one that has gone is given nothing more. */
async function give(items: readonly LogItem[], { output, jsonl }: Session): Promise<void> {
  for (const item of items) {
    if (!output.isRead()) return;
    await (jsonl ? output.jsonLine(logDocument(item)) : output.line(logLine(item, output.dataTone)));
  }
}
