import { isJsonObject, type Json } from "../base/json.ts";
import type { Placeholders } from "../language/connector-kinds.ts";

const placeholder = /\$\{([a-z_]+(?:\.[A-Za-z0-9_-]+)*)\}/g;

/** What stands in the `${…}` of a text; a `${` that begins nothing stands as it is, with its braces. */
export function placeholdersIn(text: string): readonly string[] {
  const rest = text.replaceAll(placeholder, "");
  const found = [...text.matchAll(placeholder)].map(([, name = ""]) => name);
  return rest.includes("${") ? [...found, rest.slice(rest.indexOf("${"), rest.indexOf("${") + 40)] : found;
}

/**
 * A text with its placeholders filled in; undefined when one of them has no value. Values are put in as they are and never read again: a setting
 * that holds `${…}` stands for itself.
 */
export function fillText(text: string, values: Placeholders): string | undefined {
  let isWhole = true;
  const filled = text.replaceAll(placeholder, (_, name: string) => {
    const value = valueOf(name, values);
    if (value === undefined || value === null) isWhole = false;
    return typeof value === "string" ? value : JSON.stringify(value ?? null);
  });
  return isWhole ? filled : undefined;
}

/** A value with its texts filled in. A text that is one placeholder becomes the value itself; what has no value is left out. */
export function fillValue(template: Json, values: Placeholders): Json | undefined {
  if (typeof template === "string") {
    const [whole, name = ""] = /^\$\{([^{}]+)\}$/.exec(template) ?? [];
    return whole === undefined ? fillText(template, values) : valueOf(name, values);
  }
  if (Array.isArray(template)) return template.flatMap((item: Json) => fillValue(item, values) ?? []);
  if (!isJsonObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).flatMap(([key, value]) => {
      const filled = fillValue(value, values);
      return filled === undefined ? [] : [[key, filled] as const];
    }),
  );
}

function valueOf(name: string, values: Placeholders): Json | undefined {
  const [first = "", ...rest] = name.split(".");
  let value = Object.hasOwn(values, first) ? values[first] : undefined;
  for (const key of rest) value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
