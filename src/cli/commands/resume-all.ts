import { type App, openApp } from "../../app/app.ts";
import type { ListedRun, RunReader } from "../../app/runs.ts";
import { hasCode } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import type { RunStatus } from "../../ports/journal.ts";
import { endDocument, runDocument } from "../documents.ts";
import { exitCodes, exitOfRun, type ExitCode } from "../exit.ts";
import { followToEnd, type FollowFlags, openLog, recordersOf } from "../follow-to-end.ts";
import { createInterrupt, exitOfStop } from "../interrupt.ts";
import { createLogs } from "../logs.ts";
import { openReader } from "../open-reader.ts";
import { createRecording, type Recording, recordLive } from "../recording.ts";
import { giveDocument, reportSteps } from "../report.ts";
import { stopAtGate } from "../stop-at-gate.ts";
import { type Session, sessionConfig } from "../session.ts";
import { nameOfRun, wordCells, wordOfRun } from "../words.ts";

const goingOn: readonly RunStatus[] = ["created", "running"];

/** Goes on with every run that was interrupted. */
export async function resumeAll(flags: FollowFlags, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const logs = createLogs();
  using log = openLog(flags, session);
  await using app = await openApp(config, { env: session.env, drive: "all", onLog: logs.emit });
  const pages = await Promise.all(goingOn.map((status) => app.runs.list({ status, limit: limits.pageRowsMax })));
  const runs = pages.flat().map(({ key }) => key.run);
  const [only, second] = runs;
  if (only !== undefined && second === undefined)
    return await followToEnd(only, { app, logs, config, session, log, fromStart: false }, flags);

  const { output } = session;
  if (flags.quiet !== true) output.note(runs.length === 0 ? "nothing to resume" : `${runs.length} runs go on`);
  using interrupt = createInterrupt(flags.timeout);
  using _gates = flags.untilGate === true ? await stopAtGate(app, runs, interrupt) : undefined;
  const say = (row: ListedRun): void => {
    const { key, summary } = row;
    const { word, tone } = wordOfRun(summary);
    if (flags.quiet !== true)
      output.note(`  ${output.tone(tone, word.padEnd(wordCells))}  ${key.run}  ${nameOfRun(row)}`);
  };
  const recordings = runs.map(async (run) => createRecording(run, await recordersOf(run, app, { session, log })));
  const followed = (await Promise.all(recordings)).map((recording, index) => ({ run: runs[index] ?? "", recording }));
  const rows = await Promise.all(followed.map((each) => settle(app, each, interrupt.signal, say)));
  if (session.json) output.json({ runs: rows.map((row) => runDocument(row)) });
  if (!interrupt.signal.aborted) {
    await giveEnds(followed, app.runs, flags, session);
    return worstOf(rows);
  }
  await app[Symbol.asyncDispose]();
  await using reader = openReader(config);
  // What became durable while the engine stopped.
  for (const { recording } of followed) await recording.catchUp(reader);
  await giveEnds(followed, reader, flags, session);
  output.note(`stopped safely; ${session.me} resume goes on`);
  return exitOfStop(interrupt.cause ?? "interrupted");
}

interface Followed {
  readonly run: string;
  readonly recording: Recording;
}

async function settle(
  app: App,
  { run, recording }: Followed,
  signal: AbortSignal,
  say: (row: ListedRun) => void,
): Promise<ListedRun> {
  await using _live = recordLive(app, recording);
  try {
    const row = await app.settled(run, signal);
    await recording.catchUp(app);
    say(row);
    return row;
  } catch (error) {
    if (!signal.aborted || !hasCode(error, "call.aborted")) throw error;
    return await app.runs.row(run);
  }
}

/** How each run stands, for whoever asked for more than its line. */
async function giveEnds(
  followed: readonly Followed[],
  runs: Pick<RunReader, "view">,
  flags: FollowFlags,
  session: Session,
): Promise<void> {
  if (!session.jsonl && flags.summary !== true) return;
  for (const { run } of followed) {
    const view = await runs.view(run);
    if (flags.summary === true) reportSteps(view, session);
    if (session.jsonl) giveDocument(endDocument(view), session);
  }
}

/** A failure first, then what waits for somebody, then the rest. */
function worstOf(rows: readonly ListedRun[]): ExitCode {
  const codes = new Set(rows.map(exitOfRun));
  const order = [exitCodes.failed, exitCodes.stoppedAtGate, exitCodes.cancelled, exitCodes.rejected];
  return order.find((code) => codes.has(code)) ?? exitCodes.ok;
}
