import type { Clock } from "../../base/clock.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Principal } from "../../base/ids.ts";
import type { Catalog, Release } from "../../ports/catalog.ts";
import type { Config } from "../config.ts";
import { localScope } from "../principal.ts";
import type { PublishFile } from "../runs.ts";
import { readWorkflowBeside } from "../workflow-file.ts";
import path from "node:path";
import { preparePublishing } from "./prepare.ts";

/** What publishing stands on. */
export interface Publisher {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly principal: Principal;
}

/**
 * Publishes a file as the next version of its workflow. It is read anew, and must be what whoever publishes it was shown.
 *
 * Throws `version.exists` for a file that has changed since, and all that keeps a file from being published.
 */
export async function publishFile(
  { config, catalog, clock, principal }: Publisher,
  { file, digest }: PublishFile,
): Promise<Release> {
  const read = await readWorkflowBeside(catalog, config, { file, cwd: config.root });
  const { version } = await preparePublishing(config, read, path.resolve(config.root, file), catalog);
  if (digest !== undefined && version.digest !== digest) {
    throw new RunwrightError(
      "version.exists",
      `${version.file}, or what it depends on, has changed since it was shown: look at it and publish it again.`,
    );
  }
  return catalog.publish(localScope, version, { by: principal.id, at: clock.now() });
}
