import { setTimeout as pause } from "node:timers/promises";
import { isCarriedOut, type RunHistory } from "../app/run-reader.ts";
import type { Config } from "../app/config.ts";
import { emptyState } from "../machine/state.ts";
import { isTerminal } from "../machine/states.ts";
import type { RunRow } from "../ports/journal.ts";
import { endDocument } from "./documents.ts";
import { exitCodes, type ExitCode } from "./exit.ts";
import { type FollowFlags, openLog, recordersOf } from "./follow-to-end.ts";
import { createRunView } from "./follow.ts";
import { createInterrupt, exitOfStop } from "./interrupt.ts";
import type { View } from "./live-view.ts";
import { createRecording, type Recording } from "./recording.ts";
import { giveDocument, reportEnd, reportSteps } from "./report.ts";
import type { Session } from "./session.ts";
import { createTracker, type Tracker } from "./tracker.ts";

/** How a run of another process is watched. */
export interface WatchFlags extends Pick<FollowFlags, "quiet" | "timeout" | "untilGate" | "summary" | "log"> {
  /** Go on watching while the run waits for people. */
  readonly end?: boolean;
  /** Say nothing of what had happened before. */
  readonly fromNow?: boolean;
}

const lookEveryMs = 200;

/** Shows a run that another process carries out, until it has ended or waits for people. Watching changes nothing. */
export async function watchRun(
  run: string,
  where: { readonly runs: RunHistory; readonly config: Config; readonly session: Session },
  flags: WatchFlags,
): Promise<ExitCode> {
  const { runs, session } = where;
  using interrupt = createInterrupt(flags.timeout);
  using log = openLog(flags, session);
  const tracker = createTracker(emptyState(await runs.planOf(run)));
  const recording = createRecording(run, await recordersOf(run, runs, { session, log }));
  const watched = { ...where, run, tracker, recording, signal: interrupt.signal };
  const last = await showUntilStill(watched, flags);
  const view = await runs.view(run);
  const end = { quiet: flags.quiet === true, summary: flags.summary === true };
  if (last === "still") return reportEnd(view, session, end);

  if (end.summary) reportSteps(view, session);
  giveDocument(endDocument(view), session);
  if (last === "detached") {
    session.output.note(`no longer watching; the run goes on: ${session.me} watch ${run}`);
    return exitOfStop(interrupt.cause ?? "interrupted");
  }
  session.output.note(`no process carries the run out: ${session.me} resume ${run} goes on with it`);
  return exitCodes.unreachable;
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
async function showUntilStill(watch: Watch, options: WatchFlags): Promise<"still" | "alone" | "detached"> {
  const { runs, run, config, session, signal } = watch;
  using view = createRunView(session.output, watch.tracker, { quiet: options.quiet === true, isPlain: false });
  let isFirst = true;
  for (;;) {
    const row = await runs.row(run);
    await takeNew(watch, isFirst && options.fromNow === true ? undefined : view);
    isFirst = false;
    if (isStill(row, options)) return "still";
    if (!isCarriedOut(config)) return "alone";
    if (signal.aborted) return "detached";
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function takeNew({ runs, run, tracker, recording }: Watch, view: View | undefined): Promise<void> {
  for await (const committed of runs.history(run, tracker.state.seq + 1)) {
    const lines = tracker.take(committed);
    view?.lines(lines);
  }
  await recording.catchUp(runs);
}

function isStill({ summary: { status, gates } }: RunRow, { end, untilGate }: WatchFlags): boolean {
  if (isTerminal(status) || (untilGate === true && gates.length > 0)) return true;
  return end !== true && (status === "awaiting_approval" || status === "paused");
}
