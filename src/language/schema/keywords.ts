/** What a JSON Schema keyword holds. */
export type KeywordKind =
  | "any"
  | "boolean"
  | "count"
  | "list"
  | "names"
  | "number"
  | "pattern"
  | "ref"
  | "schema"
  | "schema or boolean"
  | "schema map"
  | "schemas"
  | "text"
  | "type";

/** The keywords of JSON Schema 2020-12 that types may use. What is not here is refused by name, so that no rule is silently without effect. */
export const schemaKeywords: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ["$ref", "ref"],
  ["$defs", "schema map"],
  ["type", "type"],
  ["enum", "list"],
  ["const", "any"],
  ["properties", "schema map"],
  ["required", "names"],
  ["additionalProperties", "schema or boolean"],
  ["propertyNames", "schema"],
  ["minProperties", "count"],
  ["maxProperties", "count"],
  ["items", "schema"],
  ["prefixItems", "schemas"],
  ["contains", "schema"],
  ["minItems", "count"],
  ["maxItems", "count"],
  ["uniqueItems", "boolean"],
  ["minLength", "count"],
  ["maxLength", "count"],
  ["pattern", "pattern"],
  ["minimum", "number"],
  ["maximum", "number"],
  ["exclusiveMinimum", "number"],
  ["exclusiveMaximum", "number"],
  ["multipleOf", "number"],
  ["anyOf", "schemas"],
  ["oneOf", "schemas"],
  ["allOf", "schemas"],
  ["not", "schema"],
  ["title", "text"],
  ["description", "text"],
  ["format", "text"],
  ["default", "any"],
  ["examples", "list"],
  ["deprecated", "boolean"],
  ["$comment", "text"],
]);

/** Names of types in JSON Schema. */
export const jsonTypes: readonly string[] = ["string", "number", "integer", "boolean", "object", "array", "null"];

/** Names of types in the short form; `any` allows everything. */
export const shortTypes: readonly string[] = ["string", "number", "integer", "boolean", "object", "any"];

/** What people write for a type that has another name here. */
export const typeSynonyms: ReadonlyMap<string, string> = new Map([
  ["text", "string"],
  ["str", "string"],
  ["date", "string"],
  ["int", "integer"],
  ["long", "integer"],
  ["float", "number"],
  ["double", "number"],
  ["decimal", "number"],
  ["bool", "boolean"],
  ["map", "object"],
  ["dict", "object"],
  ["record", "object"],
  ["json", "any"],
  ["unknown", "any"],
  ["array", "[string]"],
  ["list", "[string]"],
]);
