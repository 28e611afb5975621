import { checkDocument, isDocuments, reportDocuments } from "./check-documents.ts";
import { didYouMean, hinted, unguarded, unknown, type Checker, type StepType, type Typed } from "./checker.ts";
import { functions } from "./functions.ts";
import { pathOf, presenceOf } from "./narrow.ts";
import type { ExpressionProblem } from "./problem.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";
import type { StepField } from "./tree.ts";
import { describeType, itemOfList, join, partsOf, types, unionOf, withoutNull, type Type } from "./type.ts";

/** Names listed in a hint at most. */
const listedMax = 8;

/** A name that stands alone: a variable, or something the place provides. */
export function checkName(checker: Checker, syntax: SyntaxOf<"name">): Typed {
  const { name } = syntax;
  if (isDocuments(checker, syntax)) return reportDocuments(checker, syntax);
  const type = typeOfName(checker, name);
  if (type !== undefined) return { node: { kind: "name", name }, type: factual(checker, syntax, type) };

  const step = stepNamed(checker, name);
  if (step === undefined) return reportUnknown(checker, syntax);
  checker.report(syntax, {
    code: "E303",
    message: `'${name}' is a step, not a value`,
    hint: `write ${name}.${"output" in step.fields ? "output" : "status"}`,
  });
  return unknown;
}

/**
 * A name in a place where a text is just as likely, as beside `==` or as a key: when it is unknown, it is probably a text without its
 * quotes.
 */
export function checkWordAsText(checker: Checker, syntax: Syntax, place?: { readonly guarded: boolean }): Typed {
  const before = checker.problems.length;
  const typed = checker.check(syntax, place);
  const problem = checker.problems[before];
  if (syntax.kind !== "name" || problem?.code !== "E301" || problem.fix !== undefined) return typed;

  const { start, end } = problem;
  const text = JSON.stringify(syntax.name);
  checker.problems[before] = { ...problem, hint: `text stands in quotes: ${text}`, fix: { start, end, text } };
  return typed;
}

/** True when a name stands for something here. */
export function isKnown(checker: Checker, name: string): boolean {
  return typeOfName(checker, name) !== undefined || stepNamed(checker, name) !== undefined;
}

/** `of.field`: a field of a step, or of a value. */
export function checkMember(checker: Checker, syntax: SyntaxOf<"member">): Typed {
  if (isDocuments(checker, syntax.of)) {
    const document = checkDocument(checker, syntax);
    return { node: document.node, type: factual(checker, syntax, document.type) };
  }
  const step = stepAt(checker, syntax.of);
  if (step !== undefined) return checkStepField(checker, syntax, step);

  const of = checker.check(syntax.of);
  const field = fieldType(checker, syntax, of.type);
  if (field === undefined) return unknown;
  return { node: { kind: "member", of: of.node, field: field.name }, type: factual(checker, syntax, field.type) };
}

/** `has(of.field)`: whether the field is there. */
export function checkHas(checker: Checker, syntax: SyntaxOf<"call">): Typed {
  const [arg] = syntax.args;
  if (syntax.args.length !== 1 || arg?.kind !== "member") {
    checker.report(syntax, { code: "E305", message: "has() asks for a field", hint: "write has(inputs.note)" });
    return unknown;
  }
  if (arg.of.kind === "object") return hasWritten(checker, arg, arg.of);
  const read = checker.check(arg, { guarded: true }).node;
  if (read.kind === "member") return { node: { ...read, kind: "has" }, type: types.boolean };
  // A field of a step itself, such as has(a.output): it is there when it is not null.
  const nothing = { kind: "literal", value: null } as const;
  return { node: { kind: "binary", operator: "!=", left: read, right: nothing }, type: types.boolean };
}

// A type that lists its fields makes any other a misspelt one; an object written in place is there to be asked.
function hasWritten(checker: Checker, arg: SyntaxOf<"member">, object: SyntaxOf<"object">): Typed {
  const of = checker.check(object, { guarded: true }).node;
  return { node: { kind: "has", of, field: arg.field }, type: types.boolean };
}

/** `of[at]`: an item of a list, or a field whose name is computed. */
export function checkIndex(checker: Checker, syntax: SyntaxOf<"index">): Typed {
  const of = checker.check(syntax.of);
  const at = checker.check(syntax.at, unguarded(checker));
  const node = { kind: "index", of: of.node, at: at.node } as const;
  const type = itemType(checker, syntax, of.type, at.type);
  return { node, type: factual(checker, syntax, type) };
}

function itemType(checker: Checker, syntax: SyntaxOf<"index">, of: Type, at: Type): Type {
  const whole = withoutNull(of);
  switch (whole.kind) {
    case "any":
    case "union":
      return types.any;
    case "list":
      return expectIndex(checker, syntax, at, "number") ? itemOfList(whole) : types.any;
    case "object": {
      if (!expectIndex(checker, syntax, at, "text")) return types.any;
      const field = at.kind === "text" && at.enum?.length === 1 ? at.enum[0] : undefined;
      return field === undefined ? types.any : literalField(checker, syntax, whole, field);
    }
    default: {
      const message = `'${checker.source(syntax.of)}' is ${describeType(whole)}; only lists and objects are indexed`;
      checker.report(syntax.of, { code: "E303", message });
      return types.any;
    }
  }
}

function expectIndex(checker: Checker, syntax: SyntaxOf<"index">, at: Type, kind: "number" | "text"): boolean {
  if (partsOf(at).some((part) => part.kind === "any" || part.kind === kind)) return true;
  const [whole, wanted, sample] = kind === "number" ? ["a list", "a number", "0"] : ["an object", "text", '"name"'];
  const message = `${whole} is indexed by ${wanted}, not by ${describeType(at)}`;
  checker.report(syntax.at, { code: "E303", message, hint: `write ${checker.source(syntax.of)}[${sample}]` });
  return false;
}

// `x["name"]` is `x.name` in another spelling.
function literalField(checker: Checker, syntax: SyntaxOf<"index">, type: Type, field: string): Type {
  const { start: fieldStart, end } = syntax.at;
  const member: SyntaxOf<"member"> = { kind: "member", of: syntax.of, field, fieldStart, start: syntax.start, end };
  return fieldType(checker, member, type)?.type ?? types.any;
}

/** The step a part names, when it does. */
function stepAt(checker: Checker, syntax: Syntax): (StepType & { readonly reference: boolean }) | undefined {
  if (syntax.kind !== "name" || typeOfName(checker, syntax.name) !== undefined) return undefined;
  const step = stepNamed(checker, syntax.name);
  return step === undefined ? undefined : { ...step, reference: syntax.reference };
}

function typeOfName(checker: Checker, name: string): Type | undefined {
  const variable = checker.variables.findLast(([known]) => known === name);
  return variable?.[1] ?? checker.environment.names.get(name);
}

// `a-b` in the file is `a_b` here, since `-` is the sign for minus.
function stepNamed(checker: Checker, name: string): StepType | undefined {
  const { environment } = checker;
  const direct = environment.step(name);
  if (direct !== undefined || !name.includes("_")) return direct;
  const id = environment.stepIds.find((known) => spelled(known) === name);
  return id === undefined ? undefined : environment.step(id);
}

function spelled(id: string): string {
  return id.replaceAll("-", "_");
}

function checkStepField(
  checker: Checker,
  syntax: SyntaxOf<"member">,
  step: StepType & { readonly reference: boolean },
): Typed {
  const { field, fieldStart, end } = syntax;
  const name = field === "result" ? "output" : field;
  if (step.reference && name !== "output") {
    const output = readStep(checker, syntax, step, "output");
    const found = fieldType(checker, syntax, output.type);
    return found === undefined
      ? unknown
      : { node: { kind: "member", of: output.node, field: found.name }, type: found.type };
  }
  if (Object.hasOwn(step.fields, name)) return readStep(checker, syntax, step, name as StepField);

  const at = { start: fieldStart, end };
  const known = Object.keys(step.fields);
  const id = checker.source(syntax.of);
  const output = step.fields.output;
  const inOutput =
    output !== undefined && partsOf(output).some((part) => part.kind === "object" && part.fields.has(field));
  const fix = inOutput ? { start: fieldStart, end: fieldStart, text: "output." } : undefined;
  const hint = inOutput ? `write ${id}.output.${field}` : (didYouMean(field, known) ?? `it has: ${known.join(", ")}`);
  checker.report(at, { code: "E302", message: `step ${id} has no '${field}'`, hint }, fix);
  return unknown;
}

function readStep(checker: Checker, syntax: SyntaxOf<"member">, step: StepType, field: StepField): Typed {
  const { start, end } = syntax;
  // A field of a step is there when it is not null, so that has() rules both out.
  const known = isNotNull(checker, syntax) || isPresent(checker, syntax);
  checker.read({ step: step.step, field, start, end, guarded: checker.guarded || known });
  const type = step.fields[field] ?? types.any;
  return { node: { kind: "step", step: step.step, field }, type: known ? withoutNull(type) : type };
}

interface Field {
  readonly name: string;
  readonly type: Type;
}

/** The field of a value of this type, null joined where it may be missing; undefined after it was reported as missing for certain. */
function fieldType(checker: Checker, syntax: SyntaxOf<"member">, type: Type): Field | undefined {
  const { field } = syntax;
  const present = isPresent(checker, syntax);
  // Nearly every read is one of a field that the type lists: it takes the short way.
  const direct = type.kind === "object" ? fieldOfPart(type, field, present) : undefined;
  if (direct !== undefined) return direct;
  const parts = partsOf(type);
  const found = parts.map((part) => fieldOfPart(part, field, present)).filter((part) => part !== undefined);
  const some = found.find(({ name }) => name !== field) ?? found[0];
  if (some !== undefined) {
    const missing = found.length < parts.length && !present ? [types.null] : [];
    const all = found.map((part) => part.type).reduce(join);
    return { name: some.name, type: missing.length === 0 ? all : unionOf([all, types.null]) };
  }
  if (parts.every((part) => part.kind === "null")) return { name: field, type: types.null };
  reportField(checker, syntax, withoutNull(type));
  return undefined;
}

function isPresent(checker: Checker, syntax: Syntax): boolean {
  if (checker.facts.size === 0) return false;
  const path = pathOf(syntax);
  return path !== undefined && checker.facts.has(presenceOf(path));
}

function fieldOfPart(part: Type, field: string, present: boolean): Field | undefined {
  if (part.kind === "any") return { name: field, type: types.any };
  if (part.kind !== "object") return undefined;
  const name = part.fields.has(field) ? field : dashedName(part.fields.keys(), field);
  const type = name === undefined ? undefined : part.fields.get(name);
  if (name === undefined || type === undefined) return part.open ? { name: field, type: types.any } : undefined;
  return { name, type: part.optional.has(name) && !present ? unionOf([type, types.null]) : type };
}

// `a_b` may be how `a-b` is written here; names without a dash are written as they are.
function dashedName(names: Iterable<string>, field: string): string | undefined {
  const wanted = spelled(field);
  for (const name of names) if (name.includes("-") && spelled(name) === wanted) return name;
  return undefined;
}

const sizeWords: ReadonlySet<string> = new Set(["length", "size", "count", "len"]);

function reportField(checker: Checker, syntax: SyntaxOf<"member">, type: Type): void {
  const { field, fieldStart, end, start } = syntax;
  const at = { start: fieldStart, end };
  const told = syntax.of.kind === "name" ? checker.environment.explain?.(syntax.of.name, field) : undefined;
  if (told !== undefined) {
    checker.report(at, told, fixNear(checker, at, told.hint));
    return;
  }
  const source = checker.source(syntax.of);
  if (type.kind === "object") {
    const known = [...type.fields.keys()];
    const hint = didYouMean(field, known) ?? listed("it has: ", known);
    checker.report(
      at,
      { code: "E302", message: `${source} has no field '${field}'`, ...hinted(hint) },
      fixNear(checker, at, hint),
    );
    return;
  }
  const message = `${source} is ${describeType(type)}; it has no fields`;
  if ((type.kind === "list" || type.kind === "text") && sizeWords.has(field)) {
    const text = `size(${source})`;
    checker.report(at, { code: "E302", message, hint: `write ${text}` }, { start, end, text });
    return;
  }
  checker.report(at, { code: "E302", message, ...hinted(type.kind === "list" ? "index it with [0]" : undefined) });
}

// A word is replaced by the one that was probably meant, in its quotes where it has some.
function fixNear(
  checker: Checker,
  at: { start: number; end: number },
  hint: string | undefined,
): ExpressionProblem["fix"] {
  const near = /^did you mean '([\w-]+)'\?$/.exec(hint ?? "")?.[1];
  if (near === undefined) return undefined;
  const { start, end } = at;
  return { start, end, text: quotedAs(checker.text[start], near) };
}

function quotedAs(quote: string | undefined, word: string): string {
  if (quote === "`") return `\`${word}\``;
  if (quote === "#") return `#${word}`;
  return quote === '"' || quote === "'" ? JSON.stringify(word) : word;
}

function listed(lead: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  return `${lead}${words.slice(0, listedMax).join(", ")}${words.length > listedMax ? ", …" : ""}`;
}

// Words that stand for a constant in other languages.
const constants: Readonly<Record<string, string>> = {
  True: "true",
  False: "false",
  TRUE: "true",
  FALSE: "false",
  None: "null",
  nil: "null",
  NULL: "null",
  undefined: "null",
};

function reportUnknown(checker: Checker, syntax: SyntaxOf<"name">): Typed {
  const { name, start } = syntax;
  const { environment, variables } = checker;
  const told = environment.explain?.(name);
  if (told !== undefined) {
    checker.report(syntax, told);
    return unknown;
  }
  const dashed = environment.stepIds.find((id) => id.includes("-") && checker.text.startsWith(id, start));
  if (dashed !== undefined) {
    const text = spelled(dashed);
    const at = { start, end: start + dashed.length };
    checker.report(
      at,
      { code: "E301", message: `unknown name '${name}'`, hint: `write ${text}: '-' is minus here` },
      { ...at, text },
    );
    return unknown;
  }

  const constant = Object.hasOwn(constants, name) ? constants[name] : undefined;
  const known = [
    ...variables.map(([variable]) => variable),
    ...environment.names.keys(),
    ...environment.stepIds.map(spelled),
  ];
  const called = functions.has(name) ? `it is a function: write ${name}(…)` : undefined;
  const hint =
    constant === undefined
      ? (didYouMean(name, known) ?? called ?? listed("known here: ", known))
      : `did you mean '${constant}'?`;
  checker.report(
    syntax,
    { code: "E301", message: `unknown name '${name}'`, ...hinted(hint) },
    fixNear(checker, syntax, hint),
  );
  return unknown;
}

// What a test before has ruled out is ruled out here.
function factual(checker: Checker, syntax: Syntax, type: Type): Type {
  return type.kind === "union" && isNotNull(checker, syntax) ? withoutNull(type) : type;
}

function isNotNull(checker: Checker, syntax: Syntax): boolean {
  if (checker.facts.size === 0) return false;
  const path = pathOf(syntax);
  return path !== undefined && checker.facts.has(path);
}
