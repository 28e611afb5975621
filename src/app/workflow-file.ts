import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { digestJson } from "../base/digest.ts";
import { RunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { slashedPath } from "../base/paths.ts";
import { compileWorkflow, explainWaits } from "../language/compile.ts";
import type { StepWaits } from "../language/compile/waits.ts";
import type { Diagnostic } from "../language/diagnostic.ts";
import type { Leniency, Plan } from "../language/plan.ts";
import type { KnownWorkflow, Source, World } from "../language/world.ts";
import type { CatalogReader, Version } from "../ports/catalog.ts";
import type { Config } from "./config.ts";
import { publishedIn } from "./published.ts";
import { worldOf } from "./world.ts";

/** A workflow file, read and checked; without a plan it has errors, without a version it cannot be run. */
export interface WorkflowFile {
  readonly source: Source;
  /** Published workflows that its steps were checked against. */
  readonly published: readonly KnownWorkflow[];
  readonly diagnostics: readonly Diagnostic[];
  /** What is right but not carried out by this build: it cannot be run. */
  readonly unsupported: readonly Diagnostic[];
  readonly plan?: Plan;
  readonly version?: Version;
}

/** How a file is taken. */
export interface Reading {
  /** What is let pass beyond what the file says. */
  readonly leniency?: Leniency;
  /** Warnings are errors. */
  readonly strict?: boolean;
  /** Published workflows that its steps may run. */
  readonly published?: readonly KnownWorkflow[];
}

/**
 * The same, with the published versions that the file names: a step may run `id@3`. The catalog is asked only when it names any.
 */
export async function readWorkflowBeside(
  catalog: CatalogReader,
  config: Config,
  { file, cwd }: { readonly file: string; readonly cwd: string },
  reading: Reading = {},
): Promise<WorkflowFile> {
  const published = await publishedIn(readSource(path.resolve(cwd, file), file), catalog);
  return readWorkflow(config, file, cwd, { ...reading, published });
}

/**
 * Reads and checks a workflow file; `file` is meant from `cwd`. Throws `workflow.not-found` when there is none to read.
 *
 * The version names the file relative to the project, so that a journal holds no folder of this machine.
 */
export function readWorkflow(config: Config, file: string, cwd: string, reading: Reading = {}): WorkflowFile {
  const { leniency, strict = false, published = [] } = reading;
  const place = path.resolve(cwd, file);
  const source = { file, text: readSource(place, file) };
  const read = { source, published };
  const compiled = compileWorkflow(source, withLeniency(worldOf(config, place, published), leniency));
  const { unsupported, plan } = compiled;
  const diagnostics = strict ? compiled.diagnostics.map(hardened) : compiled.diagnostics;
  if (strict && diagnostics.length > 0) return { ...read, diagnostics, unsupported };
  if (plan === undefined) return { ...read, diagnostics, unsupported };
  if (unsupported.length > 0) return { ...read, diagnostics, unsupported, plan };

  const version: Version = {
    digest: digestJson({ source: source.text, plan: plan as unknown as Json }),
    workflow: plan.workflow,
    draft: true,
    file: slashedPath(config.root, place, path),
    source: source.text,
    plan,
  };
  return { ...read, diagnostics, unsupported, plan, version };
}

/** What the world knows is worked out when it is asked for: it must not be copied. */
function withLeniency(world: Partial<World>, leniency: Leniency | undefined): Partial<World> {
  return leniency === undefined
    ? world
    : Object.defineProperty(world, "leniency", { value: leniency, enumerable: true });
}

function hardened(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: "error" };
}

/** Why each step of a file that was read waits for what; undefined when it has errors. `cwd` is the one it was read from. */
export function readWaits(
  config: Config,
  { source, published }: WorkflowFile,
  cwd: string,
): readonly StepWaits[] | undefined {
  return explainWaits(source, worldOf(config, path.resolve(cwd, source.file), published));
}

function readSource(place: string, file: string): string {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new RunwrightError("workflow.not-found", `There is no workflow file ${file}.`);
  // The checker refuses it too, but only once it is in memory.
  if (stat.size > limits.sourceBytesMax) {
    const found = `${Math.ceil(stat.size / 1024)} KiB`;
    throw new RunwrightError(
      "workflow.invalid",
      `${file} has ${found}; a workflow file has at most ${limits.sourceBytesMax / 1024} KiB.`,
    );
  }
  return readFileSync(place, "utf8");
}
