import { type CompiledRoot, compileRoot } from "./compile/assemble.ts";
import { type StepWaits, waitsOfSteps } from "./compile/waits.ts";
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
  const { diagnostics, root } = compile(source, world);
  return root === undefined ? { diagnostics } : { diagnostics, plan: root.plan };
}

/** Why each step of a file waits for what, in the order of the file; undefined when the file has errors. */
export function explainWaits(source: Source, world: World): readonly StepWaits[] | undefined {
  const { root } = compile(source, world);
  return root === undefined ? undefined : waitsOfSteps(root.shop, root.graph);
}

/** The root is given away only when nothing is wrong with it. */
function compile(
  source: Source,
  world: World,
): { readonly diagnostics: readonly Diagnostic[]; readonly root: CompiledRoot | undefined } {
  const problems = createProblems(source.text);
  const tree = loadSource(source, problems);
  const root = tree === undefined ? undefined : compileRoot({ source, world, problems }, tree);
  const diagnostics = problems.inOrder((offset) => pathAt(tree, offset));
  return { diagnostics, root: problems.errors > 0 ? undefined : root };
}
