import type { Problems } from "../problems.ts";
import type { SourceNode } from "../source/tree.ts";
import type { Source } from "../world.ts";
import { isPlan, treeOfPlan } from "./plan-file.ts";
import { isStaged, treeOfStaged } from "./staged-file.ts";

/**
 * The tree of a file in the language's own fields: files in the other spellings are turned into it before anything is checked.
 *
 * Every part keeps the place of what it was written as, so that a message points at what the reader of the file sees. Undefined after a
 * mistake that leaves nothing to check.
 */
export function nativeTree(root: SourceNode, source: Source, problems: Problems): SourceNode | undefined {
  if (root.kind !== "map") return root;
  if (isPlan(root)) return treeOfPlan(root, source, problems);
  if (isStaged(root)) return treeOfStaged(root, source, problems);
  return root;
}
