import { macroVariable } from "./correction.ts";
import { expectTruth, rejectNull, unknown, type Checker, type Typed } from "./checker.ts";
import { factsWhen } from "./narrow.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";
import type { Macro } from "./tree.ts";
import { describeType, isFilled, itemOfList, listOf, partsOf, types, withoutNull, type Type } from "./type.ts";
import { expressionLimits } from "./work.ts";

/** How many arguments each macro takes, in the words of the messages. */
export const macroArguments: Readonly<Record<Macro, string>> = {
  all: "2",
  exists: "2",
  exists_one: "2",
  map: "2 or 3",
  filter: "2",
};

/** The macro that a method of this name is with so many arguments. */
export function macroForm(name: string, count: number): Macro | undefined {
  if (!Object.hasOwn(macroArguments, name)) return undefined;
  return count === 2 || (name === "map" && count === 3) ? (name as Macro) : undefined;
}

/** `of.all(item, condition)` and its like: the variable is known in the parts, and nowhere else. */
export function checkMacro(checker: Checker, syntax: SyntaxOf<"method">, macro: Macro): Typed {
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
  const [, first, second] = syntax.args;
  if (first === undefined) return unknown;
  const typed = checker.check(first, { variables, facts });
  if (macro !== "map" || second !== undefined) expectTruth(checker, first, typed.type);
  const node = { kind: "macro", macro, of: of.node, variable } as const;
  if (macro !== "map") return { node: { ...node, body: typed.node }, type: resultOf(macro, item, variable, first) };
  if (second === undefined) return { node: { ...node, body: typed.node }, type: listOf(typed.type, isFilled(of.type)) };

  const body = checker.check(second, { variables, facts: new Set([...facts, ...factsWhen(first, true)]) });
  return { node: { ...node, filter: typed.node, body: body.node }, type: listOf(body.type) };
}

// `list.filter(i, i != null)` holds no null.
function resultOf(macro: Macro, item: Type, variable: string, condition: Syntax): Type {
  if (macro !== "filter") return types.boolean;
  return listOf(factsWhen(condition, true).includes(variable) ? withoutNull(item) : item);
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
