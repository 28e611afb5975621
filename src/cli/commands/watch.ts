import { setTimeout as pause } from "node:timers/promises";
import { isCarriedOut, openRunHistory, type RunHistory } from "../../app/run-reader.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Config } from "../../app/config.ts";
import { emptyState } from "../../machine/state.ts";
import { isTerminal } from "../../machine/states.ts";
import type { RunRow } from "../../ports/journal.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { findRun } from "../find-run.ts";
import { createRunView } from "../follow.ts";
import { createInterrupt } from "../interrupt.ts";
import type { View } from "../live-view.ts";
import { reportEnd } from "../report.ts";
import { type Session, sessionConfig } from "../session.ts";
import { createTracker, type Tracker } from "../tracker.ts";

/** Options of `watch`. */
export interface WatchOptions {
  /** Go on watching while the run waits for people. */
  readonly end?: boolean;
  readonly quiet?: boolean;
}

const lookEveryMs = 200;

/** Shows a run that another process carries out, until it has ended or waits for people. Watching changes nothing. */
export async function watchCommand(name: string, options: WatchOptions, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  await using runs = openHistory(config);
  const run = await findRun(runs, name);
  using interrupt = createInterrupt();
  const tracker = createTracker(emptyState(await runs.planOf(await runs.row(run))));
  const last = await showUntilStill({ runs, run, tracker, config, session, signal: interrupt.signal }, options);
  if (last === "detached") {
    session.output.note(`no longer watching; the run goes on: ${session.me} watch ${run}`);
    return exitCodes.interrupted;
  }
  if (last === "alone") {
    session.output.note(`no process carries the run out: ${session.me} resume ${run} goes on with it`);
    return exitCodes.unreachable;
  }
  return reportEnd(await runs.view(run), session, { quiet: options.quiet === true });
}

function openHistory(config: Config): RunHistory {
  const runs = openRunHistory(config);
  if (runs === undefined) throw new RunwrightError("run.not-found", `There are no runs in ${config.data}.`);
  return runs;
}

interface Watch {
  readonly runs: RunHistory;
  readonly run: string;
  readonly tracker: Tracker;
  readonly config: Config;
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** `still`: it has ended or waits for people; `alone`: nobody carries it out. */
async function showUntilStill(watch: Watch, options: WatchOptions): Promise<"still" | "alone" | "detached"> {
  const { runs, run, config, session, signal } = watch;
  using view = createRunView(session.output, watch.tracker, options.quiet === true);
  for (;;) {
    const row = await runs.row(run);
    await takeNew(watch, view);
    if (isStill(row, options.end === true)) return "still";
    if (!isCarriedOut(config)) return "alone";
    if (signal.aborted) return "detached";
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function takeNew({ runs, run, tracker }: Watch, view: View): Promise<void> {
  for await (const committed of runs.history(run, tracker.state.seq + 1)) view.lines(tracker.take(committed));
}

function isStill({ summary: { status } }: RunRow, toTheEnd: boolean): boolean {
  if (isTerminal(status)) return true;
  return !toTheEnd && (status === "awaiting_approval" || status === "paused");
}
