import { existsSync } from "node:fs";
import path from "node:path";
import { digestJson } from "../base/digest.ts";
import { RunwrightError } from "../base/error.ts";
import { formatDiagnostic } from "../language/report.ts";
import type { CatalogReader, Version } from "../ports/catalog.ts";
import type { Config } from "./config.ts";
import { localScope } from "./principal.ts";
import { numberIn } from "./published.ts";
import { type Reading, readWorkflowBeside, type WorkflowFile } from "./workflow-file.ts";
import { workflowsFolder } from "./world.ts";

/** A version, and every version that its steps run, directly or through others. */
export interface WholeVersion {
  readonly version: Version;
  readonly parts: readonly Version[];
}

/** One file on the way to its version. */
interface Draft {
  readonly version: Version;
  /** Places of the files that its steps run, by `id@version` as the steps name them. */
  readonly runs: ReadonlyMap<string, string>;
  /** Published versions that its steps run, by the same names. */
  readonly fixed: ReadonlyMap<string, Version>;
}

/** Where the file of a version lies, and how it and those that its steps run are read. */
export interface Surroundings {
  readonly place: string;
  readonly catalog: CatalogReader;
  readonly reading?: Reading;
}

const draftsMax = 100;

/**
 * The version of a file with those of the workflows that its steps run. What a run needs is fixed when it starts: its digest covers the files of
 * all of them, so that a change of one is another version.
 *
 * Throws `workflow.invalid` or `workflow.unsupported` naming the file that cannot be run.
 */
export async function wholeVersion(config: Config, version: Version, from: Surroundings): Promise<WholeVersion> {
  const { place, catalog, reading = {} } = from;
  const drafts = new Map<string, Draft>();
  const waiting: { readonly place: string; readonly version: Version }[] = [{ place, version }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const runs = runsOf(config, next.version, next.place);
    const fixed = await publishedRuns(next.version, catalog);
    drafts.set(next.place, { version: next.version, runs, fixed });
    if (drafts.size > draftsMax)
      throw new RunwrightError("workflow.invalid", `${version.file} runs more than ${draftsMax} other workflows.`);
    for (const child of new Set(runs.values())) {
      if (drafts.has(child) || waiting.some((each) => each.place === child)) continue;
      waiting.push({ place: child, version: await runnable(config, child, { catalog, reading }) });
    }
  }
  const made = new Map(Array.from(drafts, ([each, draft]) => [each, sealed(drafts, each, draft)] as const));
  const whole = made.get(place) ?? version;
  const fixed = [...drafts.values()].flatMap((draft) => [...draft.fixed.values()]);
  const parts = [...made.values()].filter((each) => each !== whole);
  return { version: whole, parts: [...parts, ...(await withTheirs(fixed, catalog))] };
}

/** A published version with every version that its steps run. */
export async function wholeOf(version: Version, catalog: CatalogReader): Promise<WholeVersion> {
  const [, ...parts] = await withTheirs([version], catalog);
  return { version, parts };
}

/** Versions and those that their steps run, each once, in the order in which they were met. */
async function withTheirs(versions: readonly Version[], catalog: CatalogReader): Promise<readonly Version[]> {
  const all = new Map(versions.map((version) => [version.digest, version]));
  // The map grows while it is walked, by each version once.
  for (const { runs = {} } of all.values()) {
    for (const digest of Object.values(runs)) {
      if (!all.has(digest)) all.set(digest, await catalog.get(localScope, digest));
    }
  }
  return [...all.values()];
}

/** The version of a file whose steps run others: its digest covers every file that can be reached from it. */
function sealed(drafts: ReadonlyMap<string, Draft>, place: string, { version, runs, fixed }: Draft): Version {
  if (runs.size + fixed.size === 0) return version;
  const named = Array.from(runs, ([name, child]) => [name, sealedDigest(drafts, child)] as const);
  return { ...version, digest: sealedDigest(drafts, place), runs: Object.fromEntries([...named, ...digestsOf(fixed)]) };
}

function sealedDigest(drafts: ReadonlyMap<string, Draft>, place: string): string {
  const own = drafts.get(place);
  if (own === undefined || own.runs.size + own.fixed.size === 0) return own?.version.digest ?? "";
  const reached = new Set([place]);
  for (const each of reached) for (const child of drafts.get(each)?.runs.values() ?? []) reached.add(child);
  const digests = Array.from(reached).flatMap((each) => {
    const draft = drafts.get(each);
    return draft === undefined ? [] : [draft.version.digest, ...digestsOf(draft.fixed).map(([, digest]) => digest)];
  });
  return digestJson({ of: own.version.digest, with: digests.toSorted() });
}

function digestsOf(fixed: ReadonlyMap<string, Version>): readonly (readonly [string, string])[] {
  return Array.from(fixed, ([name, { digest }]) => [name, digest] as const);
}

/** The published versions that the steps of a version run, as `id@3`. */
export async function publishedRuns({ plan }: Version, catalog: CatalogReader): Promise<ReadonlyMap<string, Version>> {
  const found = new Map<string, Version>();
  for (const { verb } of plan.steps) {
    if (verb.kind !== "workflow") continue;
    const number = numberIn(verb.version);
    const name = `${verb.workflow}@${verb.version}`;
    if (number !== undefined && !found.has(name))
      found.set(name, await catalog.numbered(localScope, verb.workflow, number));
  }
  return found;
}

function runsOf(config: Config, { plan, file }: Version, place: string): ReadonlyMap<string, string> {
  const runs = new Map<string, string>();
  for (const { verb, id } of plan.steps) {
    if (verb.kind !== "workflow" || numberIn(verb.version) !== undefined) continue;
    const name = `${verb.workflow}@${verb.version}`;
    const found = verb.version === "draft" ? fileOf(config, place, verb.workflow) : undefined;
    if (found === undefined)
      throw new RunwrightError("workflow.invalid", `${file}: step '${id}' runs ${name}, which is not there.`);
    runs.set(name, found);
  }
  return runs;
}

/** The file in which the draft of a workflow lies, absolute; undefined where there is none. `place` is that of the file that names it. */
export function fileOf(config: Config, place: string, workflow: string): string | undefined {
  const folder = workflowsFolder(config, place);
  const names = ["yml", "yaml", "json"].map((extension) => path.join(folder, `${workflow}.workflow.${extension}`));
  return names.find((name) => existsSync(name));
}

/** The version of a file that a step runs. */
async function runnable(
  config: Config,
  place: string,
  { catalog, reading }: { readonly catalog: CatalogReader; readonly reading: Reading },
): Promise<Version> {
  const where = { file: path.relative(config.root, place), cwd: config.root };
  const file = await readWorkflowBeside(catalog, config, where, reading);
  if (file.version !== undefined) return file.version;
  throw refusal(file);
}

/** Why a file without a version is not run, with every place. */
export function refusal({ plan, source, diagnostics, unsupported }: WorkflowFile): RunwrightError {
  const errors = plan === undefined ? diagnostics.filter((each) => each.severity === "error") : unsupported;
  const listed = errors.map((each) => formatDiagnostic(each, source)).join("\n");
  return plan === undefined
    ? new RunwrightError("workflow.invalid", `${source.file} has errors.\n${listed}`)
    : new RunwrightError("workflow.unsupported", `${source.file} cannot be run by this build.\n${listed}`);
}
