import { isStepId } from "../check/ids.ts";
import { nameOf } from "../check/draft.ts";
import type { Problems } from "../problems.ts";
import type { SourceScalar } from "../source/tree.ts";
import type { Piece } from "./nodes.ts";

/** True for a text such as `$.done`, which looks into a result; `${…}` is an expression. */
export function isPath(text: string): boolean {
  return /^\s*\$(?!\{)/.test(text);
}

const path =
  /^(\s*)\$((?:\.[A-Za-z_]\w*)+)(?:(\s*)(===?|!==?|>=|<=|>|<)(\s*)(-?\d+(?:\.\d+)?|true|false|null|'[^'\\]*'|"[^"\\]*"))?\s*$/;

/**
 * A path into the result of a stage as an expression: `$.done` reads `check.output.done`, alone or compared with a value. Undefined after E300
 * for what searches or filters.
 */
export function piecesOfPath(
  scalar: SourceScalar,
  stage: string,
  at: (offset: number) => number,
  problems: Problems,
): readonly Piece[] | undefined {
  const match = path.exec(scalar.text);
  if (match === null) {
    const start = at(scalar.text.length - scalar.text.trimStart().length);
    const range = { start, end: at(scalar.text.trimEnd().length - 1) + 1 };
    problems.report("E300", range, `stop_when: '${scalar.text.trim().slice(0, 80)}' is not a path to one value`, {
      hint: `write $.done, $.done == true or $.quality_score >= 80, or an expression such as ${stage}.output.done`,
    });
    return undefined;
  }
  // A stage that cannot be read has a message of its own, at its name.
  const [, indent = "", fields = "", before = "", operator = "", after = "", value = ""] = match;
  const start = indent.length + 1;
  const read: readonly Piece[] = [`${isStepId(stage) ? nameOf(stage) : "iter.last"}.output`, { text: fields, start }];
  if (operator === "") return read;
  const operatorAt = start + fields.length + before.length;
  const text = operator.slice(0, 2);
  return [
    ...read,
    " ",
    { text, start: operatorAt },
    " ",
    { text: value, start: operatorAt + operator.length + after.length },
  ];
}
