import { localScope } from "../../app/principal.ts";
import { openCatalog } from "../../app/published.ts";
import { RunwrightError } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Release } from "../../ports/catalog.ts";
import { exitCodes, type ExitCode } from "../exit.ts";
import { safeLine } from "../safe-text.ts";
import { type Session, sessionConfig } from "../session.ts";
import { cut, fit } from "../width.ts";
import { ago } from "../words.ts";

/** Options of `versions`. */
export interface VersionsOptions {
  readonly limit: string;
}

/** Lists what a workflow was published as, newest first; without one, the latest version of each workflow. */
export async function versionsCommand(
  workflow: string | undefined,
  options: VersionsOptions,
  session: Session,
): Promise<ExitCode> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.pageRowsMax) {
    const message = `--limit is a whole number from 1 to ${limits.pageRowsMax}, not '${options.limit}'.`;
    throw new RunwrightError("usage.invalid", message);
  }
  using opened = openCatalog(await sessionConfig(session));
  const { catalog } = opened;
  const releases =
    workflow === undefined
      ? (await catalog.workflows(localScope)).slice(0, limit)
      : await catalog.versions(localScope, workflow, { limit });
  if (session.json) session.output.json({ versions: releases.map(documentOf) });
  else for (const line of table(releases, session)) session.output.data(line);
  if (releases.length === 0)
    session.output.note(
      workflow === undefined ? "nothing was published yet" : `${safeLine(workflow)} was never published`,
    );
  return exitCodes.ok;
}

function table(releases: readonly Release[], { output }: Session): readonly string[] {
  const names = releases.map(({ workflow, number }) => safeLine(`${workflow}@${number}`));
  const cells = Math.max(...names.map((name) => Math.min(40, name.length)));
  return releases.map(({ at, by, digest }, index) => {
    const name = fit(names[index] ?? "", cells);
    return cut(`${name}  ${ago(at, Date.now()).padStart(8)}  ${safeLine(by)}  ${digest.slice(0, 12)}`, output.columns);
  });
}

function documentOf({ workflow, number, digest, by, at }: Release): JsonObject {
  return { workflow, number, digest, by, at: new Date(at).toISOString() };
}
