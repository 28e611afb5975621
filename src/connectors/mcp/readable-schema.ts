import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { type KeywordKind, schemaKeywords } from "../../language/schema/keywords.ts";

/**
 * A schema of a server with the keywords that types may use. What is left out only widens it, and the server checks its arguments anyway.
 *
 * Its `definitions`, as older drafts call them, become `$defs`.
 */
export function readableSchema(schema: JsonObject): JsonObject {
  const { definitions, ...rest } = schema;
  const whole = definitions === undefined ? rest : { ...rest, $defs: definitions };
  return Object.fromEntries(
    Object.entries(whole).flatMap(([key, value]) => {
      const kind = schemaKeywords.get(key);
      return kind === undefined ? [] : [[key, readablePart(kind, value)] as const];
    }),
  );
}

function readablePart(kind: KeywordKind, value: Json): Json {
  if (kind === "ref" && typeof value === "string") return value.replace(/^#\/definitions\//, "#/$defs/");
  if (kind === "schemas" && Array.isArray(value)) return value.map((each: Json) => readable(each));
  if (kind === "schema map" && isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readable(each)]));
  return kind === "schema" || kind === "schema or boolean" ? readable(value) : value;
}

function readable(value: Json): Json {
  return isJsonObject(value) ? readableSchema(value) : value;
}
