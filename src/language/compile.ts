import { compileRoot } from "./compile/assemble.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Plan } from "./plan.ts";
import { createProblems } from "./problems.ts";
import { loadSource } from "./source/load.ts";
import { pathAt } from "./source/tree.ts";
import type { Source, World } from "./world.ts";

/** What a file came to: everything that is wrong with it, in line order, and its Plan when nothing is. */
export interface CompiledWorkflow {
  readonly diagnostics: readonly Diagnostic[];
  readonly plan?: Plan;
}

/** Checks a workflow file as a whole and compiles it. Pure: the same text and world give the same result. */
export function compileWorkflow(source: Source, world: World): CompiledWorkflow {
  const problems = createProblems(source.text);
  const root = loadSource(source, problems);
  const plan = root === undefined ? undefined : compileRoot({ source, world, problems }, root);
  const diagnostics = problems.inOrder((offset) => pathAt(root, offset));
  return plan === undefined || problems.errors > 0 ? { diagnostics } : { diagnostics, plan };
}
