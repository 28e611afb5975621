import type { Json } from "../../base/json.ts";
import { attempt, truthOf, type Frame, type Run } from "./frame.ts";
import type { BinaryOperator } from "./tree.ts";
import { compare, contains, equal, finite, isIn } from "./values.ts";
import { boundedText, failure, kindOf, spend, spendOnText, type Work } from "./work.ts";

/** Builds the evaluation of each operator from those of its two sides. */
export const operators: Readonly<Record<BinaryOperator, (left: Run, right: Run) => Run>> = {
  "||": (left, right) => decidedBy(true, left, right),
  "&&": (left, right) => decidedBy(false, left, right),
  "==": strict((frame, left, right) => equal(frame, left, right)),
  "!=": strict((frame, left, right) => !equal(frame, left, right)),
  "<": strict((frame, left, right) => compare(frame, left, right) < 0),
  "<=": strict((frame, left, right) => compare(frame, left, right) <= 0),
  ">": strict((frame, left, right) => compare(frame, left, right) > 0),
  ">=": strict((frame, left, right) => compare(frame, left, right) >= 0),
  in: strict(isIn),
  "+": strict(add),
  "-": arithmetic("-", (left, right) => left - right),
  "*": arithmetic("*", (left, right) => left * right),
  "/": arithmetic("/", (left, right) => left / right),
  "%": arithmetic("%", (left, right) => left % right),
  contains: strict(contains),
  startsWith: ends("startsWith", (text, part) => text.startsWith(part)),
  endsWith: ends("endsWith", (text, part) => text.endsWith(part)),
};

function strict(apply: (work: Work, left: Json, right: Json) => Json): (left: Run, right: Run) => Run {
  return (left, right) => (frame) => {
    spend(frame, 1);
    return apply(frame, left(frame), right(frame));
  };
}

function add(work: Work, left: Json, right: Json): Json {
  if (typeof left === "number" && typeof right === "number") return finite(work, left + right);
  if (typeof left === "string" && typeof right === "string") return boundedText(work, left + right);
  if (Array.isArray(left) && Array.isArray(right)) {
    spend(work, left.length + right.length);
    return [...(left as readonly Json[]), ...(right as readonly Json[])];
  }
  throw failure(work, `${kindOf(left)} and ${kindOf(right)} cannot be added`);
}

function arithmetic(sign: string, apply: (left: number, right: number) => number): (left: Run, right: Run) => Run {
  return strict((work, left, right) => {
    if (typeof left !== "number" || typeof right !== "number") {
      throw failure(work, `'${sign}' needs two numbers, but got ${kindOf(left)} and ${kindOf(right)}`);
    }
    if (right === 0 && (sign === "/" || sign === "%")) throw failure(work, "a number is divided by zero");
    return finite(work, apply(left, right));
  });
}

function ends(name: string, apply: (text: string, part: string) => boolean): (left: Run, right: Run) => Run {
  return strict((work, left, right) => {
    if (typeof left !== "string" || typeof right !== "string") {
      throw failure(work, `'${name}' needs two texts, but got ${kindOf(left)} and ${kindOf(right)}`);
    }
    spendOnText(work, right.length);
    return apply(left, right);
  });
}

// CEL's rule: a side that decides wins over a side that fails, in either order. So `size(x) > 3 || true` is true for any x.
function decidedBy(decisive: boolean, left: Run, right: Run): Run {
  const where = decisive ? "'||'" : "'&&'";
  return (frame: Frame) => {
    spend(frame, 1);
    const one = attempt(frame, left, where);
    if (one === decisive) return decisive;
    if (typeof one === "boolean") return truthOf(frame, right(frame), where);

    const other = attempt(frame, right, where);
    if (other === decisive) return decisive;
    throw one;
  };
}
