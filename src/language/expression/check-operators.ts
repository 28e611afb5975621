import { suggest } from "../suggest.ts";
import { checkWordAsText } from "./check-names.ts";
import {
  describeOne,
  expectTruth,
  fieldOfKind,
  hinted,
  rejectNull,
  unguarded,
  type Checker,
  type Complaint,
  type Typed,
} from "./checker.ts";
import { constantOf } from "./constant.ts";
import { factsWhen } from "./narrow.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";
import type { BinaryOperator } from "./tree.ts";
import { describeType, isFilled, join, listOf, partsOf, types, withoutNull, type Type } from "./type.ts";

/** A side of an operator, as written and as understood. */
interface Side extends Typed {
  readonly syntax: Syntax;
}

/** Two sides with an operator between them. */
export function checkBinary(checker: Checker, syntax: SyntaxOf<"binary">): Typed {
  const { operator } = syntax;
  if (operator === "&&" || operator === "||") return checkLogic(checker, syntax, operator);
  if (operator === "==" || operator === "!=") return checkEquality(checker, syntax, operator);

  const left = sideOf(checker, syntax.left);
  const right = sideOf(checker, syntax.right);
  const node = { kind: "binary", operator, left: left.node, right: right.node } as const;
  return { node, type: typeOfBinary(checker, syntax, left, right) };
}

/** `contains`, `startsWith` and `endsWith`, written between their sides or as `text.contains(part)`. */
export function checkWord(
  checker: Checker,
  operator: "contains" | "startsWith" | "endsWith",
  sides: { readonly left: Syntax; readonly right: Syntax },
): Typed {
  const left = sideOf(checker, sides.left);
  const right = sideOf(checker, sides.right);
  const node = { kind: "binary", operator, left: left.node, right: right.node } as const;
  if (operator === "contains") checkContains(checker, left, right);
  else checkEnds(checker, operator, left, right);
  return { node, type: types.boolean };
}

/** `test ? yes : no`, where each answer may rely on the test. */
export function checkChoice(checker: Checker, syntax: SyntaxOf<"choice">): Typed {
  const test = checker.check(syntax.test, unguarded(checker));
  expectTruth(checker, syntax.test, test.type);
  const yes = checker.check(syntax.yes, withFacts(checker, syntax.test, true));
  const no = checker.check(syntax.no, withFacts(checker, syntax.test, false));
  return { node: { kind: "choice", test: test.node, yes: yes.node, no: no.node }, type: join(yes.type, no.type) };
}

/** `!of` and `-of`. */
export function checkUnary(checker: Checker, syntax: SyntaxOf<"not" | "negate">): Typed {
  const of = checker.check(syntax.of);
  const node = { kind: syntax.kind, of: of.node } as const;
  if (syntax.kind === "not") {
    expectTruth(checker, syntax.of, of.type);
    return { node, type: types.boolean };
  }
  const type = rejectNull(checker, syntax.of, of.type);
  if (!mayBe(type, "number")) {
    const source = checker.source(syntax.of);
    checker.report(syntax, { code: "E303", message: `'-' needs a number, but '${source}' is ${describeType(type)}` });
  }
  return { node, type: types.number };
}

function sideOf(checker: Checker, syntax: Syntax): Side {
  return { ...checker.check(syntax), syntax };
}

function mayBe(type: Type, ...kinds: readonly Type["kind"][]): boolean {
  return partsOf(type).some((part) => part.kind === "any" || kinds.includes(part.kind));
}

function withFacts(checker: Checker, test: Syntax, truth: boolean): Pick<Checker, "facts"> | undefined {
  const facts = factsWhen(test, truth);
  return facts.length === 0 ? undefined : { facts: new Set([...checker.facts, ...facts]) };
}

// A chain such as `a && b && c` is walked once, so that what is known grows with it instead of being found again for each part.
function checkLogic(checker: Checker, syntax: SyntaxOf<"binary">, operator: "&&" | "||"): Typed {
  const [first, ...more] = chainOf(syntax, operator);
  const { problems } = checker;
  const facts = new Set(checker.facts);
  const start = problems.length;
  let before = first;
  let left = checker.check(first);
  expectTruth(checker, first, left.type);
  for (const part of more) {
    for (const fact of factsWhen(before, operator === "&&")) facts.add(fact);
    const between = problems.length;
    const right = checker.check(part, facts.size === checker.facts.size ? undefined : { facts });
    expectTruth(checker, part, right.type);
    // From the end, so that the places of those before stay as they are.
    const [decided, other] = [left, right];
    forgiveFailures(checker, between, problems.length, () => isCertain(checker, operator, decided));
    forgiveFailures(checker, start, between, () => isCertain(checker, operator, other));
    left = { node: { kind: "binary", operator, left: left.node, right: right.node }, type: types.boolean };
    before = part;
  }
  return left;
}

function chainOf(syntax: SyntaxOf<"binary">, operator: "&&" | "||"): readonly [Syntax, ...Syntax[]] {
  const parts = [syntax.right];
  let { left } = syntax;
  while (left.kind === "binary" && left.operator === operator) {
    parts.push(left.right);
    ({ left } = left);
  }
  return [left, ...parts.toReversed()];
}

const dividedByZero: Complaint = { code: "E303", message: "a number is divided by zero" };

// `false && x / 0 > 1` is false: as when it runs, a side that decides wins over one that fails.
function forgiveFailures(checker: Checker, from: number, to: number, forgiven: () => boolean): void {
  const failing = checker.problems.slice(from, to).filter(({ message }) => message === dividedByZero.message);
  if (failing.length === 0 || !forgiven()) return;
  const rest = checker.problems.slice(from, to).filter((problem) => !failing.includes(problem));
  checker.problems.splice(from, to - from, ...rest);
}

function isCertain(checker: Checker, operator: "&&" | "||", side: Typed): boolean {
  return constantOf({ text: checker.text, tree: side.node })?.value === (operator === "||");
}

function typeOfBinary(checker: Checker, syntax: SyntaxOf<"binary">, left: Side, right: Side): Type {
  switch (syntax.operator) {
    case "+":
      return checkSum(checker, syntax, left, right);
    case "-":
    case "*":
    case "/":
    case "%":
      return checkArithmetic(checker, syntax, left, right);
    case "in":
      checkIn(checker, left, right);
      return types.boolean;
    case "contains":
      checkContains(checker, left, right);
      return types.boolean;
    case "startsWith":
    case "endsWith":
      checkEnds(checker, syntax.operator, left, right);
      return types.boolean;
    default:
      checkOrder(checker, syntax, left, right);
      return types.boolean;
  }
}

function checkSum(checker: Checker, syntax: SyntaxOf<"binary">, left: Side, right: Side): Type {
  const one = rejectNull(checker, left.syntax, left.type);
  const other = rejectNull(checker, right.syntax, right.type);
  if (one.kind === "any" && other.kind === "any") return types.any;
  if (mayBe(one, "text") && mayBe(other, "text")) return sumType(one, other, types.text);
  if (mayBe(one, "number") && mayBe(other, "number")) return sumType(one, other, types.number);
  if (mayBe(one, "list") && mayBe(other, "list")) return sumType(one, other, joinedLists(one, other));

  const message = `cannot add ${describeType(one)} + ${describeType(other)}`;
  checker.report(syntax, { code: "E303", message, ...hinted(sumHint(checker, left, right)) });
  return types.any;
}

function sumType(left: Type, right: Type, sum: Type): Type {
  return left.kind === "union" || right.kind === "union" || left.kind === "any" || right.kind === "any"
    ? types.any
    : sum;
}

// One list that has an item is enough for the sum to have one.
function joinedLists(left: Type, right: Type): Type {
  const both = join(left, right);
  return both.kind === "list" ? listOf(both.item, isFilled(left) || isFilled(right)) : both;
}

function sumHint(checker: Checker, left: Side, right: Side): string | undefined {
  const sides = [left, right];
  const main = sides.find(({ type }) => type.kind === "list") ?? sides.find(({ type }) => type.kind === "text");
  const other = sides.find((side) => side !== main);
  if (main === undefined || other === undefined) return undefined;
  const source = checker.source(other.syntax);
  if (main.type.kind === "list") return `write [${source}]`;
  return other.type.kind === "object" ? `write json(${source})` : `write string(${source})`;
}

function checkArithmetic(checker: Checker, syntax: SyntaxOf<"binary">, left: Side, right: Side): Type {
  for (const side of [left, right]) {
    const type = rejectNull(checker, side.syntax, side.type);
    if (mayBe(type, "number")) continue;
    const source = checker.source(side.syntax);
    const message = `'${syntax.operator}' needs numbers, but '${source}' is ${describeType(type)}`;
    checker.report(side.syntax, { code: "E303", message, ...hinted(numberHint(checker, side)) });
  }
  const divides = syntax.operator === "/" || syntax.operator === "%";
  if (divides && right.syntax.kind === "literal" && right.syntax.value === 0) {
    checker.report(syntax, dividedByZero);
  }
  return types.number;
}

// Text that spells a number becomes that number; other text is turned into one when it runs.
function numberHint(checker: Checker, { syntax, type }: Side): string | undefined {
  if (type.kind !== "text") return undefined;
  if (syntax.kind !== "literal") return `write number(${checker.source(syntax)})`;
  const value = Number(syntax.value);
  return syntax.value === "" || Number.isNaN(value) ? undefined : `write ${value}`;
}

const ordered: readonly Type["kind"][] = ["number", "text", "boolean"];

function checkOrder(checker: Checker, syntax: SyntaxOf<"binary">, left: Side, right: Side): void {
  const one = rejectNull(checker, left.syntax, left.type);
  const other = rejectNull(checker, right.syntax, right.type);
  if (ordered.some((kind) => mayBe(one, kind) && mayBe(other, kind))) return;
  reportIncomparable(checker, syntax, left, right);
}

function reportIncomparable(checker: Checker, syntax: SyntaxOf<"binary">, left: Side, right: Side): void {
  const one = withoutNull(left.type);
  const other = withoutNull(right.type);
  const message = `cannot compare ${describeType(one)} ${syntax.operator} ${describeType(other)}`;
  checker.report(syntax, { code: "E303", message, ...hinted(compareHint(checker, left, right)) });
}

function compareHint(checker: Checker, left: Side, right: Side): string | undefined {
  for (const [side, other] of [
    [right, left],
    [left, right],
  ] as const) {
    const kind = withoutNull(other.type).kind;
    if (kind === "number") return numberHint(checker, side);
    if (kind === "list") return `write size(${checker.source(other.syntax)})`;
    if (side.syntax.kind !== "literal") continue;
    const { value } = side.syntax;
    if (kind === "text" && typeof value === "number") return `write "${value}"`;
    if (kind === "boolean" && (value === "true" || value === "false")) return `write ${value}`;
  }
  return undefined;
}

function checkEquality(checker: Checker, syntax: SyntaxOf<"binary">, operator: "==" | "!="): Typed {
  const left = sideOfEquality(checker, syntax.left, syntax.right);
  const right = sideOfEquality(checker, syntax.right, syntax.left);
  checkEqual(checker, syntax, left, right);
  return { node: { kind: "binary", operator, left: left.node, right: right.node }, type: types.boolean };
}

// A read that is compared with null copes with null.
function sideOfEquality(checker: Checker, syntax: Syntax, opposite: Syntax): Side {
  const testsNull = opposite.kind === "literal" && opposite.value === null;
  return { ...checkWordAsText(checker, syntax, testsNull ? { guarded: true } : undefined), syntax };
}

function checkEqual(checker: Checker, syntax: SyntaxOf<"binary">, left: Side, right: Side): void {
  if (left.syntax.kind === "literal" && right.syntax.kind === "literal") return;
  const one = withoutNull(left.type);
  const other = withoutNull(right.type);
  // Anything may be compared with null, also what never is null: that is how a reader is told so.
  if (one.kind === "null" || other.kind === "null") return;

  const kinds = partsOf(one).map(({ kind }) => kind);
  if (!mayBe(one, "any") && !mayBe(other, "any", ...kinds)) {
    reportIncomparable(checker, syntax, left, right);
    return;
  }
  if (right.syntax.kind === "literal") checkEnum(checker, left, one, right.syntax);
  else if (left.syntax.kind === "literal") checkEnum(checker, right, other, left.syntax);
}

/** Reports a text that is not one of those the value can be. */
function checkEnum(checker: Checker, side: Side, type: Type, literal: SyntaxOf<"literal">): void {
  const plain = withoutNull(type);
  const { value } = literal;
  if (plain.kind !== "text" || plain.enum === undefined || typeof value !== "string" || plain.enum.includes(value))
    return;
  const near = suggest(value, plain.enum);
  const oneOf = `${near === undefined ? "it" : "It"} is one of: ${plain.enum.join(", ")}`;
  const message = `${checker.source(side.syntax)} is never ${JSON.stringify(value)}`;
  const hint = near === undefined ? oneOf : `did you mean ${JSON.stringify(near)}? ${oneOf}`;
  const { start, end } = literal;
  const fix = near === undefined ? undefined : { start, end, text: JSON.stringify(near) };
  checker.report(literal, { code: "E304", message, hint }, fix);
}

function checkIn(checker: Checker, left: Side, right: Side): void {
  const type = rejectNull(checker, right.syntax, right.type);
  const source = checker.source(right.syntax);
  if (!mayBe(type, "list", "object")) {
    const hint = type.kind === "text" ? `write ${source} contains ${checker.source(left.syntax)}` : undefined;
    const message = `'in' needs a list or an object, but '${source}' is ${describeType(type)}`;
    checker.report(right.syntax, { code: "E303", message, ...hinted(hint) });
    return;
  }
  if (type.kind === "list") checkMember(checker, type.item, left, right);
  if (right.syntax.kind !== "list" || left.syntax.kind === "literal") return;
  for (const item of right.syntax.items) if (item.kind === "literal") checkEnum(checker, left, left.type, item);
}

// `part` can be an item of the list at all.
function checkMember(checker: Checker, item: Type, part: Side, list: Side): void {
  const kinds = partsOf(item).map(({ kind }) => kind);
  if (part.type.kind !== "any" && kinds.length > 0 && !mayBe(item, "any") && !mayBe(part.type, ...kinds)) {
    const source = checker.source(list.syntax);
    const message = `'${source}' is ${describeType(list.type)}; it never holds ${describeType(part.type)}`;
    checker.report(part.syntax, { code: "E303", message, ...hinted(memberHint(checker, item, part)) });
    return;
  }
  if (part.syntax.kind === "literal" && list.syntax.kind !== "list") checkEnum(checker, list, item, part.syntax);
}

function memberHint(checker: Checker, item: Type, part: Side): string | undefined {
  if (item.kind === "number") return numberHint(checker, part);
  if (item.kind !== "text" || part.type.kind !== "number") return undefined;
  const source = checker.source(part.syntax);
  return part.syntax.kind === "literal" ? `write "${source}"` : `write string(${source})`;
}

function checkContains(checker: Checker, left: Side, right: Side): void {
  const type = rejectNull(checker, left.syntax, left.type);
  const source = checker.source(left.syntax);
  if (!mayBe(type, "text", "list")) {
    const field = fieldOfKind(type, ["text", "list"]) ?? fieldOfKind(type, ["any"]);
    const hint = field === undefined ? undefined : `choose a field: ${source}.${field}`;
    const message = `${source} is ${describeOne(type)}; 'contains' needs text or a list`;
    checker.report(left.syntax, { code: "E303", message, ...hinted(hint) });
    return;
  }
  if (type.kind === "list") return checkMember(checker, type.item, right, left);
  if (type.kind !== "text") return;
  const part = rejectNull(checker, right.syntax, right.type);
  if (mayBe(part, "text")) return;
  const message = `a text contains text, but '${checker.source(right.syntax)}' is ${describeType(part)}`;
  checker.report(right.syntax, { code: "E303", message, hint: `write string(${checker.source(right.syntax)})` });
}

function checkEnds(checker: Checker, operator: BinaryOperator, left: Side, right: Side): void {
  for (const side of [left, right]) {
    const type = rejectNull(checker, side.syntax, side.type);
    if (mayBe(type, "text")) continue;
    const source = checker.source(side.syntax);
    const field = fieldOfKind(type, ["text"]);
    const hint = field === undefined ? undefined : `choose a field: ${source}.${field}`;
    const message = `${source} is ${describeOne(type)}; '${operator}' needs text`;
    checker.report(side.syntax, { code: "E303", message, ...hinted(hint) });
  }
}
