import type { ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "../../base/json.ts";
import { tooDeep, type ExpressionProblem } from "./problem.ts";
import type { Rewritten } from "./rewrite.ts";
import { isBracketed } from "./source.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";
import type { BinaryOperator } from "./tree.ts";
import { expressionLimits } from "./work.ts";

/** The parser's tree as ours; what JSON cannot hold is added to `problems`. `piled` counts the signs right before the part. */
export function convert(source: Rewritten, node: ASTNode, problems: ExpressionProblem[], piled = 0): Syntax {
  const sub = (part: ASTNode): Syntax => convert(source, part, problems);
  const signed = (part: ASTNode): Syntax => convert(source, part, problems, piled + 1);
  const { start, end } = placeOf(source, node);
  if (piled === expressionLimits.depthMax) problems.push({ ...tooDeep, start, end });
  switch (node.op) {
    case "value":
      return { kind: "literal", value: literalOf(source, node, problems), start, end };
    case "id":
      if (source.numbers.has(node.start)) {
        return { kind: "literal", value: Number(source.text.slice(start, end)), start, end };
      }
      return { kind: "name", name: node.args, reference: source.references.has(node.start), start, end };
    case ".":
      // The name is taken from the text as written: a reference may have `-` where CEL reads `_`.
      return {
        kind: "member",
        of: sub(node.args[0]),
        field: source.text.slice(node.pos, end).replaceAll("`", ""),
        fieldStart: node.pos,
        start,
        end,
      };
    case "[]":
      return { kind: "index", of: sub(node.args[0]), at: sub(node.args[1]), start, end };
    case "list":
      return { kind: "list", items: node.args.map(sub), start, end };
    case "map":
      return { kind: "object", entries: node.args.map(([key, item]) => [sub(key), sub(item)]), start, end };
    case "!_":
      return { kind: "not", of: signed(node.args), start, end };
    case "-_":
      return negated(signed(node.args), start, end);
    case "?:": {
      const [test, yes, no] = node.args;
      return { kind: "choice", test: sub(test), yes: sub(yes), no: sub(no), start, end };
    }
    case "call":
      return { kind: "call", name: node.args[0], args: node.args[1].map(sub), start, end };
    case "rcall": {
      const [name, receiver, args] = node.args;
      const of = sub(receiver);
      const nameStart = source.text.indexOf(name, source.text.indexOf(".", of.end));
      return { kind: "method", of, name, nameStart, args: args.map(sub), start, end };
    }
    case ".?":
    case "[?]":
      problems.push({ code: "E300", message: "'?' is not an operator here", start, end });
      return { kind: "literal", value: null, start, end };
    default: {
      const left = sub(node.args[0]);
      const right = sub(node.args[1]);
      const operator = operatorOf(source, node.op, left.end, right.start);
      return relationFirst(source.text, { kind: "binary", operator, left, right, start, end });
    }
  }
}

const relations: ReadonlySet<BinaryOperator> = new Set([
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "contains",
  "startsWith",
  "endsWith",
]);

// CEL has one level for all relations, from left to right; the parser has three, so that it reads `a == b in c` as `a == (b in c)`.
function relationFirst(text: string, syntax: SyntaxOf<"binary">): Syntax {
  const { operator, right, start, end } = syntax;
  if (!relations.has(operator) || right.kind !== "binary" || !relations.has(right.operator)) return syntax;
  if (isBracketed(text, right)) return syntax;
  const first = relationFirst(text, { ...syntax, right: right.left, end: right.left.end });
  return { ...right, left: first, start, end };
}

// A reference begins at its `#`, which CEL does not see.
function placeOf(source: Rewritten, { start, end }: ASTNode): { readonly start: number; readonly end: number } {
  return { start: source.references.has(start) ? start - 1 : start, end };
}

function operatorOf(source: Rewritten, operator: BinaryOperator, from: number, to: number): BinaryOperator {
  if (operator !== "in") return operator;
  for (const [at, word] of source.words) if (at >= from && at < to) return word;
  return operator;
}

function literalOf(source: Rewritten, node: ASTNode & { op: "value" }, problems: ExpressionProblem[]): Json {
  const value = node.args;
  if (typeof value === "bigint") return Number(value);
  if (value === null || typeof value !== "object") return value;

  const { start, end } = node;
  const written = source.text.slice(start, end);
  const [message, plain] =
    value instanceof Uint8Array
      ? [`${written} is bytes, which JSON does not have`, written.slice(1)]
      : [`'${written}' is not a number of JSON`, written.slice(0, -1)];
  problems.push({ code: "E300", message, hint: `write ${plain}`, start, end, fix: { start, end, text: plain } });
  return null;
}

// From zero, since JSON has no minus zero.
function negated(of: Syntax, start: number, end: number): Syntax {
  if (of.kind === "literal" && typeof of.value === "number")
    return { kind: "literal", value: 0 - of.value, start, end };
  return { kind: "negate", of, start, end };
}
