import { reportShape } from "../language/check/values.ts";
import { isCode } from "../language/codes.ts";
import { rangeIn } from "../language/compile/parts.ts";
import { compileExpression } from "../language/expression/check.ts";
import type { Complaint, Environment } from "../language/expression/checker.ts";
import type { Expectation } from "../language/expression/expectation.ts";
import type { ExpressionProblem } from "../language/expression/problem.ts";
import { compileText } from "../language/expression/text.ts";
import type { Expression } from "../language/expression/tree.ts";
import { listOf, objectOf, type Type, types, typeOfValue, unionOf, withoutNull } from "../language/expression/type.ts";
import type { Template } from "../language/plan.ts";
import type { Problems } from "../language/problems.ts";
import { offsetsOf } from "../language/source/offsets.ts";
import type { SourceEntry, SourceNode, SourceScalar } from "../language/source/tree.ts";

/** Where a value of a connector stands: what messages call it, and the names that its expressions know. */
export interface Spot {
  readonly field: string;
  readonly names: ReadonlyMap<string, Type>;
  /** Settings that only `auth` may read. */
  readonly secrets: ReadonlySet<string>;
}

/** A value with holes, and what it will be. */
export interface Mapping {
  readonly template: Template;
  readonly type: Type;
}

/** Compiles what is written in a connector, and reports what is wrong with it at its place. */
export interface Mapper {
  readonly problems: Problems;
  /** A value with holes. A key that ends with `?` is left out where its value is null. */
  value(node: SourceNode, spot: Spot): Mapping;
  /** A text with holes that are never null; undefined after E015. */
  text(entry: SourceEntry, spot: Spot): Template | undefined;
  /** A field that is an expression as a whole; undefined after a problem. */
  expression(entry: SourceEntry, spot: Spot, expect?: Expectation): Expression | undefined;
}

/** A compiler of the values of one connector, whose file has this text. */
export function createMapper(file: string, problems: Problems): Mapper {
  return { problems, value: valueOf, text: textIn, expression: expressionIn };

  function valueOf(node: SourceNode, spot: Spot): Mapping {
    switch (node.kind) {
      case "scalar":
        return typeof node.value === "string"
          ? compiled(node, spot, "any")
          : { template: { kind: "literal", value: node.value }, type: typeOfValue(node.value) };
      case "list": {
        const items = node.items.map((item) => valueOf(item, spot));
        const isKnown = items.length > 0 && items.length <= itemTypesMax;
        const type = isKnown ? listOf(unionOf(items.map((item) => item.type))) : types.list;
        return { template: { kind: "list", items: items.map(({ template }) => template) }, type };
      }
      case "map":
        return mapOf(node.entries.map((entry) => [entry.key, valueOf(entry.value, spot)] as const));
    }
  }

  function textIn(entry: SourceEntry, spot: Spot): Template | undefined {
    const { value } = entry;
    if (value.kind !== "scalar" || value.value === null || value.text.trim() === "")
      return reportShape(problems, entry, "a text");
    return compiled(value, spot, "part").template;
  }

  function expressionIn(entry: SourceEntry, spot: Spot, expect: Expectation = "any"): Expression | undefined {
    const { value } = entry;
    if (value.kind !== "scalar" || value.value === null) return reportShape(problems, entry, "an expression");
    const found = compileExpression(value.text, environmentOf(spot), expect);
    report(value, spot, found.problems);
    return found.expression;
  }

  function compiled(scalar: SourceScalar, spot: Spot, expect: Expectation): Mapping {
    if (problems.full) return { template: { kind: "literal", value: scalar.text }, type: types.any };
    const { template, type, problems: found } = compileText(scalar.text, environmentOf(spot), expect);
    report(scalar, spot, found);
    return { template, type };
  }

  function report(scalar: SourceScalar, { field }: Spot, found: readonly ExpressionProblem[]): void {
    if (found.length === 0) return;
    const at = offsetsOf(file, scalar);
    for (const { code, message, hint, ...place } of found)
      problems.report(isCode(code) ? code : "E300", rangeIn(at, place), `${field}: ${message}`, { hint });
  }
}

/** Items of a written list whose types are compared; of a longer one nothing is known. */
const itemTypesMax = 100;

function mapOf(parts: readonly (readonly [string, Mapping])[]): Mapping {
  const fields = new Map<string, Type>();
  const optional: string[] = [];
  for (const [key, { type }] of parts) {
    const name = nameOf(key);
    fields.set(name, name === key ? type : withoutNull(type));
    if (name !== key) optional.push(name);
  }
  return {
    template: { kind: "object", fields: parts.map(([key, { template }]) => [key, template] as const) },
    type: objectOf(fields, { optional }),
  };
}

/** The name that a written key stands for: `priority?` is `priority`, left out where it is null. */
export function nameOf(key: string): string {
  return key.endsWith("?") ? key.slice(0, -1) : key;
}

function environmentOf({ names, secrets }: Spot): Environment {
  return { names, step: () => undefined, stepIds: [], explain: (name, field) => secretRead(secrets, name, field) };
}

/** A secret goes where it signs in and nowhere else: so no answer, receipt or log of a connector can hold one. */
function secretRead(secrets: ReadonlySet<string>, name: string, field: string | undefined): Complaint | undefined {
  if (name !== "settings" || field === undefined || !secrets.has(field)) return undefined;
  return { code: "E070", message: `'${field}' is a secret, which only auth reads`, hint: "use it in http.auth" };
}
