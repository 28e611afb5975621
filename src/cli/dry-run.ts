import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Config } from "../app/config.ts";
import { openDryApp } from "../app/dry-run/dry-app.ts";
import type { WholeVersion } from "../app/versions.ts";
import { messageOf, RunwrightError } from "../base/error.ts";
import type { JsonObject } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { Source } from "../language/world.ts";
import type { CallLog } from "./call-log.ts";
import { dryNotes } from "./dry-notes.ts";
import type { ExitCode } from "./exit.ts";
import { followToEnd, type FollowFlags } from "./follow-to-end.ts";
import { createLogs } from "./logs.ts";
import type { Session } from "./session.ts";

/** Plays a workflow through and says how it would end. The data folder is neither read nor written: another process may hold it. */
export async function dryRun(
  what: { readonly whole: WholeVersion; readonly input: JsonObject },
  where: { readonly config: Config; readonly session: Session; readonly log: CallLog | undefined },
  options: FollowFlags & { readonly fixtures?: string },
): Promise<ExitCode> {
  const { config, session, log } = where;
  const { env, output } = session;
  const fixtures = options.fixtures === undefined ? undefined : readSource(options.fixtures, session.cwd);
  const given = { env, startMs: Date.now(), untilGate: options.untilGate === true };
  await using app = await openDryApp(config, what.whole, { ...given, ...(fixtures !== undefined && { fixtures }) });
  const row = await app.start(what.whole, what.input, env);
  if (options.quiet !== true)
    output.note(
      `${output.tone("strong", row.workflow)}  dry run  ${output.tone("quiet", "nothing is called or kept")}`,
    );
  const following = { app, logs: createLogs(), config, session, log, fromStart: true, dry: dryNotes(app) };
  return await followToEnd(row.key.run, following, { ...options, yes: false, ask: false });
}

/** Throws `usage.invalid` for a file that cannot be read. */
function readSource(file: string, cwd: string): Source {
  try {
    const place = path.resolve(cwd, file);
    // The reader refuses it too, but only once it is in memory.
    if (statSync(place).size > limits.sourceBytesMax)
      throw new Error(`it has more than ${limits.sourceBytesMax / 1024} KiB`);
    return { file, text: readFileSync(place, "utf8") };
  } catch (error) {
    throw new RunwrightError("usage.invalid", `--fixtures ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
