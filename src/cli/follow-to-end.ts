import type { App } from "../app/app.ts";
import type { Config } from "../app/config.ts";
import type { History } from "../app/runs.ts";
import type { RunRow } from "../ports/journal.ts";
import { type CallLog, openCallLog } from "./call-log.ts";
import type { DryNotes } from "./dry-notes.ts";
import { createEventStream } from "./event-stream.ts";
import type { ExitCode } from "./exit.ts";
import { follow } from "./follow.ts";
import { createInterrupt, exitOfStop, type Interrupt, type StopCause } from "./interrupt.ts";
import { stopAtGate } from "./stop-at-gate.ts";
import { parentOf } from "./parent-run.ts";
import type { Logs } from "./logs.ts";
import { createRecording, type Recorders, type Recording, recordLive } from "./recording.ts";
import { type EndOptions, isForPrograms, reportEnd, reportStopped } from "./report.ts";
import type { Session } from "./session.ts";

/** What it takes to follow a run in a command. */
export interface FollowSession {
  readonly app: App;
  readonly logs: Logs;
  readonly config: Config;
  readonly session: Session;
  /** True for a run that this command has started. */
  readonly fromStart: boolean;
  /** The open file of `--log`. */
  readonly log?: CallLog | undefined;
  /** What is said of a dry run. */
  readonly dry?: DryNotes;
}

/** Options of commands that follow a run. */
export interface FollowFlags {
  readonly yes?: boolean;
  /** Set by `--no-input`. */
  readonly ask?: false;
  readonly quiet?: boolean;
  /** Milliseconds after which the command stops following. */
  readonly timeout?: number;
  /** Stop at the first gate that is open, and ask nothing. */
  readonly untilGate?: boolean;
  /** Show a table of the steps at the end. */
  readonly summary?: boolean;
  /** The file of `--log`. */
  readonly log?: string;
}

/** The run that waits for this one, when there is one that has not ended. */
async function waitingParent(app: App, run: string): Promise<string | undefined> {
  const parent = await parentOf(app, run);
  if (parent === undefined) return undefined;
  const row = await app.runs.row(parent);
  return row.summary.endedAt === undefined ? parent : undefined;
}

/** Follows a run, then says how it ended; an interrupt stops the engine safely first. */
export async function followToEnd(run: string, where: FollowSession, flags: FollowFlags): Promise<ExitCode> {
  using interrupt = createInterrupt(flags.timeout);
  using _gates = flags.untilGate === true ? await stopAtGate(where.app, [run], interrupt) : undefined;
  return await followChain(run, { ...where, interrupt }, flags);
}

interface Followed extends FollowSession {
  readonly interrupt: Interrupt;
}

/** Follows a run, and then the one that waits for it. */
async function followChain(run: string, where: Followed, flags: FollowFlags): Promise<ExitCode> {
  const { app, session, dry } = where;
  const end = { quiet: flags.quiet === true, summary: flags.summary === true, ...(dry !== undefined && { dry }) };
  const recording = createRecording(run, await recordersOf(run, app, where));

  const row = await followRecorded(run, { ...where, recording }, flags);
  if (row === undefined) return await stopSafely(run, { ...where, recording }, end);
  await recording.catchUp(app);
  const parent = row.summary.endedAt === undefined ? undefined : await waitingParent(app, run);
  if (parent === undefined) return reportEnd(await app.runs.view(run), session, end);
  // Whoever moves a run on that another waits for wants to see that one go on; there is one JSON document, of the run that ends last.
  if (!isForPrograms(session)) reportEnd(await app.runs.view(run), session, end);
  return await followChain(parent, { ...where, fromStart: false }, flags);
}

interface Recorded extends Followed {
  readonly recording: Recording;
}

/** Lets running calls end, closes the engine, and says how the run stands and goes on. */
async function stopSafely(run: string, where: Recorded, end: EndOptions): Promise<ExitCode> {
  const { app, session, interrupt, recording } = where;
  const cause = interrupt.cause ?? "interrupted";
  const { status } = (await app.runs.row(run)).summary;
  // At a gate where nothing else runs there is nothing to stop.
  if (cause !== "gate" || status === "running") session.output.note(stopping[cause]);
  await app[Symbol.asyncDispose]();
  await using reader = app.leftBehind();
  await recording.catchUp(reader);
  const view = await reader.view(run);
  if (cause === "gate" || view.row.summary.endedAt !== undefined) return reportEnd(view, session, end);
  reportStopped(view, session, end);
  return exitOfStop(cause);
}

const stopping: Readonly<Record<StopCause, string>> = {
  interrupted: "stopping: what runs may end, nothing new begins (Ctrl+C again stops at once)",
  gate: "a gate is open: what runs may end, nothing new begins (Ctrl+C stops at once)",
  timeout: "the time of --timeout is over: what runs may end, nothing new begins (Ctrl+C stops at once)",
};

/** What takes in the events of a run besides the view. */
export async function recordersOf(
  run: string,
  source: History,
  { session, log, dry }: Pick<FollowSession, "session" | "log" | "dry">,
): Promise<Recorders> {
  const { jsonl, output } = session;
  const mark = dry === undefined ? {} : { dryRun: true };
  const stream = jsonl ? [createEventStream(output, mark)] : [];
  if (log === undefined) return { own: stream };
  const recorder = log.recorder(run, await source.planOf(run), mark);
  return {
    own: recorder === undefined ? stream : [...stream, recorder],
    child: async (id, from) => log.recorder(id, await from.planOf(id), mark),
  };
}

/** Opens the file of `--log`, where there is one: before anything starts, so that a wrong name costs nothing. */
export function openLog({ log }: FollowFlags, { cwd, output }: Session): CallLog | undefined {
  return log === undefined ? undefined : openCallLog(log, cwd, output);
}

/** Follows a run until it stands still, with its recorders; undefined when it was interrupted. */
async function followRecorded(run: string, where: Recorded, flags: FollowFlags): Promise<RunRow | undefined> {
  const { app, logs, session, interrupt, recording, fromStart } = where;
  const { output } = session;
  await using _live = recordLive(app, recording);
  const ask = flags.ask !== false && flags.untilGate !== true && output.canAsk && !isForPrograms(session);
  const isPlain = where.dry !== undefined;
  const options = { yes: flags.yes === true, ask, quiet: flags.quiet === true, fromStart, isPlain };
  const deps = { app, output, interrupt, onLog: logs.listen };
  const row = await follow(run, deps, options);
  if (row?.summary.status !== "awaiting_approval") return row;

  // A decision that still reached this process must not be left lying: whoever sent it was told that the run goes on.
  await app.shut();
  const { status } = (await app.runs.row(run)).summary;
  return status === "awaiting_approval" ? row : await follow(run, deps, { ...options, fromStart: false });
}
