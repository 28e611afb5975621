import { type App, openApp } from "../../app/app.ts";
import { reachRuns } from "../../app/reach.ts";
import { hasCode } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import type { RunRow, RunStatus } from "../../ports/journal.ts";
import { runDocument } from "../documents.ts";
import { exitCodes, exitOfRun, type ExitCode } from "../exit.ts";
import { findRunOf } from "../find-run.ts";
import { followToEnd, type FollowFlags } from "../follow-to-end.ts";
import { createInterrupt } from "../interrupt.ts";
import { createLogs } from "../logs.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { wordCells, wordOfRun } from "../words.ts";
import { reportHandedOver } from "./decide.ts";

/** Goes on with one run, or with all that were interrupted. */
export async function resumeCommand(name: string | undefined, flags: FollowFlags, session: Session): Promise<ExitCode> {
  return name === undefined ? resumeAll(flags, session) : resumeOne(name, flags, session);
}

async function resumeOne(name: string, flags: FollowFlags, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const run = await findRunOf(config, name);
  const logs = createLogs();
  await using reached = await reachRuns(config, { env: session.env, drive: "asked", onLog: logs.emit });
  if (reached.kind === "holder") {
    await reached.runs.resume(run);
    return await reportHandedOver(reached.runs, run, reached.pid, session);
  }
  await reached.app.runs.resume(run);
  return await followToEnd(run, { app: reached.app, logs, config, session, fromStart: false }, flags);
}

const goingOn: readonly RunStatus[] = ["created", "running"];

async function resumeAll(flags: FollowFlags, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const logs = createLogs();
  await using app = await openApp(config, { env: session.env, drive: "all", onLog: logs.emit });
  const pages = await Promise.all(goingOn.map((status) => app.runs.list({ status, limit: limits.pageRowsMax })));
  const runs = pages.flat().map(({ key }) => key.run);
  const [only, second] = runs;
  if (only !== undefined && second === undefined)
    return await followToEnd(only, { app, logs, config, session, fromStart: false }, flags);

  const { output } = session;
  if (flags.quiet !== true) output.note(runs.length === 0 ? "nothing to resume" : `${runs.length} runs go on`);
  using interrupt = createInterrupt();
  const say = ({ key, workflow, summary }: RunRow): void => {
    const { word, tone } = wordOfRun(summary);
    if (flags.quiet !== true)
      output.note(`  ${output.tone(tone, word.padEnd(wordCells))}  ${key.run}  ${safeLine(workflow)}`);
  };
  const ended = await Promise.all(runs.map((run) => settle(app, run, interrupt.signal, say)));
  if (session.json) output.json({ runs: ended.map((row) => runDocument(row)) });
  if (!interrupt.signal.aborted) return worstOf(ended);
  output.note(`stopped safely; ${session.me} resume goes on`);
  return exitCodes.interrupted;
}

async function settle(app: App, run: string, signal: AbortSignal, say: (row: RunRow) => void): Promise<RunRow> {
  try {
    const row = await app.settled(run, signal);
    say(row);
    return row;
  } catch (error) {
    if (!signal.aborted || !hasCode(error, "call.aborted")) throw error;
    return app.runs.row(run);
  }
}

/** A failure first, then what waits for somebody, then the rest. */
function worstOf(rows: readonly RunRow[]): ExitCode {
  const codes = new Set(rows.map(exitOfRun));
  const order = [exitCodes.failed, exitCodes.stoppedAtGate, exitCodes.cancelled, exitCodes.rejected];
  return order.find((code) => codes.has(code)) ?? exitCodes.ok;
}
