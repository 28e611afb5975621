import { reachRuns } from "../../app/reach.ts";
import { runDocument } from "../documents.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { findRunOf } from "../find-run.ts";
import { createLogs } from "../logs.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `pause`. */
export interface PauseOptions {
  readonly quiet?: boolean;
}

/** Pauses a run, here or in the process that carries it out: what runs may end, and nothing new begins. */
export async function pauseCommand(name: string, options: PauseOptions, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const run = await findRunOf(config, name);
  const logs = createLogs();
  await using reached = await reachRuns(config, { env: session.env, drive: "asked", onLog: logs.emit });
  const runs = reached.kind === "here" ? reached.app.runs : reached.runs;
  await runs.pause(run);
  const { output, me } = session;
  if (session.json) output.json(runDocument(await runs.row(run)));
  if (options.quiet !== true) output.note(`${output.tone("attention", "paused")}  ${run}; ${me} resume ${run} goes on`);
  return exitCodes.ok;
}
