import type { Json } from "../../base/json.ts";
import type { Schema } from "../plan.ts";
import type { Problems } from "../problems.ts";
import {
  entryOf,
  kindOf,
  type SourceEntry,
  type SourceList,
  type SourceMap,
  type SourceNode,
  toJson,
} from "../source/tree.ts";
import { checkKeyword } from "./check-keyword.ts";
import { misfit } from "./fits.ts";
import { jsonTypes, schemaKeywords, shortTypes, typeSynonyms } from "./keywords.ts";

/** The JSON Schema that a type stands for, whether it is written as JSON Schema or in the short form (E018 where it is neither). */
export function schemaOf(node: SourceNode, problems: Problems): Schema {
  const schema = longForm(node, problems);
  checkRefs(node, schema, problems);
  return schema;
}

/** The schema of `inputs`, an object whose fields are written as types. What it does not name is refused. */
export function schemaOfFields(map: SourceMap, problems: Problems): Schema {
  const schema = { ...fieldsForm(map, problems), additionalProperties: false };
  checkRefs(map, schema, problems);
  return schema;
}

/**
 * True when a map is JSON Schema: its `type` is a type's name and it has another keyword, or it has `$ref`, `anyOf`, `oneOf` or a list as `enum`.
 * `{type: null}` is JSON Schema by itself, as it stands in many an `anyOf`: no field has that type.
 */
export function isJsonSchema(map: SourceMap): boolean {
  if (["$ref", "anyOf", "oneOf"].some((key) => entryOf(map, key) !== undefined)) return true;
  if (entryOf(map, "enum")?.value.kind === "list" && map.entries.every(({ key }) => schemaKeywords.has(key)))
    return true;
  const type = entryOf(map, "type")?.value;
  if (type === undefined || !isTypeName(type)) return false;
  if (type.kind === "scalar" && type.text === "null") return true;
  // No field has the type `array` or `null`: in the short form they are written otherwise.
  const isCertain = type.kind === "scalar" && !shortTypes.includes(type.text);
  return map.entries.some(({ key }) => key !== "type" && (isCertain || schemaKeywords.has(key)));
}

function isTypeName(node: SourceNode): boolean {
  if (node.kind === "list") return node.items.length > 0 && node.items.every(isTypeName);
  return node.kind === "scalar" && (jsonTypes.includes(node.text) || node.text === "any");
}

function longForm(node: SourceNode, problems: Problems): Schema {
  switch (node.kind) {
    case "scalar":
      return namedType(node, problems);
    case "list":
      return listType(node, problems);
    case "map":
      return isJsonSchema(node) ? jsonSchema(node, problems) : fieldsForm(node, problems);
  }
}

function namedType(node: Extract<SourceNode, { kind: "scalar" }>, problems: Problems): Schema {
  if (typeof node.value === "string" && shortTypes.includes(node.value))
    return node.value === "any" ? {} : { type: node.value };
  if (node.value === null && node.style === "plain") {
    problems.report("E018", node.range, "this type is empty", {
      hint: `write one of: ${shortTypes.join(", ")}, [T] or {field: T}`,
    });
    return {};
  }
  const meant = typeSynonyms.get(node.text.toLowerCase()) ?? problems.closest(node.text, shortTypes);
  problems.report("E018", node.range, `'${node.text}' is not a type`, {
    hint: meant === undefined ? `types: ${shortTypes.join(", ")}, [T], {field: T}` : `write ${meant}`,
  });
  return {};
}

function listType(list: SourceList, problems: Problems): Schema {
  const [item, second] = list.items;
  if (item === undefined || second !== undefined) {
    problems.report("E018", list.range, `a list type names one type of item, not ${list.items.length}`, {
      hint: "write [string]; for some values only: {enum: [a, b]}",
    });
    return { type: "array" };
  }
  return { type: "array", items: longForm(item, problems) };
}

function fieldsForm(map: SourceMap, problems: Problems): Schema {
  warnOfLoneType(map, problems);
  const properties = new Map<string, Json>();
  const required: string[] = [];
  for (const { key, keyRange, value } of map.entries) {
    const isOptional = key.endsWith("?");
    const name = isOptional ? key.slice(0, -1) : key;
    if (properties.has(name)) {
      problems.report("E018", keyRange, `field '${name}' is written twice, with and without ?`);
      continue;
    }
    const schema = longForm(value, problems);
    properties.set(name, schema);
    // A default is filled in before the value is used: whoever reads the field finds it.
    if (!isOptional || schema["default"] !== undefined) required.push(name);
  }
  return { type: "object", properties: Object.fromEntries(properties), required };
}

function warnOfLoneType(map: SourceMap, problems: Problems): void {
  const type = entryOf(map, "type");
  if (type === undefined || map.entries.length > 1 || !isTypeName(type.value)) return;
  const written = type.value.kind === "scalar" ? type.value.text : "any";
  problems.report("E018", type.keyRange, "this is an object with one field called 'type'", {
    severity: "warning",
    hint: `if the value itself is meant, write ${written === "array" ? "[any]" : written} without { }`,
  });
}

function jsonSchema(map: SourceMap, problems: Problems): Schema {
  const schema = Object.fromEntries(
    map.entries.flatMap((entry): [string, Json][] => {
      const kind = schemaKeywords.get(entry.key);
      if (kind === undefined) {
        const meant = problems.closest(entry.key, schemaKeywords.keys());
        problems.report("E018", entry.keyRange, `'${entry.key}' is not a keyword of JSON Schema that types may use`, {
          hint: meant === undefined ? "fields go under properties:" : `did you mean '${meant}'?`,
        });
        return [];
      }
      if (!checkKeyword(entry, kind, problems)) return [];
      if (kind === "type" && namesIn(entry.value).includes("any")) return [];
      return [[entry.key, keywordValue(entry, problems)]];
    }),
  );
  const wrong = entryOf(map, "default");
  const misfits = schema["default"] === undefined ? undefined : misfit(schema, schema["default"]);
  if (wrong !== undefined && misfits !== undefined)
    problems.report("E018", wrong.value.range, `this default does not fit its type: ${misfits}`);
  return schema;
}

function keywordValue({ key, value }: SourceEntry, problems: Problems): Json {
  switch (schemaKeywords.get(key)) {
    case "schema":
      return longForm(value, problems);
    case "schema or boolean":
      return value.kind === "scalar" && typeof value.value === "boolean" ? value.value : longForm(value, problems);
    case "schemas":
      return value.kind === "list" ? value.items.map((item) => longForm(item, problems)) : [];
    case "schema map":
      return value.kind === "map"
        ? Object.fromEntries(value.entries.map((entry) => [entry.key, longForm(entry.value, problems)]))
        : {};
    case "type":
      return value.kind === "list" ? namesIn(value) : (namesIn(value)[0] ?? "any");
    default:
      return toJson(value);
  }
}

/** The names of a type as they are written: YAML reads an unquoted null as a value, but here it is a name. */
function namesIn(node: SourceNode): readonly string[] {
  const names = node.kind === "list" ? node.items : [node];
  return names.flatMap((name) => (name.kind === "scalar" ? [name.text] : []));
}

/** E018 for every `$ref` that leads nowhere. */
export function checkRefs(node: SourceNode, root: Schema, problems: Problems): void {
  if (node.kind === "list") for (const item of node.items) checkRefs(item, root, problems);
  if (node.kind !== "map") return;
  for (const { key, value } of node.entries) {
    if (key !== "$ref" || value.kind !== "scalar") checkRefs(value, root, problems);
    else if (resolvePointer(root, value.text) === undefined) {
      problems.report(
        "E018",
        value.range,
        `'${value.text}' does not exist in this ${kindOf(node) === "a map" ? "type" : "value"}`,
        {
          hint: "a $ref names a place in the same type: #/$defs/name",
        },
      );
    }
  }
}

/** What a local JSON pointer such as `#/$defs/epic` names in a schema. */
function resolvePointer(root: Schema, pointer: string): Schema | undefined {
  if (pointer !== "#" && !pointer.startsWith("#/")) return undefined;
  let here: Json | undefined = root;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Readonly<Record<string, Json>>)[name];
  }
  return typeof here === "object" && here !== null && !Array.isArray(here) ? (here as Schema) : undefined;
}
