import type { Json } from "../../base/json.ts";
import { builtins, type Builtin } from "./builtins.ts";
import { truthOf, type Frame, type Run } from "./frame.ts";
import { countProblem, functions } from "./functions.ts";
import { evaluateMacro } from "./macro.ts";
import { operators } from "./operators.ts";
import { compilePattern, matchesPattern } from "./pattern.ts";
import type { Expression, Names, Node } from "./tree.ts";
import { fieldOf, hasField, itemOf, setField, type Fields } from "./values.ts";
import { boundedValue, expressionLimits, failure, kindOf, spend, tooExpensive, type Work } from "./work.ts";

interface Compiled {
  readonly run: Run;
  /** The result is a value that is already stored somewhere, not one the expression builds. */
  readonly reads: boolean;
}

// A tree is compiled when it is first evaluated and forgotten with the plan it belongs to.
const compiledTrees = new WeakMap<Node, Compiled>();

/** The value of an expression. It takes no more than `expressionLimits` allow, whatever its values are. */
export function evaluate(expression: Expression, names: Names): Json {
  const { stepsMax, resultCharsMax } = expressionLimits;
  const frame = frameFor(expression, names, stepsMax);
  const compiled = compiledOf(frame, expression.tree);
  const value = compiled.run(frame);
  return compiled.reads || typeof value !== "object" ? value : boundedValue(frame, value, resultCharsMax);
}

/** The same out of what several expressions may take together: what this one takes is gone from `budget`, also when it fails. */
export function evaluateWithin(budget: { stepsLeft: number }, expression: Expression, names: Names): Json {
  const frame = frameFor(expression, names, budget.stepsLeft);
  try {
    return boundedValue(frame, compiledOf(frame, expression.tree).run(frame), expressionLimits.resultCharsMax);
  } finally {
    budget.stepsLeft = Math.max(0, frame.stepsLeft);
  }
}

/** The value of an expression that reads nothing, within the bounds of what is worth knowing before it runs. */
export function evaluateConstant(expression: Expression): Json {
  const { constantStepsMax, constantCharsMax } = expressionLimits;
  const frame = frameFor(expression, { name: () => undefined, step: () => null }, constantStepsMax);
  return boundedValue(frame, compileTree(frame, expression.tree).run(frame), constantCharsMax);
}

function frameFor({ text }: Expression, names: Names, stepsMax: number): Frame {
  return { text, stepsLeft: stepsMax, names, variables: [], missing: names.missing };
}

function compiledOf(work: Work, tree: Node): Compiled {
  const known = compiledTrees.get(tree);
  if (known !== undefined) return known;
  const compiled = compileTree(work, tree);
  compiledTrees.set(tree, compiled);
  return compiled;
}

function compileTree(work: Work, tree: Node): Compiled {
  let nodes = 0;
  return { run: compile(tree, []), reads: isRead(tree) };

  // `scope` holds the variables of the macros around, outermost first; a variable's place there is its slot in the frame.
  function compile(node: Node, scope: readonly string[]): Run {
    nodes += 1;
    if (nodes > expressionLimits.nodesMax) throw tooExpensive(work, `has more than ${expressionLimits.nodesMax} parts`);
    const sub = (child: Node): Run => compile(child, scope);

    switch (node.kind) {
      case "literal":
      case "name":
      case "step":
        return compileLeaf(node, scope);
      case "member":
      case "has":
      case "index":
        return compileAccess(node, sub);
      case "list":
      case "object":
        return compileLiteral(node, sub);
      case "not":
      case "negate":
        return compileUnary(node, sub);
      case "binary":
        return operators[node.operator](sub(node.left), sub(node.right));
      case "choice":
        return compileChoice(sub(node.test), sub(node.yes), sub(node.no));
      case "call":
        return compileCall(node, sub);
      case "macro":
        return compileMacro(node, scope);
    }
  }

  function compileMacro(node: Node & { kind: "macro" }, scope: readonly string[]): Run {
    const inner = [...scope, node.variable];
    if (inner.length > expressionLimits.macroDepthMax) {
      throw tooExpensive(work, `nests more than ${expressionLimits.macroDepthMax} of all, exists, map and filter`);
    }
    return evaluateMacro(node.macro, scope.length, {
      of: compile(node.of, scope),
      filter: node.filter === undefined ? undefined : compile(node.filter, inner),
      body: compile(node.body, inner),
    });
  }
}

function compileLeaf(node: Node & { kind: "literal" | "name" | "step" }, scope: readonly string[]): Run {
  if (node.kind === "literal") {
    const { value } = node;
    return (frame) => {
      spend(frame, 1);
      return value;
    };
  }
  if (node.kind === "step") {
    const { step, field } = node;
    return (frame) => {
      spend(frame, 1);
      return frame.names.step(step, field);
    };
  }

  const { name } = node;
  const slot = scope.lastIndexOf(name);
  return (frame) => {
    spend(frame, 1);
    const value = slot === -1 ? frame.names.name(name) : frame.variables[slot];
    if (value === undefined) throw failure(frame, `there is no '${name}' here`);
    return value;
  };
}

function compileAccess(node: Node & { kind: "member" | "has" | "index" }, sub: (node: Node) => Run): Run {
  const of = sub(node.of);
  if (node.kind === "index") {
    const at = sub(node.at);
    return (frame) => {
      spend(frame, 1);
      return itemOf(frame, of(frame), at(frame));
    };
  }

  const { field } = node;
  const read = node.kind === "member" ? fieldOf : hasField;
  return (frame) => {
    spend(frame, 1);
    return read(frame, of(frame), field);
  };
}

function compileLiteral(node: Node & { kind: "list" | "object" }, sub: (node: Node) => Run): Run {
  if (node.kind === "list") {
    const items = node.items.map(sub);
    return (frame) => {
      spend(frame, 1);
      return items.map((item) => item(frame));
    };
  }

  const entries = node.entries.map(([key, value]) => [sub(key), sub(value)] as const);
  return (frame) => {
    spend(frame, 1);
    const fields: Fields = {};
    for (const [key, value] of entries) {
      const name = key(frame);
      if (typeof name !== "string") throw failure(frame, `the keys of an object are text, not ${kindOf(name)}`);
      if (Object.hasOwn(fields, name))
        throw failure(frame, `the key ${JSON.stringify(name)} stands twice in an object`);
      setField(fields, name, value(frame));
    }
    return fields;
  };
}

function compileUnary(node: Node & { kind: "not" | "negate" }, sub: (node: Node) => Run): Run {
  const of = sub(node.of);
  if (node.kind === "not") {
    return (frame) => {
      spend(frame, 1);
      return !truthOf(frame, of(frame), "'!'");
    };
  }
  return (frame) => {
    spend(frame, 1);
    const value = of(frame);
    if (typeof value !== "number") throw failure(frame, `'-' needs a number, but got ${kindOf(value)}`);
    return 0 - value;
  };
}

function compileChoice(test: Run, yes: Run, no: Run): Run {
  return (frame) => {
    spend(frame, 1);
    return truthOf(frame, test(frame), "the part before '?'") ? yes(frame) : no(frame);
  };
}

function compileCall(node: Node & { kind: "call" }, sub: (node: Node) => Run): Run {
  const args = node.args.map(sub);
  if (node.name === "first" || node.name === "default") return compileFirst(args);

  const pattern = node.name === "matches" ? node.args[1] : undefined;
  const [text] = args;
  if (pattern?.kind === "literal" && typeof pattern.value === "string" && text !== undefined) {
    return compileMatches(text, pattern.value);
  }
  const builtin: Builtin | undefined = Object.hasOwn(builtins, node.name)
    ? (builtins as Readonly<Record<string, Builtin>>)[node.name]
    : undefined;
  const entry = functions.get(node.name);
  const count = entry === undefined ? undefined : countProblem(entry, args.length);
  return (frame) => {
    spend(frame, 1);
    if (builtin === undefined) throw failure(frame, `there is no function '${node.name}'`);
    if (count !== undefined) throw failure(frame, `${node.name}() takes ${count}, but got ${args.length}`);
    return builtin(
      frame,
      args.map((arg) => arg(frame)),
    );
  };
}

function compileFirst(args: readonly Run[]): Run {
  return (frame) => {
    spend(frame, 1);
    for (const arg of args) {
      const value = arg(frame);
      if (value !== null) return value;
    }
    return null;
  };
}

function compileMatches(text: Run, pattern: string): Run {
  const compiled = compilePattern(pattern);
  return (frame) => {
    spend(frame, 1);
    if (typeof compiled === "string") throw failure(frame, compiled);
    const value = text(frame);
    if (typeof value !== "string") throw failure(frame, `matches() needs text, but got ${kindOf(value)}`);
    return matchesPattern(frame, value, compiled);
  };
}

// Reading a large stored value costs nothing and may go on, for example as the items of a for_each; a built one is bounded.
function isRead(node: Node): boolean {
  if (node.kind === "name" || node.kind === "step") return true;
  return (node.kind === "member" || node.kind === "index") && isRead(node.of);
}
