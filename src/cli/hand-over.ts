import type { Config } from "../app/config.ts";
import type { Runs } from "../app/runs.ts";
import { runDocument } from "./documents.ts";
import { exitCodes, type ExitCode } from "./exit.ts";
import type { FollowFlags } from "./follow-to-end.ts";
import { openReader } from "./open-reader.ts";
import { giveDocument } from "./report.ts";
import type { Session } from "./session.ts";
import { watchRun } from "./watch-run.ts";

/** What another process has been told to do: it `goes on with` a run or `carries out` one. */
export interface HandedOver {
  readonly run: string;
  readonly words: string;
}

/**
 * Says that the process which holds the data folder does the rest. A command is done with that, unless an option asks for more than the word that
 * it was handed over: then it watches the run, as the other process carries it out.
 */
export async function handOver(
  { run, words }: HandedOver,
  where: { readonly runs: Runs; readonly pid: number; readonly config: Config; readonly session: Session },
  flags: FollowFlags,
): Promise<ExitCode> {
  const { runs, pid, config, session } = where;
  const { me, output } = session;
  if (!asksForMore(flags, session)) {
    // Whoever wants no document does not ask again: the other process may have ended by now.
    if (session.json) giveDocument(runDocument(await runs.row(run)), session);
    output.note(`process ${pid} ${words} ${run}; see ${me} show ${run}`);
    return exitCodes.ok;
  }
  if (flags.quiet !== true) output.note(`process ${pid} ${words} ${run}`);
  await using reader = openReader(config);
  return await watchRun(run, { runs: reader, config, session }, { ...flags, fromNow: true });
}

function asksForMore({ timeout, untilGate, summary, log }: FollowFlags, { jsonl }: Session): boolean {
  return jsonl || timeout !== undefined || untilGate === true || summary === true || log !== undefined;
}
