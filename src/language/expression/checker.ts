import { suggest } from "../suggest.ts";
import type { ExpressionProblem } from "./problem.ts";
import type { Syntax } from "./syntax.ts";
import type { Node, StepField } from "./tree.ts";
import { describeType, mayBeNull, partsOf, types, withoutNull, type Type } from "./type.ts";

/** What an expression can see from where it stands. */
export interface Environment {
  /** `inputs`, `vars`, `iter`, `run`, `env`, the `as` names … with their types. */
  readonly names: ReadonlyMap<string, Type>;
  /** The step of this id; undefined = there is none that can be read from here. */
  step(id: string): StepType | undefined;
  /** Ids of all steps that can be read, as they are written in the file. */
  readonly stepIds: readonly string[];
  /** What to say of a name, or of a field of it, that is not there, where the place knows more than that. */
  explain?(name: string, field?: string): Complaint | undefined;
  /** The document that `docs.<name>` is here, or why there is none. */
  document?(name: string): DocumentType | { readonly complaint: Complaint };
  /** What is not there is only warned of. */
  readonly permissive?: boolean;
}

/** What may be read of a step. */
export interface StepType {
  /** Its index in `Plan.steps`. */
  readonly step: number;
  readonly id: string;
  readonly fields: Readonly<Partial<Record<StepField, Type>>>;
}

/** What may be read of a document. */
export interface DocumentType {
  /** As it is declared: `docs.a_b` is `a-b`. */
  readonly name: string;
  readonly type: Type;
  /** Indexes of the steps that may give it here; there is one at least. */
  readonly steps: readonly number[];
}

/** One place where an expression reads a step. */
export interface StepRead {
  readonly step: number;
  readonly field: StepField;
  /** It is read as this document. */
  readonly document?: string;
  readonly start: number;
  readonly end: number;
  /** The place copes with null: it stands in first() or default(), or behind a test for null or for the status. */
  readonly guarded: boolean;
}

/** A part of an expression, understood. */
export interface Typed {
  readonly node: Node;
  readonly type: Type;
}

/** A problem without its place. */
export type Complaint = Pick<ExpressionProblem, "code" | "message" | "hint">;

/** The check of one expression under way. */
export interface Checker {
  readonly environment: Environment;
  /** The expression; the offsets of its parts are offsets in it. */
  readonly text: string;
  readonly problems: ExpressionProblem[];
  /** Notes that a step is read; offsets are in the expression. */
  read(read: StepRead): void;
  /** Variables of the macros around, outermost first. */
  readonly variables: readonly (readonly [string, Type])[];
  /** What is known not to be null here, as it would be written. */
  readonly facts: ReadonlySet<string>;
  /** What comes out here is an argument of first() or default(), or is asked for null. */
  readonly guarded: boolean;
  /** A part as it is written, with the brackets it needs. */
  source(syntax: Syntax): string;
  /** Understands a part in this place, or in a place that differs from it. */
  check(syntax: Syntax, place?: Partial<Pick<Checker, "variables" | "facts" | "guarded">>): Typed;
  report(
    at: { readonly start: number; readonly end: number },
    complaint: Complaint,
    fix?: ExpressionProblem["fix"],
  ): void;
}

/** The place of a part whose null is not what comes out of the whole. */
export function unguarded(checker: Checker): { readonly guarded: false } | undefined {
  return checker.guarded ? { guarded: false } : undefined;
}

/** What stands for a part with a problem: nothing more is said about it. */
export const unknown: Typed = { node: { kind: "literal", value: null }, type: types.any };

/** The type with its article, as in `x is an object`. */
export function describeOne(type: Type): string {
  const parts = partsOf(type).map((part) => {
    const text = describeType(part);
    if (part.kind === "object") return `an ${text}`;
    return part.kind === "number" ? `a ${text}` : text;
  });
  return [...new Set(parts)].join(" or ");
}

/** `did you mean 'x'?`, or undefined. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const near = suggest(word, known);
  return near === undefined ? undefined : `did you mean '${near}'?`;
}

/** The hint as a field of its own only when there is one. */
export function hinted(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** What to write where a value may be missing, for example `default(inputs.note, "")`. */
function defaultFor(source: string, type: Type): string {
  const fallbacks = {
    any: '""',
    null: '""',
    boolean: "false",
    number: "0",
    text: '""',
    list: "[]",
    object: "{}",
    union: '""',
  };
  return `default(${source}, ${fallbacks[withoutNull(type).kind]})`;
}

/**
 * The type of a part without null, reporting the part when it may be null.
 *
 * A null that only shows when the step runs would fail it in the middle of the run; the type knew it before.
 */
export function rejectNull(checker: Checker, syntax: Syntax, type: Type): Type {
  if (!mayBeNull(type)) return type;
  const source = checker.source(syntax);
  if (type.kind === "null") {
    checker.report(syntax, { code: "E303", message: `a value is needed here, but ${source} is null` });
    return types.any;
  }
  const written = defaultFor(source, type);
  const fix = { start: syntax.start, end: syntax.end, text: written };
  checker.report(syntax, { code: "E303", message: `${source} may be null`, hint: `write ${written}` }, fix);
  return withoutNull(type);
}

/** Checks that a part is true or false, and says what to write instead. */
export function expectTruth(checker: Checker, syntax: Syntax, type: Type): void {
  if (type.kind === "any" || partsOf(type).every((part) => part.kind === "boolean")) return;
  if (partsOf(withoutNull(type)).some((part) => part.kind === "boolean") && mayBeNull(type)) {
    rejectNull(checker, syntax, type);
    return;
  }
  if (partsOf(type).some((part) => part.kind === "boolean")) return;

  const source = checker.source(syntax);
  const message = `'${source}' is ${describeType(type)}, not true/false`;
  checker.report(syntax, { code: "E303", message, ...hinted(truthHint(source, type)) });
}

function truthHint(source: string, type: Type): string | undefined {
  const plain = withoutNull(type);
  switch (plain.kind) {
    case "list":
      return `write size(${source}) > 0`;
    case "text":
      return plain.enum?.[0] === undefined ? `write ${source} != ""` : `write ${source} == "${plain.enum[0]}"`;
    case "number":
      return `write ${source} != 0`;
    case "object": {
      const field = fieldOfKind(plain, ["boolean"]);
      return field === undefined ? `write ${source} != null` : `choose a field: ${source}.${field}`;
    }
    default:
      return undefined;
  }
}

/** The first field of an object that is of one of these kinds. */
export function fieldOfKind(type: Type, kinds: readonly Type["kind"][]): string | undefined {
  if (type.kind !== "object") return undefined;
  for (const [name, field] of type.fields) if (kinds.includes(withoutNull(field).kind)) return name;
  return undefined;
}
