import { hasCode } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { evaluateConstant } from "./evaluate.ts";
import type { Expression, Node } from "./tree.ts";
import { failureLead } from "./work.ts";

/** What an expression is before anything runs: a value, or a failure that is certain. */
export type Constant =
  | { readonly value: Json; readonly failed?: undefined }
  | { readonly value?: undefined; readonly failed: string };

/** The value of an expression that does not depend on anything, or undefined when it does. */
export function constantOf(expression: Expression): Constant | undefined {
  return constantNode(expression.text, expression.tree);
}

function constantNode(text: string, node: Node): Constant | undefined {
  if (isClosed(node, [])) return valueOf(text, node);
  switch (node.kind) {
    case "binary":
      return node.operator === "&&" || node.operator === "||" ? decided(text, node) : undefined;
    case "not": {
      const of = constantNode(text, node.of);
      return typeof of?.value === "boolean" ? { value: !of.value } : undefined;
    }
    case "choice": {
      const test = constantNode(text, node.test);
      if (typeof test?.value !== "boolean") return undefined;
      return constantNode(text, test.value ? node.yes : node.no);
    }
    default:
      return undefined;
  }
}

function valueOf(text: string, tree: Node): Constant | undefined {
  try {
    return { value: evaluateConstant({ text, tree }) };
  } catch (error) {
    if (hasCode(error, "expression.too-expensive")) return undefined;
    if (!hasCode(error, "expression.failed")) throw error;
    return { failed: error.message.slice(failureLead(text).length, -1) };
  }
}

// One side is enough: `false && x` is false for any x.
function decided(text: string, { operator, left, right }: Node & { kind: "binary" }): Constant | undefined {
  const decisive = operator === "||";
  for (const side of [left, right]) if (constantNode(text, side)?.value === decisive) return { value: decisive };
  return undefined;
}

/** True when every name in a tree is a variable of one of its own macros. */
function isClosed(node: Node, variables: readonly string[]): boolean {
  const closed = (part: Node): boolean => isClosed(part, variables);
  switch (node.kind) {
    case "literal":
      return true;
    case "name":
      return variables.includes(node.name);
    case "step":
      return false;
    case "member":
    case "has":
    case "not":
    case "negate":
      return closed(node.of);
    case "index":
      return closed(node.of) && closed(node.at);
    case "list":
      return node.items.every(closed);
    case "object":
      return node.entries.every(([key, value]) => closed(key) && closed(value));
    case "binary":
      return closed(node.left) && closed(node.right);
    case "choice":
      return closed(node.test) && closed(node.yes) && closed(node.no);
    case "call":
      return node.args.every(closed);
    case "macro": {
      const inner = [...variables, node.variable];
      return (
        closed(node.of) && isClosed(node.body, inner) && (node.filter === undefined || isClosed(node.filter, inner))
      );
    }
  }
}
