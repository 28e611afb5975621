import { reachRuns } from "../../app/reach.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { ExitCode } from "../exit.ts";
import { findRunOf } from "../find-run.ts";
import { followToEnd } from "../follow-to-end.ts";
import { handOver } from "../hand-over.ts";
import { createLogs } from "../logs.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";

/** Options of `send`. */
export interface SendOptions {
  /** JSON. */
  readonly data?: string;
  readonly quiet?: boolean;
}

/** Reports an event to a run. Where no other process carries the run out, this one goes on with it. */
export async function sendCommand(
  name: string,
  type: string,
  options: SendOptions,
  session: Session,
): Promise<ExitCode> {
  const data = dataOf(options.data);
  const config = await sessionConfig(session);
  const run = await findRunOf(config, name);
  const logs = createLogs();
  await using reached = await reachRuns(config, { env: session.env, drive: "asked", onLog: logs.emit });
  const runs = reached.kind === "here" ? reached.app.runs : reached.runs;
  await runs.report(run, { type, data });
  if (options.quiet !== true) session.output.note(`${session.output.tone("good", "received")}  ${safeLine(type)}`);
  if (reached.kind === "holder")
    return await handOver({ run, words: "goes on with" }, { ...reached, config, session }, options);
  return await followToEnd(run, { app: reached.app, logs, config, session, fromStart: false }, options);
}

function dataOf(text: string | undefined): Json {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new RunwrightError("usage.invalid", `--data is JSON, for example '{"paid": true}'; this is not.`, {
      cause: error,
    });
  }
}
