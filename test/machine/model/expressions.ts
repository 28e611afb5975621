import type { Expression, Node, StepField } from "../../../src/language/expression/tree.ts";
import type { Template } from "../../../src/language/plan.ts";
import type { Draft } from "./draft.ts";

/** An expression of this tree. */
export function expression(tree: Node): Expression {
  return { text: tree.kind, tree };
}

/** A value as it stands. */
export function literal(value: Extract<Template, { kind: "literal" }>["value"]): Template {
  return { kind: "literal", value };
}

/** What a step reads of another one. */
export function item(step: number, field: StepField): Node {
  return { kind: "step", step, field };
}

/** An object whose fields are expressions. */
export function fieldsOf(nodes: Readonly<Record<string, Node>>): Template {
  const fields = Object.entries(nodes).map(
    ([name, tree]) => [name, { kind: "value", expression: expression(tree) }] as const,
  );
  return { kind: "object", fields };
}

/** True when the step has this status. */
export function isStatus(step: number, status: string): Expression {
  return expression({
    kind: "binary",
    operator: "==",
    left: item(step, "status"),
    right: { kind: "literal", value: status },
  });
}

/** True for an event whose data has this number. */
export function isNumber(n: number): Expression {
  const event: Node = { kind: "name", name: "event" };
  const left: Node = { kind: "member", of: { kind: "member", of: event, field: "data" }, field: "n" };
  return expression({ kind: "binary", operator: "==", left, right: { kind: "literal", value: n } });
}

/** The siblings that a step's condition and value read. */
export function readsOf({ if: condition, verb }: Draft): readonly number[] {
  const found: number[] = [];
  if (condition !== undefined) walk(condition.tree, found);
  for (const template of templatesOf(verb)) {
    if (template.kind !== "object") continue;
    for (const [, field] of template.fields) if (field.kind === "value") walk(field.expression.tree, found);
  }
  return found;
}

function templatesOf(verb: Draft["verb"]): readonly Template[] {
  if (verb.kind === "set") return [verb.value];
  if (verb.kind === "function") return [verb.with];
  return verb.kind === "approve" && verb.show !== undefined ? [verb.show] : [];
}

function walk(node: Node, found: number[]): void {
  if (node.kind === "step") found.push(node.step);
  if (node.kind === "binary") for (const side of [node.left, node.right]) walk(side, found);
}
