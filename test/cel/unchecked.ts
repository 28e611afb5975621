import { parse } from "../../src/language/expression/parse.ts";
import type { Syntax, SyntaxOf } from "../../src/language/expression/syntax.ts";
import type { Expression, Macro, Node } from "../../src/language/expression/tree.ts";

/** The tree of an expression as the evaluator takes it, with nothing looked up and nothing checked: CEL runs some cases so. */
export function uncheckedExpression(text: string): Expression | undefined {
  const { syntax } = parse(text);
  return syntax === undefined ? undefined : { text, tree: nodeOf(syntax) };
}

function nodeOf(syntax: Syntax): Node {
  switch (syntax.kind) {
    case "literal":
      return { kind: "literal", value: syntax.value };
    case "name":
      return { kind: "name", name: syntax.name };
    case "member":
      return { kind: "member", of: nodeOf(syntax.of), field: syntax.field };
    case "index":
      return { kind: "index", of: nodeOf(syntax.of), at: nodeOf(syntax.at) };
    case "list":
      return { kind: "list", items: syntax.items.map(nodeOf) };
    case "object":
      return { kind: "object", entries: syntax.entries.map(([key, value]) => [nodeOf(key), nodeOf(value)] as const) };
    case "not":
    case "negate":
      return { kind: syntax.kind, of: nodeOf(syntax.of) };
    case "binary":
      return { kind: "binary", operator: syntax.operator, left: nodeOf(syntax.left), right: nodeOf(syntax.right) };
    case "choice":
      return { kind: "choice", test: nodeOf(syntax.test), yes: nodeOf(syntax.yes), no: nodeOf(syntax.no) };
    case "call":
      return callOf(syntax);
    case "method":
      return methodOf(syntax);
  }
}

function callOf({ name, args }: SyntaxOf<"call">): Node {
  const [only] = args;
  if (name === "has" && only?.kind === "member") return { kind: "has", of: nodeOf(only.of), field: only.field };
  return { kind: "call", name, args: args.map(nodeOf) };
}

const macros: ReadonlySet<string> = new Set<Macro>(["all", "exists", "exists_one", "map", "filter"]);

function methodOf({ of, name, args }: SyntaxOf<"method">): Node {
  const [one, two, three] = args;
  if (name === "contains" || name === "startsWith" || name === "endsWith") {
    if (one !== undefined) return { kind: "binary", operator: name, left: nodeOf(of), right: nodeOf(one) };
  }
  if (macros.has(name) && one?.kind === "name" && two !== undefined) {
    const macro = { kind: "macro", macro: name as Macro, of: nodeOf(of), variable: one.name } as const;
    return three === undefined
      ? { ...macro, body: nodeOf(two) }
      : { ...macro, filter: nodeOf(two), body: nodeOf(three) };
  }
  return { kind: "call", name, args: [nodeOf(of), ...args.map(nodeOf)] };
}
