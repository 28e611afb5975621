import type { JsonObject } from "../../base/json.ts";
import { jsonTypes, type KeywordKind, schemaKeywords, shortTypes } from "../schema/keywords.ts";

const type: JsonObject = { $ref: "#/definitions/type" };
const typeName: JsonObject = { enum: [...jsonTypes, "any"] };

/** What each kind of keyword of JSON Schema holds where a type is written. */
const keywordForms: Readonly<Record<KeywordKind, JsonObject>> = {
  any: {},
  boolean: { type: "boolean" },
  count: { type: "integer", minimum: 0 },
  list: { type: "array", minItems: 1 },
  names: { type: "array", items: { type: "string" } },
  number: { type: "number" },
  pattern: { type: "string" },
  ref: { type: "string", pattern: "^#" },
  schema: type,
  "schema or boolean": { anyOf: [{ type: "boolean" }, type] },
  "schema map": { type: "object", additionalProperties: type },
  schemas: { type: "array", items: type, minItems: 1 },
  text: { type: "string" },
  type: { anyOf: [typeName, { type: "array", items: typeName, minItems: 1 }] },
};

/** The definitions that types are made of: the short form, and JSON Schema with the keywords that types may use. */
export function typeDefinitions(): JsonObject {
  return {
    type: {
      anyOf: [
        { enum: shortTypes, description: "The type of a value." },
        { type: "array", items: type, minItems: 1, maxItems: 1, description: "A list of values of this type." },
        { $ref: "#/definitions/types" },
      ],
    },
    types: { anyOf: [{ $ref: "#/definitions/fields" }, { $ref: "#/definitions/jsonSchema" }] },
    fields: {
      type: "object",
      description: "Fields and their types; a ? behind a name makes the field optional.",
      additionalProperties: type,
    },
    jsonSchema: {
      type: "object",
      description: "JSON Schema.",
      properties: Object.fromEntries(Array.from(schemaKeywords, ([keyword, kind]) => [keyword, keywordForms[kind]])),
      additionalProperties: false,
    },
  };
}
