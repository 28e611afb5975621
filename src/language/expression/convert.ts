import type { ASTNode } from "@marcbachmann/cel-js";
import type { Json } from "../../base/json.ts";
import { tooDeep, type ExpressionProblem } from "./problem.ts";
import type { Rewritten } from "./rewrite.ts";
import { bracketsAround } from "./brackets.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";
import type { BinaryOperator } from "./tree.ts";
import { expressionLimits } from "./work.ts";

/** The parser's tree as ours; what JSON cannot hold is added to `problems`. `piled` counts the signs right before the part. */
export function convert(source: Rewritten, node: ASTNode, problems: ExpressionProblem[], piled = 0): Syntax {
  // A reference begins at its `#`, which CEL does not see.
  const start = source.references.has(node.start) ? node.start - 1 : node.start;
  const { end } = node;
  if (piled === expressionLimits.depthMax) problems.push({ ...tooDeep, start, end });
  switch (node.op) {
    case "value":
      return { kind: "literal", value: literalOf(source, node, problems), start, end };
    case "id":
      if (source.numbers.has(node.start)) {
        return { kind: "literal", value: Number(source.text.slice(start, end)), start, end };
      }
      return { kind: "name", name: node.args, reference: source.references.has(node.start), start, end };
    case ".": {
      const of = convert(source, node.args[0], problems);
      return { kind: "member", of, field: fieldName(source.text, node.pos, end), fieldStart: node.pos, start, end };
    }
    case "[]": {
      const of = convert(source, node.args[0], problems);
      return { kind: "index", of, at: convert(source, node.args[1], problems), start, end };
    }
    case "list":
      return { kind: "list", items: convertAll(source, node.args, problems), start, end };
    case "map": {
      const entries = node.args.map(
        ([key, item]) => [convert(source, key, problems), convert(source, item, problems)] as const,
      );
      return { kind: "object", entries, start, end };
    }
    case "!_":
      return { kind: "not", of: convert(source, node.args, problems, piled + 1), start, end };
    case "-_":
      return negated(convert(source, node.args, problems, piled + 1), start, end);
    case "?:": {
      const [test, yes, no] = convertAll(source, node.args, problems) as [Syntax, Syntax, Syntax];
      return { kind: "choice", test, yes, no, start, end };
    }
    case "call":
      return { kind: "call", name: node.args[0], args: convertAll(source, node.args[1], problems), start, end };
    case "rcall": {
      const [celName, receiver, args] = node.args;
      const of = convert(source, receiver, problems);
      const nameStart = source.celText.indexOf(celName, source.celText.indexOf(".", of.end));
      const name = source.text.slice(nameStart, nameStart + celName.length);
      return { kind: "method", of, name, nameStart, args: convertAll(source, args, problems), start, end };
    }
    case ".?":
    case "[?]":
      problems.push({ code: "E300", message: "'?' is not an operator here", start, end });
      return { kind: "literal", value: null, start, end };
    default: {
      const left = convert(source, node.args[0], problems);
      const right = convert(source, node.args[1], problems);
      const operator = operatorOf(source, node.op, left.end, right.start);
      return relationFirst(source, { kind: "binary", operator, left, right, start, end });
    }
  }
}

function convertAll(source: Rewritten, nodes: readonly ASTNode[], problems: ExpressionProblem[]): readonly Syntax[] {
  return nodes.map((node) => convert(source, node, problems));
}

// The name is taken from the text as written: a reference may have `-` where CEL reads `_`, and backticks stand around others.
function fieldName(text: string, start: number, end: number): string {
  return text[start] === "`" ? text.slice(start + 1, end - 1) : text.slice(start, end);
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
function relationFirst(source: Rewritten, syntax: SyntaxOf<"binary">): Syntax {
  const { operator, left, right } = syntax;
  if (!relations.has(operator) || right.kind !== "binary" || !relations.has(right.operator)) return syntax;
  return turned(source, syntax, bracketsAround(source, left.end, right.start));
}

// `brackets` stand open around the operator; one that stands in as many is not held together by brackets of its own.
function turned(source: Rewritten, syntax: SyntaxOf<"binary">, brackets: number): Syntax {
  const { operator, right, start, end } = syntax;
  if (right.kind !== "binary" || !relations.has(right.operator)) return syntax;
  if (bracketsAround(source, right.left.end, right.right.start) !== brackets) return syntax;
  const left = turned(source, { ...syntax, operator, right: right.left, end: right.left.end }, brackets);
  return { ...right, left, start, end };
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
