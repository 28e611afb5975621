import { checkHas, isKnown } from "./check-names.ts";
import { checkWord } from "./check-operators.ts";
import { macroHints } from "./correction.ts";
import { checkMacro, macroArguments, macroForm } from "./check-macro.ts";
import { didYouMean, hinted, rejectNull, unknown, type Checker, type Complaint, type Typed } from "./checker.ts";
import { countProblem, functions, signatureOf, wantedOf, type Parameter } from "./functions.ts";
import { compilePattern } from "./pattern.ts";
import type { ExpressionProblem } from "./problem.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";
import type { Macro } from "./tree.ts";
import { describeType, mayBeNull, partsOf, types, unionOf, type Type } from "./type.ts";

/** A call, whichever way it is written: `size(x)` or `x.size()`. */
interface Call {
  readonly name: string;
  readonly args: readonly Syntax[];
  /** Where the name stands. */
  readonly start: number;
  readonly end: number;
  readonly whole: Syntax;
}

/** `name(args)`. */
export function checkCall(checker: Checker, syntax: SyntaxOf<"call">): Typed {
  const { name, args, start } = syntax;
  if (name === "has") return checkHas(checker, syntax);
  return checkFunction(checker, { name, args, start, end: start + name.length, whole: syntax });
}

/** `of.name(args)`: a macro, one of CEL's text methods, or a function with its first argument before it. */
export function checkMethod(checker: Checker, syntax: SyntaxOf<"method">): Typed {
  const { of, name, args, nameStart } = syntax;
  const macro = macroForm(name, args.length);
  if (macro !== undefined) return checkMacro(checker, syntax, macro);

  const [only] = args;
  const isWord = name === "contains" || name === "startsWith" || name === "endsWith";
  if (isWord && only !== undefined && args.length === 1) return checkWord(checker, name, { left: of, right: only });

  const at = { start: nameStart, end: nameStart + name.length };
  if (of.kind === "name" && !isKnown(checker, of.name) && foreignSpaces.has(of.name)) {
    reportUnknown(checker, { name: `${of.name}.${name}`, args, start: of.start, end: at.end, whole: syntax });
    return unknown;
  }
  if (Object.hasOwn(macroArguments, name)) {
    const message = `${name} takes ${macroArguments[name as Macro]} arguments, but got ${args.length}`;
    checker.report(at, { code: "E305", message, hint: macroHints[name as Macro] });
    return unknown;
  }
  return checkFunction(checker, { name, args: [of, ...args], ...at, whole: syntax });
}

/** True for the functions that take a value which may be null and give another for it. */
export function isGuard(name: string): boolean {
  return name === "first" || name === "default";
}

// Names in front of functions in other languages: what is called is one function, and one thing is unknown.
const foreignSpaces: ReadonlySet<string> = new Set([
  "JSON",
  "Math",
  "Number",
  "String",
  "Object",
  "Array",
  "Date",
  "math",
  "strings",
  "lists",
]);

function checkFunction(checker: Checker, call: Call): Typed {
  const entry = functions.get(call.name);
  if (entry === undefined) {
    reportUnknown(checker, call);
    // The arguments may hold problems of their own, which do not depend on the function.
    for (const arg of call.args) checker.check(arg);
    return unknown;
  }

  const place = isGuard(call.name) ? { guarded: true } : undefined;
  const args = call.args.map((arg) => checker.check(arg, place));
  const count = countProblem(entry, args.length);
  if (count !== undefined) {
    const message = `${call.name} takes ${count}, but got ${args.length}`;
    checker.report(call, { code: "E305", message, hint: `write ${signatureOf(call.name, entry)}` });
    return unknown;
  }

  const given = args.map(({ type }, index) => {
    const parameter = entry.parameters[Math.min(index, entry.parameters.length - 1)];
    const arg = call.args[index];
    if (parameter === undefined || arg === undefined) return type;
    return argumentType(checker, call, args.length > 1 ? amongOthers(parameter) : parameter, { arg, type });
  });
  if (call.name === "matches") checkPattern(checker, call.args[1]);
  if (call.name === "product") checkLists(checker, call.args[0], given[0]);
  return { node: { kind: "call", name: call.name, args: args.map(({ node }) => node) }, type: entry.result(given) };
}

function amongOthers(parameter: Parameter): Parameter {
  return { ...parameter, type: parameter.among ?? parameter.type };
}

/** The type of one argument as the function may rely on it. */
function argumentType(
  checker: Checker,
  call: Call,
  parameter: Parameter,
  { arg, type }: { readonly arg: Syntax; readonly type: Type },
): Type {
  if (parameter.nullable === true) return type;
  const plain = rejectNull(checker, arg, type);
  const source = checker.source(arg);
  if (fits(plain, parameter.type)) {
    if (holdsNull(plain, parameter.type)) reportNullItems(checker, arg, source);
    return plain;
  }

  const message = `${call.name}() needs ${wantedOf(parameter)}, but '${source}' is ${describeType(plain)}`;
  checker.report(arg, { code: "E303", message, ...hinted(argumentHint(source, plain, parameter)) });
  return types.any;
}

function argumentHint(source: string, type: Type, { type: wanted }: Parameter): string | undefined {
  if (wanted.kind === "text" && (type.kind === "number" || type.kind === "boolean")) return `write string(${source})`;
  if (wanted.kind === "text" && (type.kind === "object" || type.kind === "list")) return `write json(${source})`;
  if (wanted.kind === "list" && type.kind === "object") return `write values(${source})`;
  return undefined;
}

// At least one of the types that the value may have is one that the function takes.
function fits(type: Type, wanted: Type): boolean {
  return partsOf(type).some((part) => partsOf(wanted).some((want) => fitsOne(part, want)));
}

function fitsOne(part: Type, wanted: Type): boolean {
  if (part.kind === "any" || wanted.kind === "any") return true;
  if (part.kind === "list" && wanted.kind === "list") {
    return partsOf(part.item).length === 0 || fits(part.item, wanted.item);
  }
  return part.kind === wanted.kind;
}

/** Reports what is given to product() and is not certainly a list: each entry that is written, or the first field of another object. */
function checkLists(checker: Checker, arg: Syntax | undefined, type: Type | undefined): void {
  if (arg === undefined || type?.kind !== "object") return;
  for (const [name, field] of type.fields) {
    const entry = arg.kind === "object" ? arg.entries.find(([key]) => isText(key, name))?.[1] : undefined;
    const source = entry === undefined ? `${checker.source(arg)}.${name}` : checker.source(entry);
    const complaint = listComplaint(source, type.optional.has(name) ? unionOf([field, types.null]) : field);
    if (complaint === undefined) continue;
    checker.report(entry ?? arg, complaint);
    if (entry === undefined) return;
  }
}

function listComplaint(source: string, type: Type): Complaint | undefined {
  if (!partsOf(type).some(({ kind }) => kind === "any" || kind === "list")) {
    return { code: "E303", message: `product() needs lists, but '${source}' is ${describeType(type)}` };
  }
  if (!mayBeNull(type)) return undefined;
  return { code: "E303", message: `${source} may be null`, hint: `write default(${source}, [])` };
}

function isText(syntax: Syntax, text: string): boolean {
  return syntax.kind === "literal" && syntax.value === text;
}

// A list whose items may be null is given to a function that takes none.
function holdsNull(type: Type, wanted: Type): boolean {
  const items = partsOf(wanted).flatMap((part) => (part.kind === "list" ? [part.item] : []));
  const takesNull = items.some((item) => item.kind === "any" || mayBeNull(item));
  return !takesNull && partsOf(type).some((part) => part.kind === "list" && mayBeNull(part.item));
}

function reportNullItems(checker: Checker, arg: Syntax, source: string): void {
  const whole = arg.kind === "binary" || arg.kind === "choice" ? `(${source})` : source;
  const text = `${whole}.filter(item, item != null)`;
  const { start, end } = arg;
  const complaint = { code: "E303", message: `${source} may hold null`, hint: `write ${text}` } as const;
  checker.report(arg, complaint, { start, end, text });
}

function checkPattern(checker: Checker, syntax: Syntax | undefined): void {
  if (syntax?.kind !== "literal" || typeof syntax.value !== "string") return;
  const compiled = compilePattern(syntax.value);
  if (typeof compiled !== "string") return;
  const hint = /\(\?[=!<]|\\[1-9]/.test(syntax.value)
    ? "RE2 has no look-ahead, look-behind or back-reference"
    : undefined;
  checker.report(syntax, { code: "E306", message: compiled, ...hinted(hint) });
}

// What other languages call the things that exist here under another name.
const elsewhere: Readonly<Record<string, string>> = {
  length: "size",
  len: "size",
  count: "size",
  uint: "int",
  float: "number",
  parseInt: "int",
  parseFloat: "number",
  boolean: "bool",
  str: "string",
  toString: "string",
  String: "string",
  "JSON.stringify": "json",
  "Math.max": "max",
  "Math.min": "min",
  "math.greatest": "max",
  "math.least": "min",
  "Object.keys": "keys",
  "Object.values": "values",
  "Date.parse": "timestamp",
  toLowerCase: "lower",
  lowerAscii: "lower",
  lowercase: "lower",
  toUpperCase: "upper",
  upperAscii: "upper",
  uppercase: "upper",
  strip: "trim",
  coalesce: "first",
  ifnull: "default",
  distinct: "unique",
  replaceAll: "replace",
  date: "timestamp",
  flat: "flatten",
  some: "exists",
  every: "all",
  find: "filter",
};

const impure: ReadonlySet<string> = new Set(["now", "today", "random", "uuid", "Date.now", "Math.random"]);

const memberWords: ReadonlySet<string> = new Set(["includes", "include", "has"]);

/** How many functions a hint names; the table begins with those that are used most. */
const namedMax = 8;

function reportUnknown(checker: Checker, call: Call): void {
  const { name, start, end } = call;
  const complain = (hint: string, fix?: ExpressionProblem["fix"]): void =>
    checker.report(call, { code: "E305", message: `unknown function '${name}'`, hint }, fix);

  const [whole, part] = call.args;
  if (memberWords.has(name) && whole !== undefined && part !== undefined && call.args.length === 2) {
    const text = `${checker.source(whole)} contains ${checker.source(part)}`;
    return complain(`write ${text}`, { start: call.whole.start, end: call.whole.end, text });
  }
  if (impure.has(name)) {
    return complain("expressions have no clock and no chance: take the value from a step, or run.started_at");
  }
  const other = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
  if (other !== undefined) return complain(`write ${other}`, { start, end, text: other });

  const known = [...functions.keys()];
  complain(didYouMean(name, [...known, "has"]) ?? `known here: ${known.slice(0, namedMax).join(", ")}`);
}
