import path from "node:path";
import { createModuleLocks } from "../../actions/function/module-lock.ts";
import { digestJson } from "../../base/digest.ts";
import { hasCode, RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { CatalogReader, Version } from "../../ports/catalog.ts";
import type { Config } from "../config.ts";
import { modulesRoot } from "../modules-root.ts";
import { localScope } from "../principal.ts";
import { fileOf, publishedRuns, refusal } from "../versions.ts";
import type { WorkflowFile } from "../workflow-file.ts";
import { installedConnectors } from "../world.ts";
import { lockOf } from "./lock.ts";
import { modelDescriber } from "../models.ts";

/** A version that is ready to be published, and the one that it comes after. */
export interface Publishing {
  readonly version: Version;
  readonly previous?: Version;
  /** The latest published version is the same in everything: publishing gives its number again. */
  readonly isSame: boolean;
}

/**
 * The version that a checked file is to be published as, with everything that it depends on in its lock.
 *
 * Throws `workflow.invalid` for a file with errors or with steps that run drafts, and `workflow.unsupported` for one that this build cannot run.
 */
export async function preparePublishing(
  config: Config,
  file: WorkflowFile,
  place: string,
  catalog: CatalogReader,
): Promise<Publishing> {
  if (file.version === undefined) throw refusal(file);
  const draft = file.version;
  await refuseDrafts(config, draft, place, catalog);
  const runs = await publishedRuns(draft, catalog);
  const lock = lockOf(draft.plan, {
    connectors: connectorsFor(config, draft),
    describeModel: modelDescriber(config),
    modules: createModuleLocks(config.root),
    root: modulesRoot(config, place),
  });
  const digests = Object.fromEntries(Array.from(runs, ([name, { digest }]) => [name, digest] as const));
  const version: Version = { ...draft, draft: false, lock, ...(runs.size > 0 && { runs: digests }) };
  const previous = await latestOf(draft.workflow, catalog);
  const digest = contentDigest(version);
  if (previous !== undefined && contentDigest(previous) === digest)
    return { version: previous, previous, isSame: true };
  const sealed = { ...version, digest: await newDigest(digest, previous, catalog) };
  return { version: sealed, ...(previous !== undefined && { previous }), isSame: false };
}

/** Most files name no connector: then none is read. */
function connectorsFor(config: Config, { plan }: Version): ReturnType<typeof installedConnectors> {
  return Object.keys(plan.connectors ?? {}).length === 0 ? [] : installedConnectors(config);
}

/** The latest published version of a workflow; undefined when there is none. */
export async function latestOf(workflow: string, catalog: CatalogReader): Promise<Version | undefined> {
  try {
    return await catalog.numbered(localScope, workflow, "latest");
  } catch (error) {
    if (hasCode(error, "version.not-found")) return undefined;
    throw error;
  }
}

/** Digest of all that a version means. The place of its file is no part of it. */
function contentDigest({ source, plan, lock, runs = {} }: Version): string {
  return digestJson({ source, plan, lock, runs } as unknown as Json);
}

/**
 * Whoever goes back to what an older version said gets a new number, since runs take the latest: a digest has one number, so that this one is
 * also that of what it comes after.
 */
async function newDigest(digest: string, previous: Version | undefined, catalog: CatalogReader): Promise<string> {
  const known = await catalog.releasesOf(localScope, [digest]);
  return known.length === 0 || previous === undefined ? digest : digestJson({ of: digest, after: previous.digest });
}

/** What is published must not change: a step runs a number. */
async function refuseDrafts(config: Config, version: Version, place: string, catalog: CatalogReader): Promise<void> {
  const named = version.plan.steps.flatMap(({ id, verb }) =>
    verb.kind === "workflow" && verb.version === "draft" ? [{ id, workflow: verb.workflow }] : [],
  );
  if (named.length === 0) return;
  const lines = await Promise.all(
    named.slice(0, draftsShownMax).map(async ({ id, workflow }) => {
      const latest = await latestOf(workflow, catalog);
      const found = fileOf(config, place, workflow);
      const file = found === undefined ? workflow : path.relative(config.root, found);
      const number = latest?.number === undefined ? "" : ` (the latest is ${workflow}@${latest.number})`;
      return `  step '${id}' runs ${workflow}@draft: publish it with \`runwright publish ${file}\`, then write the number it gets${number}.`;
    }),
  );
  const more = named.length > draftsShownMax ? `\n  and ${named.length - draftsShownMax} more.` : "";
  throw new RunwrightError(
    "workflow.invalid",
    `${version.file} runs drafts, which can change under a published version.\n${lines.join("\n")}${more}`,
  );
}

const draftsShownMax = 20;
