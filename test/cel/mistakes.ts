import { evaluate } from "../../src/language/expression/evaluate.ts";
import type { BinaryOperator, Node } from "../../src/language/expression/tree.ts";
import type { Evaluate } from "./answer.ts";

// Each operator, and the one that a mistake could put in its place.
const confusions: Readonly<Record<BinaryOperator, BinaryOperator>> = {
  "||": "&&",
  "&&": "||",
  "==": "!=",
  "!=": "==",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  in: "==",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  contains: "==",
  startsWith: "endsWith",
  endsWith: "startsWith",
};

/** An evaluation for each operator that takes it for another one: what a test of the operators must find. */
export const mistakes: ReadonlyMap<string, Evaluate> = new Map(
  Object.entries(confusions).map(([right, wrong]) => [
    right,
    ({ text, tree }, names) => evaluate({ text, tree: replaced(tree, right, wrong) }, names),
  ]),
);

function replaced(tree: Node, right: string, wrong: BinaryOperator): Node {
  return JSON.parse(JSON.stringify(tree), (key, value: unknown) =>
    key === "operator" && value === right ? wrong : value,
  ) as Node;
}
