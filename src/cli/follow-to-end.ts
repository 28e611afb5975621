import type { App } from "../app/app.ts";
import type { Config } from "../app/config.ts";
import { exitCodes, type ExitCode } from "./exit.ts";
import { follow } from "./follow.ts";
import { createInterrupt } from "./interrupt.ts";
import { openReader } from "./open-reader.ts";
import type { Logs } from "./logs.ts";
import { reportEnd, reportStopped } from "./report.ts";
import type { Session } from "./session.ts";

/** What it takes to follow a run in a command. */
export interface FollowSession {
  readonly app: App;
  readonly logs: Logs;
  readonly config: Config;
  readonly session: Session;
  /** True for a run that this command has started. */
  readonly fromStart: boolean;
}

/** Options of commands that follow a run. */
export interface FollowFlags {
  readonly yes?: boolean;
  /** Set by `--no-input`. */
  readonly ask?: false;
  readonly quiet?: boolean;
}

/** The run that waits for this one, when there is one that has not ended. */
async function waitingParent(app: App, run: string): Promise<string | undefined> {
  const parent = await parentOf(app, run);
  if (parent === undefined) return undefined;
  const row = await app.runs.row(parent);
  return row.summary.endedAt === undefined ? parent : undefined;
}

async function parentOf(app: App, run: string): Promise<string | undefined> {
  for await (const { events } of app.history(run, 1)) {
    const [first] = events;
    return first?.kind === "run.created" ? first.parent?.run : undefined;
  }
  return undefined;
}

/** Follows a run, then says how it ended; an interrupt stops the engine safely first. */
export async function followToEnd(run: string, where: FollowSession, flags: FollowFlags): Promise<ExitCode> {
  const { app, logs, config, session, fromStart } = where;
  const { output } = session;
  const quiet = flags.quiet === true;
  using interrupt = createInterrupt();

  const ask = flags.ask !== false && output.canAsk && !session.json;
  const options = { yes: flags.yes === true, ask, quiet, fromStart };
  const deps = { app, output, interrupt, onLog: logs.listen };
  let row = await follow(run, deps, options);
  if (row?.summary.status === "awaiting_approval") {
    // A decision that still reached this process must not be left lying: whoever sent it was told that the run goes on.
    await app.shut();
    const { status } = (await app.runs.row(run)).summary;
    if (status !== "awaiting_approval") row = await follow(run, deps, { ...options, fromStart: false });
  }
  if (row !== undefined) {
    const parent = row.summary.endedAt === undefined ? undefined : await waitingParent(app, run);
    if (parent === undefined) return reportEnd(await app.runs.view(run), session, { quiet });
    // Whoever moves a run on that another waits for wants to see that one go on; there is one JSON document, of the run that ends last.
    if (!session.json) reportEnd(await app.runs.view(run), session, { quiet });
    return await followToEnd(parent, { ...where, fromStart: false }, flags);
  }

  output.note("stopping: what runs may end, nothing new begins (Ctrl+C again stops at once)");
  await app[Symbol.asyncDispose]();
  await using reader = openReader(config);
  const view = await reader.view(run);
  if (view.row.summary.endedAt !== undefined) return reportEnd(view, session, { quiet });
  reportStopped(view.row, session);
  return exitCodes.interrupted;
}
