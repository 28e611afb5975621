import { reachRuns } from "../../app/reach.ts";
import type { ExitCode } from "../exit.ts";
import { findRunOf } from "../find-run.ts";
import { followToEnd, type FollowFlags, openLog } from "../follow-to-end.ts";
import { handOver } from "../hand-over.ts";
import { createLogs } from "../logs.ts";
import { type Session, sessionConfig } from "../session.ts";
import { resumeAll } from "./resume-all.ts";

/** Goes on with one run, or with all that were interrupted. */
export async function resumeCommand(name: string | undefined, flags: FollowFlags, session: Session): Promise<ExitCode> {
  return name === undefined ? resumeAll(flags, session) : resumeOne(name, flags, session);
}

async function resumeOne(name: string, flags: FollowFlags, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const run = await findRunOf(config, name);
  using log = openLog(flags, session);
  const logs = createLogs();
  await using reached = await reachRuns(config, { env: session.env, drive: "asked", onLog: logs.emit });
  if (reached.kind === "holder") {
    await reached.runs.resume(run);
    return await handOver({ run, words: "goes on with" }, { ...reached, config, session }, flags);
  }
  await reached.app.runs.resume(run);
  return await followToEnd(run, { app: reached.app, logs, config, session, log, fromStart: false }, flags);
}
