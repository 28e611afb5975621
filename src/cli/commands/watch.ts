import { setTimeout as pause } from "node:timers/promises";
import { isCarriedOut, type RunHistory } from "../../app/run-reader.ts";
import type { Config } from "../../app/config.ts";
import { emptyState } from "../../machine/state.ts";
import { isTerminal } from "../../machine/states.ts";
import type { RunRow } from "../../ports/journal.ts";
import { endDocument } from "../documents.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { findRun } from "../find-run.ts";
import { streamOf } from "../follow-to-end.ts";
import { createRunView } from "../follow.ts";
import { createInterrupt, exitOfStop } from "../interrupt.ts";
import type { View } from "../live-view.ts";
import { openReader } from "../open-reader.ts";
import { createRecording, type Recording } from "../recording.ts";
import { giveDocument, reportEnd } from "../report.ts";
import { type Session, sessionConfig } from "../session.ts";
import { createTracker, type Tracker } from "../tracker.ts";

/** Options of `watch`. */
export interface WatchOptions {
  /** Go on watching while the run waits for people. */
  readonly end?: boolean;
  readonly quiet?: boolean;
  /** Milliseconds after which the command stops watching. */
  readonly timeout?: number;
}

const lookEveryMs = 200;

/** Shows a run that another process carries out, until it has ended or waits for people. Watching changes nothing. */
export async function watchCommand(name: string, options: WatchOptions, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  await using runs = openReader(config);
  const run = await findRun(runs, name);
  using interrupt = createInterrupt(options.timeout);
  const tracker = createTracker(emptyState(await runs.planOf(await runs.row(run))));
  const recording = createRecording(run, streamOf(session));
  const watched = { runs, run, tracker, recording, config, session, signal: interrupt.signal };
  const last = await showUntilStill(watched, options);
  const view = await runs.view(run);
  if (last !== "still") giveDocument(endDocument(view), session);
  if (last === "detached") {
    session.output.note(`no longer watching; the run goes on: ${session.me} watch ${run}`);
    return exitOfStop(interrupt.cause ?? "interrupted");
  }
  if (last === "alone") {
    session.output.note(`no process carries the run out: ${session.me} resume ${run} goes on with it`);
    return exitCodes.unreachable;
  }
  return reportEnd(view, session, { quiet: options.quiet === true, summary: false });
}

interface Watch {
  readonly runs: RunHistory;
  readonly run: string;
  readonly tracker: Tracker;
  readonly recording: Recording;
  readonly config: Config;
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** `still`: it has ended or waits for people; `alone`: nobody carries it out. */
async function showUntilStill(watch: Watch, options: WatchOptions): Promise<"still" | "alone" | "detached"> {
  const { runs, run, config, session, signal } = watch;
  using view = createRunView(session.output, watch.tracker, { quiet: options.quiet === true, isPlain: false });
  for (;;) {
    const row = await runs.row(run);
    await takeNew(watch, view);
    if (isStill(row, options.end === true)) return "still";
    if (!isCarriedOut(config)) return "alone";
    if (signal.aborted) return "detached";
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function takeNew({ runs, run, tracker, recording }: Watch, view: View): Promise<void> {
  for await (const committed of runs.history(run, tracker.state.seq + 1)) view.lines(tracker.take(committed));
  await recording.catchUp(runs);
}

function isStill({ summary: { status } }: RunRow, toTheEnd: boolean): boolean {
  if (isTerminal(status)) return true;
  return !toTheEnd && (status === "awaiting_approval" || status === "paused");
}
