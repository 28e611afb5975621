import type { Node } from "../expression/tree.ts";

/** A step that has succeeded, or whose gate was accepted, when a condition holds. */
export interface Guard {
  readonly step: number;
  readonly isAccepted: boolean;
}

/** What is certain of other steps when a condition is true: each part of it that is joined with `&&`. */
export function guardsIn(tree: Node): readonly Guard[] {
  if (tree.kind !== "binary") return [];
  const { operator, left, right } = tree;
  if (operator === "&&") return [...guardsIn(left), ...guardsIn(right)];
  if (operator !== "==") return [];
  const [literal, read] = left.kind === "literal" ? [left, right] : [right, left];
  return literal.kind === "literal" ? guardOf(read, literal.value) : [];
}

function guardOf(read: Node, value: unknown): readonly Guard[] {
  if (read.kind === "step")
    return read.field === "status" && value === "succeeded" ? [{ step: read.step, isAccepted: false }] : [];
  if (read.kind !== "member" || read.field !== "outcome" || read.of.kind !== "step") return [];
  return read.of.field === "decision" && value === "accepted" ? [{ step: read.of.step, isAccepted: true }] : [];
}
