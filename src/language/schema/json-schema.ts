import type { Schema } from "../plan.ts";
import type { Problems } from "../problems.ts";
import { kindOf, type SourceEntry, type SourceNode, toJson } from "../source/tree.ts";
import { checkKeyword } from "./check-keyword.ts";
import { type KeywordKind, schemaKeywords } from "./keywords.ts";
import { checkRefs } from "./short-form.ts";

/** A type that is written as JSON Schema and nothing else, as programs write it (E018 where it is not). */
export function jsonSchemaOf(node: SourceNode, problems: Problems): Schema {
  const known = problems.errors;
  checkSchema(node, problems);
  if (problems.errors > known) return {};
  const schema = toJson(node) as Schema;
  checkRefs(node, schema, problems);
  return schema;
}

function checkSchema(node: SourceNode, problems: Problems): void {
  if (node.kind !== "map") {
    problems.report("E018", node.range, `a type is JSON Schema here, not ${kindOf(node)}`, {
      hint: 'write {"type": "string"}',
    });
    return;
  }
  for (const entry of node.entries) checkEntry(entry, problems);
}

function checkEntry(entry: SourceEntry, problems: Problems): void {
  const { key, keyRange, value } = entry;
  const kind = schemaKeywords.get(key);
  if (kind === undefined) {
    const meant = problems.closest(key, schemaKeywords.keys());
    problems.report("E018", keyRange, `'${key}' is not a keyword of JSON Schema that types may use`, {
      hint: meant === undefined ? "fields go under properties" : `did you mean '${meant}'?`,
    });
    return;
  }
  if (!checkKeyword(entry, kind, problems)) return;
  for (const part of schemasIn(kind, value)) checkSchema(part, problems);
}

function schemasIn(kind: KeywordKind, value: SourceNode): readonly SourceNode[] {
  switch (kind) {
    case "schema":
      return [value];
    case "schema or boolean":
      return value.kind === "scalar" ? [] : [value];
    case "schemas":
      return value.kind === "list" ? value.items : [];
    case "schema map":
      return value.kind === "map" ? value.entries.map((entry) => entry.value) : [];
    default:
      return [];
  }
}
