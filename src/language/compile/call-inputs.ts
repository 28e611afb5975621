import type { StepDraft } from "../check/draft.ts";
import { short } from "../check/short.ts";
import type { Code } from "../codes.ts";
import type { Range } from "../diagnostic.ts";
import { type Misfit, misfitOf } from "../expression/assignable.ts";
import { mayBeNull, type ObjectType, partsOf, type Type } from "../expression/type.ts";
import type { Schema } from "../plan.ts";
import type { ProblemExtra } from "../problems.ts";
import { misfit as literalMisfit } from "../schema/fits.ts";
import type { SourceNode } from "../source/tree.ts";
import { listed, quoted } from "./one-of.ts";
import type { TypedTemplate } from "./parts.ts";
import { givenType } from "./schema-types.ts";
import { valuePart } from "./step-values.ts";
import type { Workshop } from "./workshop.ts";

/** What a step calls, and what that takes. */
export interface Callee {
  /** As messages call it: `helpdesk.update_ticket`. */
  readonly name: string;
  /** JSON Schema of an object. */
  readonly inputs: Schema;
  readonly codes: { readonly unknown: Code; readonly type: Code; readonly missing: Code };
}

/** Checks `with` against what is called: unknown inputs, missing ones, and types. */
export function checkInputs(shop: Workshop, step: StepDraft, callee: Callee): void {
  const part = valuePart(shop, step);
  const wanted = givenType(callee.inputs);
  if (part === undefined || wanted.kind !== "object" || shop.problems.full) return;

  const check: Check = { shop, step, callee, wanted };
  const node = step.fields.get("with")?.value;
  if (node === undefined || node.kind !== "map") checkWhole(check, part.type, node?.range);
  else checkFields(check, part, node);
}

interface Check {
  readonly shop: Workshop;
  readonly step: StepDraft;
  readonly callee: Callee;
  readonly wanted: ObjectType;
}

/** Inputs that are written one by one. */
function checkFields(check: Check, part: TypedTemplate, node: SourceNode & { kind: "map" }): void {
  const meant = new Set<string>();
  for (const [index, entry] of node.entries.entries()) {
    const own = part.parts?.[index];
    const wanted = check.wanted.fields.get(entry.key);
    if (wanted !== undefined && own !== undefined) {
      const schema = propertyOf(check.callee.inputs, entry.key);
      checkValue(check, { path: entry.key, node: entry.value, part: own, wanted, schema });
    } else if (!check.wanted.open) {
      const other = reportUnknown(check, entry.key, entry.keyRange);
      if (other !== undefined) meant.add(other);
    }
  }
  const keys = new Set(node.entries.map(({ key }) => key));
  reportMissing(
    check,
    needed(check.wanted).filter((name) => !keys.has(name) && !meant.has(name)),
  );
}

/** All inputs as one value, or none at all. */
function checkWhole(check: Check, type: Type, range: Range | undefined): void {
  const parts = partsOf(type).filter((part) => part.kind === "object");
  const [only] = parts;
  if (only === undefined || parts.length > 1) return;

  if (!only.open)
    reportMissing(
      check,
      needed(check.wanted).filter((name) => !only.fields.has(name)),
    );
  for (const [name, field] of only.fields) {
    const wanted = check.wanted.fields.get(name);
    if (range === undefined || (wanted === undefined && check.wanted.open)) continue;
    if (wanted === undefined) {
      reportUnknown(check, name, range);
      continue;
    }
    const isShort = only.optional.has(name) && !check.wanted.optional.has(name);
    const misfit = isShort ? { path: [], message: "may be missing" } : misfitOf(field, wanted);
    if (misfit !== undefined) reportMisfit(check, { path: pathFrom(name, misfit), range, misfit });
  }
}

interface Value {
  readonly path: string;
  readonly node: SourceNode;
  readonly part: TypedTemplate;
  readonly wanted: Type;
  readonly schema: Schema | undefined;
}

/** A value against its type. Where lists and maps are written out, the very part that does not fit is named. */
function checkValue(check: Check, value: Value): void {
  const { node, part, wanted, path } = value;
  const misfit = misfitOf(part.type, wanted);
  if (misfit === undefined) return checkLiteral(check, value);

  const alike = partsOf(wanted).filter(({ kind }) => kind === part.type.kind);
  const inner = alike[0] === undefined || alike.length > 1 ? [] : partsIn(value, alike[0]);
  for (const each of inner) checkValue(check, each);
  if (inner.some((each) => node.kind === "list" || each.path === `${path}.${misfit.path[0] ?? ""}`)) return;
  const key = node.kind === "map" ? node.entries.find((entry) => entry.key === misfit.path[0]) : undefined;
  const range = key?.keyRange ?? node.range;
  const extra = misfit.path.length === 0 ? mendingOf(value) : {};
  reportMisfit(check, { path: pathFrom(path, misfit), range, misfit }, extra);
}

/** What to write instead of a value that is not what its input takes, where that can be said. */
function mendingOf({ node, part, wanted }: Value): ProblemExtra {
  const text = asText(node, wanted);
  if (text !== undefined) return { hint: `write ${text}`, fix: { range: node.range, text, isExact: true } };
  if (part.template.kind !== "value" || !mayBeNull(part.type) || mayBeNull(wanted)) return {};
  return { hint: `write default(${short(part.template.expression.text)}, <another value>)` };
}

/** A number or true/false as the text that was probably meant. */
function asText(node: SourceNode, wanted: Type): string | undefined {
  const isBare = node.kind === "scalar" && node.value !== null && typeof node.value !== "string";
  return isBare && partsOf(wanted).some(({ kind }) => kind === "text") ? JSON.stringify(node.text) : undefined;
}

/** The parts of a value that is written out, each with what is wanted of it: the items of a list, or the known fields of a map. */
function partsIn({ node, part, path }: Value, wanted: Type): readonly Value[] {
  const own = part.parts ?? [];
  if (node.kind === "list" && wanted.kind === "list")
    return own.flatMap((item, index) => {
      const inside = node.items[index];
      return inside === undefined
        ? []
        : [{ path: `${path}[${index}]`, node: inside, part: item, wanted: wanted.item, schema: undefined }];
    });
  if (node.kind !== "map" || wanted.kind !== "object") return [];
  return own.flatMap((field, index) => {
    const entry = node.entries[index];
    const type = entry === undefined ? undefined : wanted.fields.get(entry.key);
    return entry === undefined || type === undefined
      ? []
      : [{ path: `${path}.${entry.key}`, node: entry.value, part: field, wanted: type, schema: undefined }];
  });
}

/** What a written value says more than its type: that a number is not whole. */
function checkLiteral(check: Check, { node, part, path, schema }: Value): void {
  if (schema === undefined || part.template.kind !== "literal") return;
  const wrong = literalMisfit(schema, part.template.value);
  if (wrong !== undefined) reportMisfit(check, { path, range: node.range, misfit: { path: [], message: wrong } });
}

/** A misfit with its place in the inputs and in the file. */
interface Found {
  readonly path: string;
  readonly range: Range;
  readonly misfit: Misfit;
}

function reportMisfit({ shop, callee }: Check, { path, range, misfit }: Found, extra: ProblemExtra = {}): void {
  const { message, word } = misfit;
  const meant = word === undefined ? undefined : shop.problems.closest(word.written, word.allowed);
  const mending = meant === undefined ? extra : { hint: `did you mean '${meant}'?`, fix: { range, text: meant } };
  shop.problems.report(callee.codes.type, range, `${callee.name}.${path}: ${message}`, mending);
}

/** Reports an input that is not taken; gives the one that was probably meant. */
function reportUnknown({ shop, callee, wanted }: Check, name: string, range: Range): string | undefined {
  const known = [...wanted.fields.keys()];
  const meant = shop.problems.closest(name, known);
  const takes = known.length === 0 ? "it takes none" : `it takes: ${listed(known)}`;
  shop.problems.report(callee.codes.unknown, range, `${callee.name} has no input '${short(name)}'`, {
    hint: meant === undefined ? takes : `did you mean '${meant}'?`,
    fix: meant === undefined ? undefined : { range, text: meant },
  });
  return meant;
}

function reportMissing({ shop, step, callee }: Check, names: readonly string[]): void {
  if (names.length === 0 || step.fields.meant.has("with")) return;
  shop.problems.report(callee.codes.missing, step.verbEntry.value.range, `${callee.name} needs ${quoted(names)}`, {
    hint: `add ${names.length === 1 ? "it" : "them"} under with:`,
  });
}

function needed(wanted: ObjectType): readonly string[] {
  return [...wanted.fields.keys()].filter((name) => !wanted.optional.has(name));
}

function propertyOf(schema: Schema, name: string): Schema | undefined {
  const properties = schema["properties"] as Readonly<Record<string, Schema>> | undefined;
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function pathFrom(start: string, { path }: Misfit): string {
  return path.reduce((text, part) => (part === "[]" ? `${text}[]` : `${text}.${part}`), start);
}
