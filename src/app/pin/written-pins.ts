import type { Range } from "../../language/diagnostic.ts";
import type { Problems } from "../../language/problems.ts";
import { loadSource } from "../../language/source/load.ts";
import { entryOf, type SourceMap, type SourceNode } from "../../language/source/tree.ts";
import type { Source } from "../../language/world.ts";

/** Something that a file names and that has versions. */
export interface WrittenPin {
  readonly kind: "model" | "connector" | "agent" | "workflow";
  /** What messages call it: `connector 'helpdesk'`. */
  readonly called: string;
  /** As it is written: `zendesk`, `zendesk@3.2.0`. */
  readonly text: string;
  readonly range: Range;
}

/** Everything in a workflow file, or a file of pins, that has versions, in the order of the file. */
export function writtenPins(source: Source, problems: Problems): readonly WrittenPin[] {
  const root = loadSource(source, problems);
  if (root?.kind !== "map") return [];
  return [
    ...aliases(root, "models").flatMap((entry) => pinOf("model", entry.key, entry.value)),
    ...aliases(root, "connectors").flatMap((entry) => pinOf("connector", entry.key, used(entry.value))),
    ...aliases(root, "agents").flatMap((entry) => [
      ...pinOf("agent", entry.key, used(entry.value)),
      ...(entry.value.kind === "map" ? pinOf("model", entry.key, entryOf(entry.value, "model")?.value) : []),
    ]),
    ...stepPins(entryOf(root, "steps")?.value),
  ].toSorted((left, right) => left.range.start - right.range.start);
}

function aliases(root: SourceMap, key: string): SourceMap["entries"] {
  const node = entryOf(root, key)?.value;
  return node?.kind === "map" ? node.entries : [];
}

/** A pin is written for itself, or under `use`. */
function used(node: SourceNode): SourceNode | undefined {
  return node.kind === "map" ? entryOf(node, "use")?.value : node;
}

function pinOf(kind: WrittenPin["kind"], alias: string, node: SourceNode | undefined): readonly WrittenPin[] {
  if (node?.kind !== "scalar" || typeof node.value !== "string" || node.text.trim() === "") return [];
  return [{ kind, called: `${kind} '${alias.slice(0, 80)}'`, text: node.text, range: node.range }];
}

/** Workflows that steps run, in groups too. */
function stepPins(steps: SourceNode | undefined): readonly WrittenPin[] {
  if (steps?.kind !== "list") return [];
  return steps.items.flatMap((step) => {
    if (step.kind !== "map") return [];
    const id = entryOf(step, "id")?.value;
    const own = pinOf("workflow", id?.kind === "scalar" ? id.text : "", entryOf(step, "workflow")?.value);
    return [...own, ...stepPins(entryOf(step, "do")?.value)];
  });
}
