import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { RunwrightError } from "../../base/error.ts";
import { canonicalJson, isJsonObject, type Json } from "../../base/json.ts";
import { compilePattern } from "../expression/pattern.ts";
import type { Schema } from "../plan.ts";

/** Where in a value (`` for the whole, `cities[2].name`) and in what way it does not fit its schema. */
export interface ValueProblem {
  readonly path: string;
  readonly message: string;
}

const problemsMax = 20;

// Validators hang on the schema they were made of: a Plan that is dropped takes its validators along.
const validators = new WeakMap<Schema, ValidateFunction>();
let made: Ajv2020 | undefined;

/** How a value breaks its schema, at most the first 20 ways; empty when it fits. */
export function validateValue(schema: Schema, value: Json): readonly ValueProblem[] {
  if (Object.keys(schema).length === 0) return [];

  let validate = validators.get(schema);
  if (validate === undefined) {
    made ??= createAjv();
    validate = made.compile(schema);
    // The package keeps every schema it ever saw; ours is kept by the map above.
    made.removeSchema(schema);
    validators.set(schema, validate);
  }
  if (validate(value)) return [];
  return problemsOf(validate.errors ?? [], value);
}

function createAjv(): Ajv2020 {
  const regExp = Object.assign((pattern: string) => matcherOf(pattern), { code: "undefined" });
  // Types were checked when the workflow was; strict mode would only repeat that, in other words.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    validateFormats: false,
    validateSchema: false,
    code: { regExp },
    logger: false,
  });
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({ keyword: "uniqueItems", type: "array", schemaType: "boolean", errors: false, validate: isUnique });
  return ajv;
}

/** The package compares every item with every other; a set keeps a large list from stopping the engine. */
function isUnique(wanted: boolean, items: readonly Json[]): boolean {
  return !wanted || new Set(items.map(canonicalJson)).size === items.length;
}

/** A pattern on RE2: its time is linear in the text, whatever the pattern. */
function matcherOf(pattern: string): { readonly test: (text: string) => boolean; readonly toString: () => string } {
  const compiled = compilePattern(pattern);
  if (typeof compiled === "string") throw new RunwrightError("workflow.invalid", `A type cannot be used: ${compiled}.`);
  // The package tells patterns apart by their text: without it the first of a schema would stand for all of them.
  return { test: (text) => compiled.test(text), toString: () => pattern };
}

function problemsOf(errors: readonly ErrorObject[], value: Json): readonly ValueProblem[] {
  // Of a choice that fits in no form, the forms' own complaints say less than the choice itself.
  const own = errors.filter((error) => !/\/(?:anyOf|oneOf)\/\d+\//.test(error.schemaPath));
  return (own.length > 0 ? own : errors).slice(0, problemsMax).map((error) => {
    const path = pathOf(error.instancePath, value);
    const field = fieldOf(error);
    return { path: field === undefined ? path : join(path, field), message: messageOf(error) };
  });
}

/** The field that an error is about when it is not the value itself. */
function fieldOf(error: ErrorObject): string | undefined {
  const params = error.params as Readonly<Record<string, unknown>>;
  const field =
    params["missingProperty"] ??
    params["additionalProperty"] ??
    (error.keyword === "propertyNames" ? params["propertyName"] : undefined);
  return typeof field === "string" ? field : undefined;
}

function messageOf(error: ErrorObject): string {
  switch (error.keyword) {
    case "type":
      return `expected ${typeWords(error.schema)}, got ${wordOf(error.data)}`;
    case "required":
      return "is missing";
    case "additionalProperties":
      return unknownField(error.parentSchema);
    case "enum":
      return `is not one of ${(error.schema as readonly Json[]).map((one) => JSON.stringify(one)).join(", ")}`;
    case "const":
      return `is not ${JSON.stringify(error.schema)}`;
    case "pattern":
      return `does not match ${String(error.schema)}`;
    case "uniqueItems":
      return "holds an item twice";
    case "anyOf":
    case "oneOf":
      return error.keyword === "oneOf" && Array.isArray(error.params["passingSchemas"])
        ? "fits more than one of the allowed forms"
        : "fits none of the allowed forms";
    case "propertyNames":
      return "is not an allowed field name";
    default:
      return error.message ?? `breaks '${error.keyword}'`;
  }
}

function unknownField(parent: unknown): string {
  const properties = isJsonObject(parent) ? parent["properties"] : undefined;
  const known = isJsonObject(properties) ? Object.keys(properties) : [];
  return known.length === 0
    ? "is unknown; no fields are expected here"
    : `is unknown; known: ${known.slice(0, 12).join(", ")}`;
}

const words: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true/false",
  object: "an object",
  array: "a list",
  null: "null",
};

function typeWords(type: unknown): string {
  const names = Array.isArray(type) ? type : [type];
  return names.map((name) => words[String(name)] ?? String(name)).join(" or ");
}

function wordOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : `${value}`;
  return words[typeof value] ?? typeof value;
}

/** `/cities/2/name` as `cities[2].name`. */
function pathOf(pointer: string, value: Json): string {
  let path = "";
  let here: unknown = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path = Array.isArray(here) ? `${path}[${key}]` : join(path, key);
    here = typeof here === "object" && here !== null ? (here as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return path;
}

function join(path: string, field: string): string {
  if (!/^[\w-]+$/.test(field)) return `${path}[${JSON.stringify(field)}]`;
  return path === "" ? field : `${path}.${field}`;
}
