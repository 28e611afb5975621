import { readKeys } from "./check/keys.ts";
import { inputsSchema } from "./compile/file.ts";
import { fileFields } from "./fields/file-fields.ts";
import { createProblems } from "./problems.ts";
import { loadSource } from "./source/load.ts";
import { entryOf, type SourceMap, type SourceNode } from "./source/tree.ts";
import type { KnownWorkflow, Source } from "./world.ts";

/**
 * What a step that runs a draft needs to know of it; undefined for a file that names no workflow.
 *
 * The draft itself is not checked: its mistakes are told to whoever checks it.
 */
export function knownDraft(source: Source): KnownWorkflow | undefined {
  const problems = createProblems(source.text);
  const root = loadSource(source, problems);
  if (root?.kind !== "map") return undefined;
  const file = readKeys(root, fileFields, "at the top level", problems);
  const id = textOf(file.get("workflow")?.value);
  if (id === undefined) return undefined;

  const limits = file.get("limits")?.value;
  return {
    id,
    version: "draft",
    inputs: inputsSchema(file, problems),
    runs: [...new Set(runsIn(file.get("steps")?.value))],
    hasDepth: limits?.kind === "map" && entryOf(limits, "depth") !== undefined,
  };
}

/** Ids of the workflows that some steps run. */
function runsIn(steps: SourceNode | undefined): readonly string[] {
  if (steps?.kind !== "list") return [];
  return steps.items.flatMap((step) => (step.kind === "map" ? runsOf(step) : []));
}

function runsOf(step: SourceMap): readonly string[] {
  const [id] = textOf(entryOf(step, "workflow")?.value)?.split("@") ?? [];
  return [...(id === undefined ? [] : [id]), ...runsIn(entryOf(step, "do")?.value)];
}

function textOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === "scalar" && node.value !== null ? node.text : undefined;
}
