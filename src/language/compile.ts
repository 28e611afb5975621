import { type CompiledRoot, compileRoot } from "./compile/assemble.ts";
import { type StepWaits, waitsOfSteps } from "./compile/waits.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Plan } from "./plan.ts";
import { createProblems } from "./problems.ts";
import { loadSource } from "./source/load.ts";
import { nativeTree } from "./spellings/native-tree.ts";
import { pathAt } from "./source/tree.ts";
import { completeWorld, type Source, type World } from "./world.ts";

/** What a file came to: everything that is wrong with it, in line order, and its Plan when nothing is. */
export interface CompiledWorkflow {
  readonly diagnostics: readonly Diagnostic[];
  /** What is right but not carried out by this build (E090): a file may be checked and kept with it, not run. */
  readonly unsupported: readonly Diagnostic[];
  readonly plan?: Plan;
}

/** Checks a workflow file as a whole and compiles it. Pure: the same text and world give the same result; of what `known` leaves out nothing is there. */
export function compileWorkflow(source: Source, known: Partial<World>): CompiledWorkflow {
  const { diagnostics, unsupported, root } = compile(source, known);
  return root === undefined ? { diagnostics, unsupported } : { diagnostics, unsupported, plan: root.plan };
}

/** Why each step of a file waits for what, in the order of the file; undefined when the file has errors. */
export function explainWaits(source: Source, known: Partial<World>): readonly StepWaits[] | undefined {
  const { root } = compile(source, known);
  return root === undefined ? undefined : waitsOfSteps(root.shop, root.graph);
}

/** The root is given away only when nothing is wrong with it. */
function compile(
  source: Source,
  known: Partial<World>,
): Omit<CompiledWorkflow, "plan"> & { readonly root: CompiledRoot | undefined } {
  const problems = createProblems(source.text);
  const tree = loadSource(source, problems);
  const native = tree === undefined ? undefined : nativeTree(tree, source, problems);
  const root =
    native === undefined ? undefined : compileRoot({ source, world: completeWorld(known), problems }, native);
  const placeOf = (offset: number): string => pathAt(tree, offset);
  const diagnostics = problems.inOrder(placeOf);
  const unsupported = problems.laterInOrder(placeOf);
  return { diagnostics, unsupported, root: problems.errors > 0 ? undefined : root };
}
