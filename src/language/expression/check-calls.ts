import { checkHas, isKnown } from "./check-names.ts";
import { checkWord } from "./check-operators.ts";
import { macroHints, macroVariable } from "./correction.ts";
import { didYouMean, expectTruth, hinted, rejectNull, unknown, type Checker, type Typed } from "./checker.ts";
import { countProblem, functions, signatureOf, wantedOf, type Parameter } from "./functions.ts";
import { compilePattern } from "./pattern.ts";
import type { ExpressionProblem } from "./problem.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";
import type { Macro, Node } from "./tree.ts";
import { describeType, itemOfList, listOf, partsOf, types, type Type } from "./type.ts";
import { expressionLimits } from "./work.ts";

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

const macroArguments: Readonly<Record<Macro, string>> = {
  all: "2",
  exists: "2",
  exists_one: "2",
  map: "2 or 3",
  filter: "2",
};

function macroForm(name: string, count: number): Macro | undefined {
  if (!Object.hasOwn(macroArguments, name)) return undefined;
  return count === 2 || (name === "map" && count === 3) ? (name as Macro) : undefined;
}

function checkMacro(checker: Checker, syntax: SyntaxOf<"method">, macro: Macro): Typed {
  const of = checker.check(syntax.of);
  const item = itemType(checker, syntax, macro, of.type);
  const variable = variableOf(checker, syntax, macro);
  if (variable === undefined) return unknown;

  const variables = [...checker.variables, [variable, item]] as const;
  if (variables.length > expressionLimits.macroDepthMax) {
    const message = `at most ${expressionLimits.macroDepthMax} of all, exists, map and filter may stand in each other`;
    checker.report(syntax, { code: "E399", message, hint: "compute the inner list in a set step before" });
    return unknown;
  }

  // What was known of an outer name does not hold for a variable that hides it.
  const facts = new Set([...checker.facts].filter((fact) => !isOf(fact, variable)));
  const [filter, body] = syntax.args.slice(1).map((part) => {
    const { node, type } = checker.check(part, { variables, facts });
    return { part, node, type };
  });
  const result = body ?? filter;
  if (filter === undefined || result === undefined) return unknown;
  if (macro !== "map" || body !== undefined) expectTruth(checker, filter.part, filter.type);

  const node: Node = {
    kind: "macro",
    macro,
    of: of.node,
    variable,
    ...(body === undefined ? {} : { filter: filter.node }),
    body: result.node,
  };
  if (macro === "map") return { node, type: listOf(result.type) };
  return { node, type: macro === "filter" ? listOf(item) : types.boolean };
}

// The parser refuses most of what is no name; numbers such as `.5` and references are names to it.
function variableOf(checker: Checker, syntax: SyntaxOf<"method">, macro: Macro): string | undefined {
  const [first = syntax] = syntax.args;
  if (first.kind === "name" && !first.reference) return first.name;
  checker.report(first, { code: "E300", ...macroVariable(macro) });
  return undefined;
}

function isOf(fact: string, variable: string): boolean {
  return fact === variable || fact.startsWith(`${variable}.`) || fact.startsWith(`${variable}[`);
}

function itemType(checker: Checker, syntax: SyntaxOf<"method">, macro: Macro, of: Type): Type {
  const type = rejectNull(checker, syntax.of, of);
  if (type.kind === "list") return itemOfList(type);
  if (type.kind === "object") return types.text;
  if (partsOf(type).some(({ kind }) => kind === "any" || kind === "list" || kind === "object")) return types.any;
  const source = checker.source(syntax.of);
  const message = `'${macro}' needs a list or an object, but '${source}' is ${describeType(type)}`;
  checker.report(syntax.of, { code: "E303", message });
  return types.any;
}

function checkFunction(checker: Checker, call: Call): Typed {
  const entry = functions.get(call.name);
  if (entry === undefined) {
    reportUnknown(checker, call);
    // The arguments may hold problems of their own, which do not depend on the function.
    for (const arg of call.args) checker.check(arg);
    return unknown;
  }

  const guarded = call.name === "first" || call.name === "default";
  const args = call.args.map((arg) => checker.check(arg, guarded ? { guarded } : {}));
  const count = countProblem(entry, args.length);
  if (count !== undefined) {
    const message = `${call.name} takes ${count}, but got ${args.length}`;
    checker.report(call, { code: "E305", message, hint: `write ${signatureOf(call.name, entry)}` });
    return unknown;
  }

  const given = args.map(({ type }, index) => {
    const parameter = entry.parameters[Math.min(index, entry.parameters.length - 1)];
    const arg = call.args[index];
    return parameter === undefined || arg === undefined ? type : argumentType(checker, call, parameter, { arg, type });
  });
  if (call.name === "matches") checkPattern(checker, call.args[1]);
  return { node: { kind: "call", name: call.name, args: args.map(({ node }) => node) }, type: entry.result(given) };
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
  if (fits(plain, parameter.type)) return plain;

  const source = checker.source(arg);
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
