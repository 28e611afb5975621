import { type Checker, type Typed, unknown } from "./checker.ts";
import { pathOf } from "./narrow.ts";
import type { Syntax, SyntaxOf } from "./syntax.ts";

/** True for the name `docs` where a place has documents and nothing else is called so. */
export function isDocuments(checker: Checker, syntax: Syntax): boolean {
  const { variables, environment } = checker;
  return (
    syntax.kind === "name" &&
    syntax.name === "docs" &&
    environment.document !== undefined &&
    !variables.some(([name]) => name === "docs")
  );
}

/** E303 for `docs` without the document that is meant: who waits for whom could not be told. */
export function reportDocuments(checker: Checker, syntax: SyntaxOf<"name">): Typed {
  checker.report(syntax, {
    code: "E303",
    message: "'docs' holds the documents; it is not a value",
    hint: "write docs.<document>",
  });
  return unknown;
}

/** `docs.<document>`, which reads every step that may have given it. */
export function checkDocument(checker: Checker, syntax: SyntaxOf<"member">): Typed {
  const { field, fieldStart, start, end } = syntax;
  const found = checker.environment.document?.(field);
  if (found === undefined) return unknown;
  if ("complaint" in found) {
    const near = /^did you mean '([A-Za-z_]\w*)'\?$/.exec(found.complaint.hint ?? "")?.[1];
    const at = { start: fieldStart, end };
    checker.report(at, found.complaint, near === undefined ? undefined : { ...at, text: near });
    return unknown;
  }
  const path = pathOf(syntax);
  // When one of several steps gives it, nothing is said about the others that may be skipped.
  const isGuarded = checker.guarded || found.steps.length > 1 || (path !== undefined && checker.facts.has(path));
  for (const step of found.steps)
    checker.read({ step, field: "output", document: found.name, start, end, guarded: isGuarded });
  return { node: { kind: "member", of: { kind: "name", name: "docs" }, field: found.name }, type: found.type };
}
