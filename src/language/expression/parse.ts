import { Environment, ParseError } from "@marcbachmann/cel-js";
import { convert } from "./convert.ts";
import { correctionFor } from "./correction.ts";
import { tooDeep, type ExpressionProblem } from "./problem.ts";
import { rewrite } from "./rewrite.ts";
import type { Syntax } from "./syntax.ts";
import { expressionLimits } from "./work.ts";

/** An expression read, or why it cannot be. */
export type Parsed =
  | { readonly syntax: Syntax; readonly problem?: undefined }
  | { readonly syntax?: undefined; readonly problem: ExpressionProblem };

const cel = new Environment({
  unlistedVariablesAreDyn: true,
  limits: { maxAstNodes: expressionLimits.nodesMax, maxDepth: expressionLimits.depthMax },
});

/** Reads an expression; offsets are in `text`. */
export function parse(text: string): Parsed {
  if (text.trim() === "") {
    return { problem: { code: "E300", message: "there is no expression here", start: 0, end: text.length } };
  }
  if (text.length > expressionLimits.textMax) {
    const message = `the expression has ${text.length} characters; at most ${expressionLimits.textMax} are allowed`;
    return { problem: { code: "E399", message, start: 0, end: text.length } };
  }

  const rewritten = rewrite(text);
  try {
    const problems: ExpressionProblem[] = [];
    const syntax = convert(rewritten, cel.parse(rewritten.celText).ast, problems);
    return problems[0] === undefined ? { syntax } : { problem: problems[0] };
  } catch (error) {
    if (error instanceof ParseError) {
      const { code, summary, range = { start: 0, end: text.length } } = error;
      return { problem: correctionFor(text, { code, summary, ...range }) };
    }
    // A pile of `!` or `-` is the one form whose depth the parser itself does not count.
    if (!(error instanceof RangeError)) throw error;
    return { problem: { ...tooDeep, start: 0, end: text.length } };
  }
}
