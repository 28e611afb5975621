import { readFileSync } from "node:fs";
import path from "node:path";
import { listExecutors } from "../../src/actions/function/find.ts";
import { digestJson } from "../../src/base/digest.ts";
import type { Json } from "../../src/base/json.ts";
import { compileWorkflow } from "../../src/language/compile.ts";
import { knownDraft } from "../../src/language/known-workflow.ts";
import type { Plan } from "../../src/language/plan.ts";
import type { Source } from "../../src/language/world.ts";
import type { Version } from "../../src/ports/catalog.ts";
import { decided, reported } from "./life.ts";

/** The project whose workflow is run: copied into each folder, so that its functions write there. */
export const project: string = path.join(import.meta.dirname, "project");

const partSource = sourceOf("part.workflow.yml");
const part = compiled(partSource, []);

/** What every run of a campaign runs, and the version that one of its steps runs. */
export const whole: { readonly version: Version; readonly parts: readonly Version[] } = {
  version: { ...compiled(sourceOf("crash.workflow.yml"), [partSource]), runs: { "part@draft": part.digest } },
  parts: [part],
};

/** The plan of a version of the campaign. */
export function planOf(digest: string): Plan {
  const { version, parts } = whole;
  const found = [version, ...parts].find((each) => each.digest === digest);
  if (found === undefined) throw new Error(`The campaign has no version ${digest}.`);
  return found.plan;
}

/** The output of a run that lost and repeated nothing. */
export function expectedOutput(seed: number): Json {
  const items = [seed, seed + 1, seed + 2];
  return {
    tries: items.map((n) => ({ value: n + 1 })),
    part: expectedPart(seed),
    offered: 4,
    heard: reported.n,
    each: items.map((n) => ({ value: n * 2 })),
    flaky: seed + 1,
    paid: seed * 3,
    loop: 4,
    sum: decided.amount + seed * 100 + 3,
  };
}

/** The output of the run that such a run starts. */
export function expectedPart(seed: number): Json {
  return { value: (seed + 1) * 2 };
}

function sourceOf(file: string): Source {
  return { file, text: readFileSync(path.join(project, file), "utf8") };
}

function compiled(source: Source, others: readonly Source[]): Version {
  const workflows = others.flatMap((other) => knownDraft(other) ?? []);
  const world = { ...listExecutors(project), roles: ["operator"], workflows };
  const { plan, diagnostics } = compileWorkflow(source, world);
  if (plan === undefined) throw new Error(`${source.file} has errors: ${JSON.stringify(diagnostics)}`);
  const digest = digestJson({ source: source.text, plan: plan as unknown as Json });
  return { digest, workflow: plan.workflow, draft: true, file: source.file, source: source.text, plan };
}
