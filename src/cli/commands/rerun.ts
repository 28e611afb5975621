import { reachRuns } from "../../app/reach.ts";
import type { ForkPoint, Runs } from "../../app/runs.ts";
import type { ExitCode } from "../exit.ts";
import { findRunOf } from "../find-run.ts";
import { followToEnd, type FollowFlags, openLog } from "../follow-to-end.ts";
import { handOver } from "../hand-over.ts";
import { createLogs } from "../logs.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { inputsOfPairs } from "../values.ts";
import { keptWords, nameOfRun } from "../words.ts";

/** Options of `rerun`. */
export interface RerunOptions extends FollowFlags {
  /** Each `name=value`, over the inputs of the run. */
  readonly input: readonly string[];
  /** Keep what does not depend on this step. */
  readonly fromStep?: string;
  /** Keep what does not depend on the steps that failed. */
  readonly failed?: boolean;
}

/** Runs the same version again, with the same inputs or some others. Where another process holds the folder, that one carries it out. */
export async function rerunCommand(name: string, options: RerunOptions, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  const run = await findRunOf(config, name);
  using log = openLog(options, session);
  const logs = createLogs();
  await using reached = await reachRuns(config, { env: session.env, drive: "asked", onLog: logs.emit });
  const runs: Runs = reached.kind === "here" ? reached.app.runs : reached.runs;
  const { schema } = await runs.inputsOf(run);
  const row = await runs.rerun(run, inputsOfPairs(options.input, schema), pointOf(options));
  const { output } = session;
  const { key } = row;
  if (options.quiet !== true) {
    output.note(`${output.tone("strong", nameOfRun(row))}  ${key.run}  again of ${run}`);
    const { forkedFrom } = await runs.view(key.run);
    if (forkedFrom !== undefined) output.note(`  from ${safeLine(forkedFrom.path)}; ${keptWords(forkedFrom.kept)}`);
  }
  return reached.kind === "here"
    ? await followToEnd(key.run, { app: reached.app, logs, config, session, log, fromStart: true }, options)
    : await handOver({ run: key.run, words: "carries out" }, { ...reached, config, session }, options);
}

function pointOf({ fromStep, failed }: RerunOptions): ForkPoint | undefined {
  if (fromStep !== undefined) return { kind: "step", id: fromStep };
  return failed === true ? { kind: "failed" } : undefined;
}
