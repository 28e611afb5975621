import type { Syntax } from "./syntax.ts";

/** A read as a text, `inputs.note`, so that the same read is known again; undefined for anything that is computed. */
export function pathOf(syntax: Syntax): string | undefined {
  switch (syntax.kind) {
    case "name":
      return syntax.name;
    case "member": {
      const of = pathOf(syntax.of);
      const field = syntax.field === "result" && syntax.of.kind === "name" ? "output" : syntax.field;
      return of === undefined ? undefined : `${of}.${field}`;
    }
    case "index": {
      const of = pathOf(syntax.of);
      if (of === undefined || syntax.at.kind !== "literal") return undefined;
      const { value } = syntax.at;
      return typeof value === "string" && /^[A-Za-z_]\w*$/.test(value)
        ? `${of}.${value}`
        : `${of}[${JSON.stringify(value)}]`;
    }
    default:
      return undefined;
  }
}

/** The fact that a field is there, which does not say that it is not null. */
export function presenceOf(path: string): string {
  return `${path}?`;
}

/** Everything that is certainly not null when this condition is `truth`, as paths, and the fields that are certainly there. */
export function factsWhen(syntax: Syntax, truth: boolean): readonly string[] {
  switch (syntax.kind) {
    case "not":
      return factsWhen(syntax.of, !truth);
    case "binary":
      return factsOfBinary(syntax, truth);
    case "call":
      return truth && syntax.name === "has" && syntax.args[0] !== undefined ? factsOfHas(syntax.args[0]) : [];
    case "name":
    case "member":
    case "index":
      // Null is neither: a condition that is null fails.
      return withPrefixes(syntax);
    default:
      return [];
  }
}

function factsOfHas(syntax: Syntax): readonly string[] {
  const path = pathOf(syntax);
  return path === undefined || syntax.kind !== "member" ? [] : [presenceOf(path), ...withPrefixes(syntax.of)];
}

function factsOfBinary(syntax: Syntax & { kind: "binary" }, truth: boolean): readonly string[] {
  const { operator, left, right } = syntax;
  if (operator === (truth ? "&&" : "||")) return [...factsWhen(left, truth), ...factsWhen(right, truth)];
  if (operator !== "==" && operator !== "!=") return [];

  const [literal, other] = left.kind === "literal" ? [left, right] : [right, left];
  if (literal.kind !== "literal") return [];
  const equal = (operator === "==") === truth;
  const isNull = literal.value === null;
  if (isNull === equal) return [];
  if (isNull) return withPrefixes(other);
  return [...withPrefixes(other), ...outputsOf(other, literal.value)];
}

// A step that has succeeded was not skipped, so that its output is there.
function outputsOf(syntax: Syntax, value: unknown): readonly string[] {
  if (syntax.kind !== "member" || syntax.field !== "status" || syntax.of.kind !== "name") return [];
  return value === "succeeded" ? [`${syntax.of.name}.output`, `${syntax.of.name}.receipt`] : [];
}

// When `a.b` is there, so is `a`.
function withPrefixes(syntax: Syntax): readonly string[] {
  const path = pathOf(syntax);
  if (path === undefined) return [];
  const of = syntax.kind === "member" || syntax.kind === "index" ? withPrefixes(syntax.of) : [];
  return [path, ...of];
}
