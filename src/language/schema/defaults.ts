import { isJsonObject, type Json } from "../../base/json.ts";
import type { Schema } from "../plan.ts";

/** A value with the `default`s of its schema filled in where a field is missing; what is there stays as it is. */
export function applyDefaults(schema: Schema, value: Json): Json {
  if (Array.isArray(value)) {
    const items = schema["items"];
    return isJsonObject(items) ? value.map((item: Json) => applyDefaults(items, item)) : value;
  }
  const properties = schema["properties"];
  if (!isJsonObject(value) || !isJsonObject(properties)) return value;

  const filled = new Map(Object.entries(value));
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue;
    const held = filled.has(name) ? filled.get(name) : property["default"];
    if (held !== undefined) filled.set(name, applyDefaults(property, held));
  }
  return Object.fromEntries(filled);
}
