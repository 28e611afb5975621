import { compilePattern } from "../expression/pattern.ts";
import type { Problems } from "../problems.ts";
import { kindOf, type SourceEntry, type SourceNode } from "../source/tree.ts";
import { jsonTypes, type KeywordKind, typeSynonyms } from "./keywords.ts";

/** True when a keyword holds what it must; reports E018 or E306 otherwise. */
export function checkKeyword(entry: SourceEntry, kind: KeywordKind, problems: Problems): boolean {
  if (kind === "type") return checkType(entry.value, problems);
  if (kind === "pattern") return checkPattern(entry, problems);

  const rule = rules[kind];
  if (rule === undefined || rule.holds(entry.value)) return true;
  const found = kind === "list" && entry.value.kind === "list" ? `of ${entry.value.items.length}` : kindOf(entry.value);
  problems.report("E018", entry.value.range, `'${entry.key}' is ${rule.words}, not ${found}`);
  return false;
}

/** Values of an enum: each is compared with each other wherever types meet. */
const valuesMax = 1000;

const rules: Readonly<
  Partial<Record<KeywordKind, { readonly words: string; readonly holds: (node: SourceNode) => boolean }>>
> = {
  boolean: { words: "true or false", holds: (node) => isScalar(node, "boolean") },
  count: {
    words: "a whole number from 0",
    holds: (node) => node.kind === "scalar" && Number.isSafeInteger(node.value) && Number(node.value) >= 0,
  },
  list: {
    words: `a list of 1 to ${valuesMax} values`,
    holds: (node) => node.kind === "list" && node.items.length > 0 && node.items.length <= valuesMax,
  },
  names: {
    words: "a list of field names",
    holds: (node) => node.kind === "list" && node.items.every((item) => isScalar(item, "string")),
  },
  number: { words: "a number", holds: (node) => isScalar(node, "number") },
  ref: { words: "a place in the same type", holds: (node) => isScalar(node, "string") },
  "schema map": { words: "a map of types", holds: (node) => node.kind === "map" },
  schemas: { words: "a list of types", holds: (node) => node.kind === "list" && node.items.length > 0 },
  text: { words: "a text", holds: (node) => isScalar(node, "string") },
};

function checkType(node: SourceNode, problems: Problems): boolean {
  const names = node.kind === "list" ? node.items : [node];
  const wrong = names.find((name) => name.kind !== "scalar" || (!jsonTypes.includes(name.text) && name.text !== "any"));
  if (wrong === undefined) return true;
  const text = wrong.kind === "scalar" ? wrong.text : kindOf(wrong);
  const meant = typeSynonyms.get(text.toLowerCase()) ?? problems.closest(text, jsonTypes);
  problems.report("E018", wrong.range, `'${text}' is not a type`, {
    hint: meant === undefined ? `types of JSON Schema: ${jsonTypes.join(", ")}` : `write ${meant}`,
  });
  return false;
}

function checkPattern({ value }: SourceEntry, problems: Problems): boolean {
  if (!isScalar(value, "string")) {
    problems.report("E018", value.range, `'pattern' is a regular expression, not ${kindOf(value)}`);
    return false;
  }
  const problem = compilePattern(value.kind === "scalar" ? value.text : "");
  if (typeof problem !== "string") return true;
  problems.report("E306", value.range, problem, { hint: "patterns follow RE2: no look-ahead and no back-references" });
  return false;
}

function isScalar(node: SourceNode, type: "boolean" | "number" | "string"): boolean {
  return node.kind === "scalar" && typeof node.value === type;
}
