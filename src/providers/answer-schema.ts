import { isJsonObject, type Json } from "../base/json.ts";
import type { Schema } from "../language/plan.ts";

/** How a provider is asked for JSON of a schema, and how its answer is read. */
export interface AnswerSchema {
  readonly schema: Schema;
  /** The provider can be held to it to the letter. */
  readonly strict: boolean;
  /** The text as the schema of the request has it. */
  readonly unwrap: (text: string) => string;
}

/**
 * Providers only take an object at the top: any other value travels as the one field `value` of an object.
 *
 * Where a schema merely does not say that an object has no other fields, it is said for it: what fits the narrower one fits the schema. What
 * cannot be held to the letter (fields that may be missing, `oneOf`, open maps) is sent as it is, and the caller checks the answer.
 */
export function answerSchema(schema: Schema): AnswerSchema {
  const isObject = schema["type"] === "object";
  const whole = isObject ? schema : wrapped(schema);
  const strict = strictForm(whole, depthMax);
  return {
    schema: strict ?? whole,
    strict: strict !== undefined,
    unwrap: isObject ? (text) => text : unwrapped,
  };
}

const depthMax = 32;

function wrapped(schema: Schema): Schema {
  // References are read from the top, so the definitions stay there.
  const { $defs, definitions, ...value } = schema;
  return {
    type: "object",
    properties: { value },
    required: ["value"],
    additionalProperties: false,
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  };
}

function unwrapped(text: string): string {
  try {
    const answer = JSON.parse(text) as Json;
    const isWrapped = isJsonObject(answer) && Object.keys(answer).length === 1 && Object.hasOwn(answer, "value");
    return isWrapped ? JSON.stringify(answer["value"]) : text;
  } catch {
    return text;
  }
}

/** What every provider with a strict mode takes. */
const plainKeywords: ReadonlySet<string> = new Set([
  "type",
  "description",
  "enum",
  "const",
  "$ref",
  "pattern",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
]);

function strictForm(schema: Json | undefined, depthLeft: number): Schema | undefined {
  if (!isJsonObject(schema) || depthLeft === 0) return undefined;
  const strict: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const part = strictPart(keyword, value, depthLeft);
    if (part === undefined) return undefined;
    strict[keyword] = part;
  }
  if (schema["type"] !== "object") return strict;
  const names = Object.keys(isJsonObject(schema["properties"]) ? schema["properties"] : {});
  const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as readonly Json[]) : []);
  return names.length > 0 && names.every((name) => required.has(name))
    ? { ...strict, additionalProperties: false }
    : undefined;
}

function strictPart(keyword: string, value: Json, depthLeft: number): Json | undefined {
  switch (keyword) {
    case "properties":
    case "$defs":
      return strictParts(value, depthLeft);
    case "items":
      return strictForm(value, depthLeft - 1);
    case "anyOf": {
      const forms = Array.isArray(value) ? value.map((each: Json) => strictForm(each, depthLeft - 1)) : [undefined];
      return forms.every((form) => form !== undefined) ? forms : undefined;
    }
    case "additionalProperties":
      return value === false ? false : undefined;
    case "required":
      return value;
    default:
      return plainKeywords.has(keyword) ? value : undefined;
  }
}

function strictParts(value: Json, depthLeft: number): Json | undefined {
  if (!isJsonObject(value)) return undefined;
  const forms: [string, Json][] = [];
  for (const [name, part] of Object.entries(value)) {
    const form = strictForm(part, depthLeft - 1);
    if (form === undefined) return undefined;
    forms.push([name, form]);
  }
  return Object.fromEntries(forms);
}
