import type { ExitCode } from "../exit.ts";
import { findRun } from "../find-run.ts";
import { openReader } from "../open-reader.ts";
import { type Session, sessionConfig } from "../session.ts";
import { type WatchFlags, watchRun } from "../watch-run.ts";

/** Shows a run that another process carries out. */
export async function watchCommand(name: string, options: WatchFlags, session: Session): Promise<ExitCode> {
  const config = await sessionConfig(session);
  await using runs = openReader(config);
  return await watchRun(await findRun(runs, name), { runs, config, session }, options);
}
