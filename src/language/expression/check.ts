import type { Json } from "../../base/json.ts";
import { checkCall, checkMethod, isGuard } from "./check-calls.ts";
import { checkIndex, checkMember, checkName, checkWordAsText } from "./check-names.ts";
import { checkBinary, checkChoice, checkUnary } from "./check-operators.ts";
import { type Checker, type Environment, type StepRead, type Typed } from "./checker.ts";
import { constantOf } from "./constant.ts";
import { checkExpectation, type Expectation } from "./expectation.ts";
import { parse } from "./parse.ts";
import { type ExpressionProblem, isPermitted } from "./problem.ts";
import { expressionIn } from "./scan.ts";
import { sourceOf } from "./source.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";
import type { Expression } from "./tree.ts";
import { describeType, joinAll, listOf, objectOf, partsOf, types, typeOfValue, type Type } from "./type.ts";

/** An expression that was checked. */
export interface Compiled {
  /** Undefined when there are problems. */
  readonly expression?: Expression;
  /** What its value can be; `any` where there are problems. */
  readonly type: Type;
  readonly reads: readonly StepRead[];
  readonly problems: readonly ExpressionProblem[];
  /** Its value, when that does not depend on anything and is small. */
  readonly constant?: Json;
}

/**
 * Reads and checks one expression, as it stands in a field that is an expression as a whole: `${` and `}` around it are optional.
 *
 * All offsets are offsets in `text`.
 */
export function compileExpression(text: string, environment: Environment, expect: Expectation = "any"): Compiled {
  const inner = expressionIn(text);
  return compilePart(inner, environment, expect);
}

/** Reads and checks an expression that lies at an offset in a longer text. */
export function compilePart(
  part: { readonly text: string; readonly start: number },
  environment: Environment,
  expect: Expectation,
): Compiled {
  const { text, start: base } = part;
  const parsed = parse(text);
  if (parsed.problem !== undefined) return { type: types.any, reads: [], problems: [shifted(parsed.problem, base)] };

  const reads: StepRead[] = [];
  const problems: ExpressionProblem[] = [];
  const checker = createChecker({ text, base, environment, reads, problems });
  const { node, type } = checker.check(parsed.syntax);
  const isRefused = ({ code }: ExpressionProblem): boolean => environment.permissive !== true || !isPermitted(code);
  if (problems.length === 0) checkExpectation(checker, parsed.syntax, type, expect);
  if (problems.some(isRefused)) return { type: types.any, reads, problems: inOrder(problems) };

  const expression: Expression = { text, tree: node };
  const constant = constantOf(expression);
  if (constant?.failed !== undefined) {
    checker.report(parsed.syntax, { code: "E303", message: `this always fails: ${constant.failed}` });
    return { type: types.any, reads, problems };
  }
  const known = problems.length === 0 ? type : types.any;
  return { expression, type: known, reads, problems, ...(constant === undefined ? {} : { constant: constant.value }) };
}

interface Task {
  readonly text: string;
  readonly base: number;
  readonly environment: Environment;
  readonly reads: StepRead[];
  readonly problems: ExpressionProblem[];
}

function createChecker(task: Task): Checker {
  const { text, base, environment, reads, problems } = task;
  return place({ variables: [], facts: new Set(), guarded: false });

  function place(here: Pick<Checker, "variables" | "facts" | "guarded">): Checker {
    const checker: Checker = {
      ...here,
      environment,
      text,
      problems,
      read: (read) => reads.push({ ...read, start: read.start + base, end: read.end + base }),
      source: (syntax) => sourceOf(text, syntax),
      check(syntax, change) {
        const guarded = (change?.guarded ?? here.guarded) && passesNull(syntax);
        if (change === undefined && guarded === here.guarded) return checkSyntax(checker, syntax);
        return checkSyntax(place({ ...here, ...change, guarded }), syntax);
      },
      report({ start, end }, complaint, fix) {
        const problem = { ...complaint, start, end, ...(fix === undefined ? {} : { fix }) };
        problems.push(shifted(problem, base));
      },
    };
    return checker;
  }
}

// What first() and default() make good is a null that comes out of their argument, not one that something in it fails on.
function passesNull(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case "name":
    case "member":
    case "index":
    case "choice":
      return true;
    case "call":
      return isGuard(syntax.name);
    default:
      return false;
  }
}

function checkSyntax(checker: Checker, syntax: Syntax): Typed {
  switch (syntax.kind) {
    case "literal":
      return { node: { kind: "literal", value: syntax.value }, type: typeOfValue(syntax.value) };
    case "name":
      return checkName(checker, syntax);
    case "member":
      return checkMember(checker, syntax);
    case "index":
      return checkIndex(checker, syntax);
    case "list": {
      const items = syntax.items.map((item) => checker.check(item));
      const type = listOf(joinAll(items.map((item) => item.type)), items.length > 0);
      return { node: { kind: "list", items: items.map(({ node }) => node) }, type };
    }
    case "object":
      return checkObject(checker, syntax);
    case "not":
    case "negate":
      return checkUnary(checker, syntax);
    case "binary":
      return checkBinary(checker, syntax);
    case "choice":
      return checkChoice(checker, syntax);
    case "call":
      return checkCall(checker, syntax);
    case "method":
      return checkMethod(checker, syntax);
  }
}

function checkObject(checker: Checker, syntax: SyntaxOf<"object">): Typed {
  const fields = new Map<string, Type>();
  let open = false;
  const entries = syntax.entries.map(([key, value]) => {
    const name = checkWordAsText(checker, key);
    const content = checker.check(value);
    if (key.kind === "literal" && typeof key.value === "string") {
      if (fields.has(key.value)) {
        checker.report(key, {
          code: "E300",
          message: `the key ${JSON.stringify(key.value)} stands twice in an object`,
        });
      }
      fields.set(key.value, content.type);
    } else {
      open = true;
      checkKey(checker, key, name.type);
    }
    return [name.node, content.node] as const;
  });
  return { node: { kind: "object", entries }, type: objectOf(fields, { open }) };
}

function checkKey(checker: Checker, key: Syntax, type: Type): void {
  if (partsOf(type).some(({ kind }) => kind === "any" || kind === "text")) return;
  const source = checker.source(key);
  const hint = key.kind === "literal" ? { hint: `write "${source}"` } : {};
  checker.report(key, { code: "E303", message: `the keys of an object are text, not ${describeType(type)}`, ...hint });
}

function shifted(problem: ExpressionProblem, base: number): ExpressionProblem {
  const { code, message, hint, start, end, fix } = problem;
  return {
    code,
    message: shortened(message),
    ...(hint === undefined ? {} : { hint: shortened(hint) }),
    start: start + base,
    end: end + base,
    ...(fix === undefined ? {} : { fix: { ...fix, start: fix.start + base, end: fix.end + base } }),
  };
}

// Messages quote what was written, which can be long; the caret shows the rest.
function shortened(text: string): string {
  return text.length > messageCharsMax ? `${text.slice(0, messageCharsMax - 1)}…` : text;
}

const messageCharsMax = 240;

function inOrder(problems: readonly ExpressionProblem[]): readonly ExpressionProblem[] {
  const sorted = problems.toSorted((left, right) => left.start - right.start || left.end - right.end);
  // `a-b.output` is one unknown name to its author, and three parts to the parser: what lies inside the first is no news.
  return sorted.filter((problem, index) => {
    const before = sorted.slice(0, index);
    return !before.some(({ code, end }) => code === "E301" && problem.start < end);
  });
}
