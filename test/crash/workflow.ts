import { readFileSync } from "node:fs";
import path from "node:path";
import { listExecutors } from "../../src/actions/function/find.ts";
import { digestJson } from "../../src/base/digest.ts";
import type { Json } from "../../src/base/json.ts";
import { compileWorkflow } from "../../src/language/compile.ts";
import type { Version } from "../../src/ports/catalog.ts";
import { decided } from "./life.ts";

/** The project whose workflow is run: copied into each folder, so that its functions write there. */
export const project: string = path.join(import.meta.dirname, "project");

/** What every run of a campaign runs. */
export const version: Version = compiled("crash.workflow.yml");

/** The output of a run that lost and repeated nothing. */
export function expectedOutput(seed: number): Json {
  return {
    each: [seed, seed + 1, seed + 2].map((n) => ({ value: n * 2 })),
    flaky: seed + 1,
    paid: seed * 3,
    loop: 4,
    sum: decided.amount + seed * 100 + 3,
  };
}

function compiled(file: string): Version {
  const source = readFileSync(path.join(project, file), "utf8");
  const world = { ...listExecutors(project), roles: ["operator"] };
  const { plan, diagnostics } = compileWorkflow({ file, text: source }, world);
  if (plan === undefined) throw new Error(`${file} has errors: ${JSON.stringify(diagnostics)}`);
  const digest = digestJson({ source, plan: plan as unknown as Json });
  return { digest, workflow: plan.workflow, draft: true, file, source, plan };
}
