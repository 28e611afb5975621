import { isJsonObject, type Json } from "../../base/json.ts";
import type { Schema } from "../plan.ts";

/** In what way a default plainly breaks its own type, or undefined. Only kinds, enums and fields are looked at: the rest is checked at start. */
export function misfit(schema: Schema, value: Json): string | undefined {
  const allowed = schema["enum"];
  if (isList(allowed) && !allowed.some((one) => one === value))
    return `${JSON.stringify(value)} is not one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`;

  const named = schema["type"];
  const names = isList(named) ? named : named === undefined ? [] : [named];
  if (names.length > 0 && !names.some((name) => hasType(value, name)))
    return `${JSON.stringify(value)} is not of type ${names.map((name) => JSON.stringify(name)).join(" or ")}`;
  if (isList(value)) return firstOf(value, schema["items"]);
  return isJsonObject(value) ? fieldMisfit(schema, value) : undefined;
}

function firstOf(items: readonly Json[], schema: Json | undefined): string | undefined {
  if (!isJsonObject(schema)) return undefined;
  for (const item of items) {
    const wrong = misfit(schema, item);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function fieldMisfit(schema: Schema, value: Schema): string | undefined {
  const required = schema["required"];
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  for (const name of isList(required) ? required : []) {
    if (typeof name === "string" && !Object.hasOwn(value, name) && !hasDefault(properties[name]))
      return `'${name}' is missing`;
  }
  for (const [name, property] of Object.entries(properties)) {
    const wrong =
      Object.hasOwn(value, name) && isJsonObject(property) ? misfit(property, value[name] ?? null) : undefined;
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function hasDefault(property: Json | undefined): boolean {
  return isJsonObject(property) && property["default"] !== undefined;
}

function hasType(value: Json, name: Json): boolean {
  switch (name) {
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isJsonObject(value);
    default:
      return typeof value === name;
  }
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
