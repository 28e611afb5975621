import { existsSync } from "node:fs";
import path from "node:path";
import { digestJson } from "../base/digest.ts";
import { RunwrightError } from "../base/error.ts";
import { formatDiagnostic } from "../language/report.ts";
import type { Version } from "../ports/catalog.ts";
import type { Config } from "./config.ts";
import { type Reading, readWorkflow, type WorkflowFile } from "./workflow-file.ts";
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
}

const draftsMax = 100;

/**
 * The version of a file with those of the workflows that its steps run. What a run needs is fixed when it starts: its digest covers the files of
 * all of them, so that a change of one is another version.
 *
 * Throws `workflow.invalid` or `workflow.unsupported` naming the file that cannot be run.
 */
export function wholeVersion(config: Config, version: Version, place: string, reading: Reading = {}): WholeVersion {
  const drafts = new Map<string, Draft>();
  const waiting: { readonly place: string; readonly version: Version }[] = [{ place, version }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const runs = runsOf(config, next.version, next.place);
    drafts.set(next.place, { version: next.version, runs });
    if (drafts.size > draftsMax)
      throw new RunwrightError("workflow.invalid", `${version.file} runs more than ${draftsMax} other workflows.`);
    for (const child of new Set(runs.values())) {
      if (drafts.has(child) || waiting.some((each) => each.place === child)) continue;
      waiting.push({ place: child, version: runnable(config, child, reading) });
    }
  }
  const made = new Map(Array.from(drafts, ([each, draft]) => [each, sealed(drafts, each, draft)] as const));
  const whole = made.get(place) ?? version;
  return { version: whole, parts: [...made.values()].filter((each) => each !== whole) };
}

/** The version of a file whose steps run others: its digest covers every file that can be reached from it. */
function sealed(drafts: ReadonlyMap<string, Draft>, place: string, { version, runs }: Draft): Version {
  if (runs.size === 0) return version;
  const named = Array.from(runs, ([name, child]) => [name, sealedDigest(drafts, child)] as const);
  return { ...version, digest: sealedDigest(drafts, place), runs: Object.fromEntries(named) };
}

function sealedDigest(drafts: ReadonlyMap<string, Draft>, place: string): string {
  const own = drafts.get(place);
  if (own === undefined || own.runs.size === 0) return own?.version.digest ?? "";
  const reached = new Set([place]);
  for (const each of reached) for (const child of drafts.get(each)?.runs.values() ?? []) reached.add(child);
  const digests = Array.from(reached, (each) => drafts.get(each)?.version.digest ?? "").toSorted();
  return digestJson({ of: own.version.digest, with: digests });
}

function runsOf(config: Config, { plan, file }: Version, place: string): ReadonlyMap<string, string> {
  const runs = new Map<string, string>();
  for (const { verb, id } of plan.steps) {
    if (verb.kind !== "workflow") continue;
    const name = `${verb.workflow}@${verb.version}`;
    const found = verb.version === "draft" ? fileOf(config, place, verb.workflow) : undefined;
    if (found === undefined)
      throw new RunwrightError("workflow.invalid", `${file}: step '${id}' runs ${name}, which is not there.`);
    runs.set(name, found);
  }
  return runs;
}

function fileOf(config: Config, place: string, workflow: string): string | undefined {
  const folder = workflowsFolder(config, place);
  const names = ["yml", "yaml", "json"].map((extension) => path.join(folder, `${workflow}.workflow.${extension}`));
  return names.find((name) => existsSync(name));
}

/** The version of a file that a step runs. */
function runnable(config: Config, place: string, reading: Reading): Version {
  const file = readWorkflow(config, path.relative(config.root, place), config.root, reading);
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
