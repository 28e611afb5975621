import { called } from "../check/draft.ts";
import { reportShape } from "../check/values.ts";
import type { Range } from "../diagnostic.ts";
import { type Compiled, compileExpression } from "../expression/check.ts";
import type { StepRead } from "../expression/checker.ts";
import type { Expectation } from "../expression/expectation.ts";
import { type ExpressionProblem, isPermitted } from "../expression/problem.ts";
import { namesInTree } from "../expression/names-in.ts";
import { isReference, scanText } from "../expression/scan.ts";
import { compileText } from "../expression/text.ts";
import type { Expression } from "../expression/tree.ts";
import { listOf, objectOf, type Type, types, typeOfValue, unionOf } from "../expression/type.ts";
import { isCode } from "../codes.ts";
import type { Fix } from "../problems.ts";
import type { Template } from "../plan.ts";
import { type OffsetMap, offsetsOf } from "../source/offsets.ts";
import { type SourceEntry, type SourceNode, type SourceScalar, toJson } from "../source/tree.ts";
import type { Place, Workshop } from "./workshop.ts";

/** A value with holes, and what it will be. */
export interface TypedTemplate {
  readonly template: Template;
  readonly type: Type;
  /** Of a written list or map: what stands in it, in the order of the file. */
  readonly parts?: readonly TypedTemplate[];
}

/** Where a value stands: its place, and the field that messages name. */
export interface Spot {
  readonly place: Place;
  readonly field: string;
}

/** Compiles a field whose whole value is an expression; undefined after E015. */
export function expressionPart(
  shop: Workshop,
  spot: Spot,
  entry: SourceEntry,
  expect: Expectation,
): Compiled | undefined {
  const { value } = entry;
  if (value.kind !== "scalar" || value.value === null) {
    return reportShape(
      shop.problems,
      entry,
      "an expression",
      value.kind === "list" ? `write ${entry.key}: ${listText(value)}` : undefined,
    );
  }
  if (shop.problems.full) return undefined;
  const compiled = compileExpression(value.text, shop.environmentAt(spot.place), expect);
  take(shop, spot, value, compiled);
  takeNames(shop, spot, compiled.expression);
  return compiled;
}

/** A list as an expression, when it is short enough to be read. */
function listText(list: SourceNode): string {
  const text = JSON.stringify(toJson(list));
  return text.includes("${") || text.length > 60 ? "'${[…]}'" : `'\${${text.replaceAll("'", "''")}}'`;
}

/** Compiles a text with holes; undefined after E015. */
export function textPart(shop: Workshop, spot: Spot, entry: SourceEntry): Template | undefined {
  const { value } = entry;
  if (value.kind !== "scalar" || value.value === null || value.text.trim() === "")
    return reportShape(shop.problems, entry, "a text");
  return textOf(shop, spot, value, "part").template;
}

/** Compiles a value with holes: every text in it may hold `${…}`; a text that is exactly one keeps its type. */
export function templatePart(shop: Workshop, spot: Spot, node: SourceNode): TypedTemplate {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "string" ? textOf(shop, spot, node, "any") : literal(node.value);
    case "list":
      return listPart(node.items.map((item) => templatePart(shop, spot, item)));
    case "map":
      return objectPart(node.entries.map(({ key, value }) => [key, templatePart(shop, spot, value)] as const));
  }
}

function literal(value: null | boolean | number | string): TypedTemplate {
  return { template: { kind: "literal", value }, type: typeOfValue(value) };
}

function listPart(items: readonly TypedTemplate[]): TypedTemplate {
  const type = items.length === 0 ? types.list : listOf(unionOf(items.map((item) => item.type)));
  const values = items.map(({ template }) => template);
  if (!values.every((value) => value.kind === "literal"))
    return { template: { kind: "list", items: values }, type, parts: items };
  return { template: { kind: "literal", value: values.map(({ value }) => value) }, type, parts: items };
}

function objectPart(fields: readonly (readonly [string, TypedTemplate])[]): TypedTemplate {
  const type = objectOf(new Map(fields.map(([key, { type: field }]) => [key, field])));
  const values = fields.map(([key, { template }]) => [key, template] as const);
  const literals = values.flatMap(([key, value]) => (value.kind === "literal" ? [[key, value.value] as const] : []));
  const parts = fields.map(([, part]) => part);
  if (literals.length < values.length) return { template: { kind: "object", fields: values }, type, parts };
  return { template: { kind: "literal", value: Object.fromEntries(literals) }, type, parts };
}

function textOf(shop: Workshop, spot: Spot, scalar: SourceScalar, expect: Expectation): TypedTemplate {
  if (shop.problems.full) return { template: { kind: "literal", value: scalar.text }, type: types.any };
  const compiled = compileText(scalar.text, shop.environmentAt(spot.place), expect);
  take(shop, spot, scalar, compiled);
  for (const part of expressionsIn(compiled.template)) takeNames(shop, spot, part);
  return { template: compiled.template, type: compiled.type };
}

/** True for a text that is exactly one `${…}`, or a reference such as `#plan.issues`. */
export function isWholeExpression(text: string): boolean {
  if (isReference(text)) return true;
  const { parts } = scanText(text);
  return parts.length === 1 && parts[0]?.kind === "expression";
}

interface Outcome {
  readonly reads: readonly StepRead[];
  readonly problems: readonly ExpressionProblem[];
}

/** Brings what an expression found into the file's own offsets. */
function take(shop: Workshop, spot: Spot, scalar: SourceScalar, outcome: Outcome): void {
  if (outcome.problems.length === 0 && outcome.reads.length === 0) return;
  const at = offsetsOf(shop.text, scalar);
  for (const problem of outcome.problems) reportProblem(shop, spot, { scalar, at }, problem);
  for (const read of outcome.reads) {
    shop.reads.push({ read, range: rangeIn(at, read), place: spot.place, field: spot.field });
  }
}

function expressionsIn(template: Template): readonly Expression[] {
  if (template.kind === "value") return [template.expression];
  return template.kind === "text" ? template.parts.filter((part) => typeof part !== "string") : [];
}

function takeNames(shop: Workshop, { place, field }: Spot, expression: Expression | undefined): void {
  const names = expression === undefined ? noNames : namesInTree(expression.tree);
  if (names.size > 0) shop.names.push({ names, place, field });
}

const noNames: ReadonlySet<string> = new Set();

/** A scalar, and where each character of its text stands in the file. */
interface Mapped {
  readonly scalar: SourceScalar;
  readonly at: OffsetMap;
}

function reportProblem(shop: Workshop, spot: Spot, { scalar, at }: Mapped, problem: ExpressionProblem): void {
  const range = rangeIn(at, problem);
  const fix = problem.fix === undefined ? undefined : fixIn({ scalar, at }, problem.fix);
  const message = `${whoOf(spot)}${problem.message}`;
  const isWarning = shop.world.leniency?.permissive === true && isPermitted(problem.code);
  const extra = { hint: problem.hint, fix, ...(isWarning && { severity: "warning" as const }) };
  shop.problems.report(isCode(problem.code) ? problem.code : "E300", range, message, extra);
}

/** `step 'review', if: `. */
export function whoOf({ place, field }: Spot): string {
  return place.step === undefined ? `${field}: ` : `${called(place.step)}, ${field}: `;
}

/** Where a part of a text stands in the file. */
export function rangeIn(at: OffsetMap, part: { readonly start: number; readonly end: number }): Range {
  const start = at(part.start);
  return { start, end: part.end > part.start ? Math.max(start, at(part.end - 1, "end")) : start };
}

/** An edit inside a scalar, written as its quotes ask for; undefined where plain YAML would read it differently. */
function fixIn({ scalar, at }: Mapped, fix: NonNullable<ExpressionProblem["fix"]>): Fix | undefined {
  // What was put together from other texts has no place of its own that could be edited.
  if (scalar.pieces !== undefined) return undefined;
  const range = rangeIn(at, fix);
  const isExact = true;
  switch (scalar.style) {
    case "double":
      return { range, text: JSON.stringify(fix.text).slice(1, -1), isExact };
    case "single":
      return { range, text: fix.text.replaceAll("'", "''"), isExact };
    case "block":
      return { range, text: fix.text, isExact };
    case "plain":
      return /: | #|[{}[\],]|\n/.test(fix.text) || (fix.start === 0 && /^["'&*!|>%@`]/.test(fix.text))
        ? undefined
        : { range, text: fix.text, isExact };
  }
}
