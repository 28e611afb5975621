import { describeOne, expectTruth, fieldOfKind, hinted, rejectNull, type Checker } from "./checker.ts";
import type { Syntax } from "./syntax.ts";
import { describeType, mayBeNull, partsOf, withoutNull, type Type } from "./type.ts";

/**
 * What the place of an expression asks of its value.
 *
 * `condition`: true/false. `list`: the items of a for_each. `text`: a key, text or number. `stage`: a name or null. `part`: a piece of a
 * longer text, anything but null.
 */
export type Expectation = "condition" | "list" | "text" | "stage" | "part" | "any";

/** Reports a value that does not fit its place. */
export function checkExpectation(checker: Checker, syntax: Syntax, type: Type, expect: Expectation): void {
  switch (expect) {
    case "condition":
      return expectTruth(checker, syntax, type);
    case "list":
      return expectList(checker, syntax, type);
    case "text":
      return expectKey(checker, syntax, type);
    case "stage":
      return expectStage(checker, syntax, type);
    case "part":
      rejectNull(checker, syntax, type);
      return;
    case "any":
      return;
  }
}

function mayBe(type: Type, ...kinds: readonly Type["kind"][]): boolean {
  return partsOf(type).some((part) => part.kind === "any" || kinds.includes(part.kind));
}

function expectList(checker: Checker, syntax: Syntax, type: Type): void {
  const source = checker.source(syntax);
  if (!mayBe(type, "list")) {
    const message = `for_each needs a list, but '${source}' is ${describeType(withoutNull(type))}`;
    checker.report(syntax, { code: "E307", message, ...hinted(listHint(source, withoutNull(type))) });
    return;
  }
  if (!mayBeNull(type)) return;
  const text = `default(${source}, [])`;
  const message = `for_each needs a list, but '${source}' may be null`;
  checker.report(
    syntax,
    { code: "E307", message, hint: `write ${text}` },
    { start: syntax.start, end: syntax.end, text },
  );
}

function listHint(source: string, type: Type): string | undefined {
  if (type.kind === "text") return `write split(${source}, ",")`;
  if (type.kind !== "object") return undefined;
  const field = fieldOfKind(type, ["list"]);
  return field === undefined ? `write keys(${source}) or values(${source})` : `choose a list in it: ${source}.${field}`;
}

function expectKey(checker: Checker, syntax: Syntax, type: Type): void {
  const plain = rejectNull(checker, syntax, type);
  if (mayBe(plain, "text", "number")) return;
  const source = checker.source(syntax);
  const field = fieldOfKind(plain, ["text", "number"]);
  const hint = field === undefined ? undefined : `choose a field: ${source}.${field}`;
  checker.report(syntax, {
    code: "E303",
    message: `'${source}' is ${describeType(plain)}, not text or a number`,
    ...hinted(hint),
  });
}

function expectStage(checker: Checker, syntax: Syntax, type: Type): void {
  if (mayBe(type, "text", "null")) return;
  const message = `${checker.source(syntax)} is ${describeOne(type)}; the next stage is named by a text`;
  checker.report(syntax, { code: "E303", message });
}
