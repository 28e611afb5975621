import { isDeepStrictEqual } from "node:util";
import { hasCode } from "../../src/base/error.ts";
import type { Json } from "../../src/base/json.ts";
import { compileExpression } from "../../src/language/expression/check.ts";
import { evaluate } from "../../src/language/expression/evaluate.ts";
import type { Expression } from "../../src/language/expression/tree.ts";
import type { CelCase } from "./cases.ts";
import { uncheckedExpression } from "./unchecked.ts";

/** What an expression came to: a value, or why there is none. */
export type Answer = { readonly value: Json } | { readonly failed: string };

/** Evaluates one expression; a test may break it here to see itself fail. */
export type Evaluate = typeof evaluate;

/** What our expressions make of a case. */
export function answerOf(celCase: CelCase, run: Evaluate = evaluate): Answer {
  const expression = expressionOf(celCase);
  if (typeof expression === "string") return { failed: expression };
  if (celCase.expected.kind === "accepted") return { value: null };
  try {
    return { value: run(expression, { name: (name) => celCase.values.get(name), step: () => null }) };
  } catch (error) {
    if (hasCode(error, "expression.failed") || hasCode(error, "expression.too-expensive"))
      return { failed: error.message };
    throw error;
  }
}

/** Whether an answer is what the specification wants; which words a failure has is not part of it. */
export function isAsExpected({ expected }: CelCase, answer: Answer): boolean {
  if (expected.kind === "failure") return "failed" in answer;
  if (!("value" in answer)) return false;
  return expected.kind === "accepted" || isDeepStrictEqual(answer.value, expected.value);
}

function expressionOf({ text, names, unchecked }: CelCase): Expression | string {
  if (unchecked) return uncheckedExpression(text) ?? `'${text}' cannot be read`;
  const { expression, problems } = compileExpression(text, { names, step: () => undefined, stepIds: [] });
  return expression ?? problems.map(({ message }) => message).join("; ");
}
