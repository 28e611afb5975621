import type { Node } from "./tree.ts";

/** The names that a tree looks up, such as `inputs`; a macro's variable may be among them. */
export function namesInTree(tree: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) {
      for (const each of part) visit(each);
      return;
    }
    if (typeof part !== "object" || part === null) return;
    const node = part as Node;
    if (node.kind === "literal" || node.kind === "step") return;
    if (node.kind === "name") names.add(node.name);
    else for (const each of Object.values(part)) visit(each);
  };
  visit(tree);
  return names;
}
