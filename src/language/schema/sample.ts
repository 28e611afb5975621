import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { Schema } from "../plan.ts";

/** How large a sample grows at most, whatever its schema asks for. */
const nodesMax = 2000;
const depthMax = 16;
const itemsMax = 10;
const charsMax = 1000;

/**
 * A value that fits a schema, as far as a sample can: always the same one. What the schema says itself comes first (`const`, `default`, `examples`,
 * `enum`), then the plainest value of its type; a list has one item. A pattern is not read.
 */
export function sampleOf(schema: Schema): Json {
  return sampleAt({ root: schema, nodesLeft: nodesMax }, schema, 0);
}

interface Making {
  readonly root: Schema;
  nodesLeft: number;
}

function sampleAt(making: Making, given: Json | undefined, depth: number): Json {
  making.nodesLeft -= 1;
  if (!isJsonObject(given) || depth > depthMax || making.nodesLeft < 0) return null;

  const schema = merged(making, given, depth);
  const said = saidBy(schema);
  if (said !== undefined) return said;
  switch (typeOf(schema)) {
    case "object":
      return objectSample(making, schema, depth);
    case "array":
      return listSample(making, schema, depth);
    case "string":
      return textSample(schema);
    case "integer":
    case "number":
      return numberSample(schema);
    case "boolean":
      return true;
    default:
      return null;
  }
}

/** The schema with the first of its choices, all that it is made of, and what it refers to. */
function merged(making: Making, schema: JsonObject, depth: number): JsonObject {
  const others = [schema["anyOf"], schema["oneOf"]].flatMap((list) => (Array.isArray(list) ? list.slice(0, 1) : []));
  const all = Array.isArray(schema["allOf"]) ? schema["allOf"].slice(0, itemsMax) : [];
  const named = typeof schema["$ref"] === "string" ? [referred(making.root, schema["$ref"])] : [];
  const parts = [...named, ...all, ...others].filter((part) => isJsonObject(part));
  if (parts.length === 0 || depth > depthMax || making.nodesLeft < 0) return schema;

  making.nodesLeft -= parts.length;
  const { $ref: _ref, allOf: _all, anyOf: _any, oneOf: _one, ...own } = schema;
  const made: Record<string, Json> = {};
  for (const part of [...parts.map((each) => merged(making, each, depth + 1)), own]) {
    const properties = { ...fieldsOf(made["properties"]), ...fieldsOf(part["properties"]) };
    const required = [...namesIn(made["required"]), ...namesIn(part["required"])];
    Object.assign(made, part, Object.keys(properties).length > 0 && { properties }, required.length > 0 && { required });
  }
  return made;
}

/** What a reference within the schema means: `#/$defs/city`. */
function referred(root: Schema, reference: string): Json | undefined {
  if (!reference.startsWith("#")) return undefined;
  let here: Json | undefined = root;
  for (const part of reference.split("/").slice(1, depthMax)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    here = isJsonObject(here) && Object.hasOwn(here, name) ? here[name] : undefined;
  }
  return here;
}

/** The value that a schema itself names. */
function saidBy(schema: JsonObject): Json | undefined {
  for (const key of ["const", "default"]) if (schema[key] !== undefined) return schema[key];
  for (const key of ["examples", "enum"]) {
    const list = schema[key];
    if (Array.isArray(list) && list.length > 0) return list[0] as Json;
  }
  return undefined;
}

function typeOf(schema: JsonObject): Json | undefined {
  const { type } = schema;
  if (Array.isArray(type)) return (type as readonly Json[]).find((each) => each !== "null");
  if (type !== undefined) return type;
  if (schema["properties"] !== undefined) return "object";
  return schema["items"] === undefined ? undefined : "array";
}

function objectSample(making: Making, schema: JsonObject, depth: number): Json {
  const properties = fieldsOf(schema["properties"]);
  const names = new Set([...Object.keys(properties), ...namesIn(schema["required"])]);
  return Object.fromEntries(
    Array.from(names)
      .slice(0, nodesMax)
      .map((name) => [name, sampleAt(making, properties[name], depth + 1)]),
  );
}

function listSample(making: Making, schema: JsonObject, depth: number): Json {
  const first = Array.isArray(schema["prefixItems"]) ? (schema["prefixItems"] as readonly Json[]) : [];
  const most = Math.min(itemsMax, numberIn(schema, "maxItems") ?? itemsMax);
  const size = Math.min(most, Math.max(numberIn(schema, "minItems") ?? 1, first.length));
  return Array.from({ length: size }, (_, index) => sampleAt(making, first[index] ?? schema["items"], depth + 1));
}

const formats: Readonly<Record<string, string>> = {
  "date-time": "2030-01-31T09:00:00Z",
  date: "2030-01-31",
  time: "09:00:00Z",
  duration: "PT1H",
  email: "someone@example.com",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

function textSample(schema: JsonObject): string {
  const { format } = schema;
  const text = (typeof format === "string" && Object.hasOwn(formats, format) ? formats[format] : undefined) ?? "sample";
  const least = Math.min(charsMax, numberIn(schema, "minLength") ?? 0);
  return text.padEnd(least, "x").slice(0, Math.min(charsMax, numberIn(schema, "maxLength") ?? charsMax));
}

/** The number nearest to 1 that is allowed. */
function numberSample(schema: JsonObject): number {
  const step = numberIn(schema, "multipleOf") ?? (typeOf(schema) === "integer" ? 1 : 0);
  const above = numberIn(schema, "exclusiveMinimum");
  const below = numberIn(schema, "exclusiveMaximum");
  const least = Math.max(numberIn(schema, "minimum") ?? -Infinity, above === undefined ? -Infinity : above + (step || 1));
  const most = Math.min(numberIn(schema, "maximum") ?? Infinity, below === undefined ? Infinity : below - (step || 1));
  const near = Math.min(most, Math.max(least, 1));
  if (step <= 0) return near;
  return near === most ? Math.floor(near / step) * step : Math.ceil(near / step) * step;
}

function numberIn(schema: JsonObject, key: string): number | undefined {
  const value = schema[key];
  return typeof value === "number" ? value : undefined;
}

function fieldsOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function namesIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((each) => typeof each === "string") : [];
}
