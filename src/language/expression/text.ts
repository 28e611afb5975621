import type { Template } from "../plan.ts";
import { compilePart, type Compiled } from "./check.ts";
import type { Environment, StepRead } from "./checker.ts";
import type { Expectation } from "./expectation.ts";
import type { ExpressionProblem } from "./problem.ts";
import { isReference, scanText } from "./scan.ts";
import type { Expression } from "./tree.ts";
import { types, typeOfValue, type Type } from "./type.ts";

/** One text of a file as a template. */
export interface CompiledText {
  readonly template: Template;
  readonly type: Type;
  readonly reads: readonly StepRead[];
  /** Offsets are in the text. */
  readonly problems: readonly ExpressionProblem[];
}

/**
 * Turns a text with `${…}` into a template. A text that is exactly one `${…}`, or a reference such as `#plan.issues`, keeps the type of
 * its value; `expect` says what that may be.
 */
export function compileText(text: string, environment: Environment, expect: Expectation = "any"): CompiledText {
  if (isReference(text)) return whole(compilePart({ text, start: 0 }, environment, expect));

  const { parts, problem } = scanText(text);
  if (problem !== undefined)
    return { template: { kind: "literal", value: text }, type: types.text, reads: [], problems: [problem] };
  const [only] = parts;
  if (only?.kind === "expression" && parts.length === 1) return whole(compilePart(only, environment, expect));
  if (only?.kind === "text" && parts.length === 1) {
    return { template: { kind: "literal", value: only.text }, type: typeOfValue(only.text), reads: [], problems: [] };
  }

  const compiled = parts.map((part) => (part.kind === "text" ? part.text : compilePart(part, environment, "part")));
  const expressions = compiled.filter((part) => typeof part !== "string");
  return {
    template: { kind: "text", parts: compiled.map((part) => (typeof part === "string" ? part : expressionOf(part))) },
    type: types.text,
    reads: expressions.flatMap(({ reads }) => reads),
    problems: expressions.flatMap(({ problems }) => problems),
  };
}

function whole(compiled: Compiled): CompiledText {
  const { type, reads, problems } = compiled;
  return { template: { kind: "value", expression: expressionOf(compiled) }, type, reads, problems };
}

// A template with problems is never stored; what stands in the place of a broken expression only keeps the shape.
function expressionOf({ expression }: Compiled): Expression {
  return expression ?? { text: "null", tree: { kind: "literal", value: null } };
}
