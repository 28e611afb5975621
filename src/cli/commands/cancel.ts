import { reachRuns } from "../../app/reach.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { findRunOf } from "../find-run.ts";
import { followToEnd } from "../follow-to-end.ts";
import { handOver } from "../hand-over.ts";
import { createLogs } from "../logs.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `cancel`. */
export interface CancelOptions {
  readonly reason?: string;
  readonly quiet?: boolean;
}

/** Cancels a run, here or in the process that carries it out. A run that was cancelled as asked is a success of this command. */
export async function cancelCommand(name: string, options: CancelOptions, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const run = await findRunOf(config, name);
  const logs = createLogs();
  await using reached = await reachRuns(config, { env: session.env, drive: "asked", onLog: logs.emit });
  const runs = reached.kind === "here" ? reached.app.runs : reached.runs;
  await runs.cancel(run, options.reason);
  if (reached.kind === "holder")
    return await handOver({ run, words: "goes on with" }, { ...reached, config, session }, options);

  const code = await followToEnd(
    run,
    { app: reached.app, logs, config, session, fromStart: false },
    { ...options, ask: false },
  );
  return code === exitCodes.cancelled ? exitCodes.ok : code;
}
