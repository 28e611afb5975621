import type { Schema } from "./plan.ts";
import { createProblems } from "./problems.ts";
import { jsonSchemaOf } from "./schema/json-schema.ts";
import { isJsonSchema, schemaOf } from "./schema/short-form.ts";
import { loadSource } from "./source/load.ts";

/**
 * The type of what a module gives, as its text says: `export const output = { passed: "boolean" }`, in the short form or as JSON Schema.
 *
 * The text is read and never run, so that only a written-out value counts; what is computed says nothing.
 */
export function moduleOutput(text: string): Schema | undefined {
  const start = /^export const output\b[^=\n]*=\s*/m.exec(text);
  const literal = start === null ? undefined : literalAt(text, start.index + start[0].length);
  if (literal === undefined) return undefined;
  // An object or a list of JavaScript that holds values only is a flow map or list of YAML.
  const problems = createProblems(literal);
  const tree = loadSource({ file: "module", text: literal }, problems);
  if (tree === undefined) return undefined;
  // Programs write JSON Schema throughout: inside it nothing is short for anything.
  const schema = tree.kind === "map" && isJsonSchema(tree) ? jsonSchemaOf(tree, problems) : schemaOf(tree, problems);
  return problems.inOrder(() => "").length === 0 ? schema : undefined;
}

/** The text of a literal from its first bracket to the one that closes it, or of one in quotes; undefined where there is none. */
function literalAt(text: string, from: number): string | undefined {
  const word = /^(["'])[^"'\n]*\1/.exec(text.slice(from, from + 100))?.[0];
  if (word !== undefined) return word;
  if (text[from] !== "{" && text[from] !== "[") return undefined;
  let depth = 0;
  for (const { 0: found, index } of text.slice(from).matchAll(tokens)) {
    depth += opening.has(found) ? 1 : closing.has(found) ? -1 : 0;
    if (depth === 0) return text.slice(from, from + index + 1);
  }
  return undefined;
}

/** Brackets, and texts in quotes, whose brackets do not count. */
const tokens = /[{}[\]]|"[^"\n]*"|'[^'\n]*'|`[^`]*`/g;
const opening: ReadonlySet<string> = new Set(["{", "["]);
const closing: ReadonlySet<string> = new Set(["}", "]"]);
