import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { render } from "../../language/expression/template.ts";
import type { Names } from "../../language/expression/tree.ts";
import type { Template } from "../../language/plan.ts";
import { nameOf } from "../mapper.ts";

/** The value of a template. A key that is written with `?` at its end is left out where its value is null. */
export function fill(template: Template, names: Names): Json {
  switch (template.kind) {
    case "literal":
    case "value":
    case "text":
      return render(template, names);
    case "list":
      return template.items.map((item) => fill(item, names));
    case "object":
      return filledObject(template.fields, names);
  }
}

function filledObject(fields: readonly (readonly [string, Template])[], names: Names): JsonObject {
  return Object.fromEntries(
    fields.flatMap(([key, part]) => {
      const name = nameOf(key);
      const value = fill(part, names);
      return value === null && name !== key ? [] : [[name, value] as const];
    }),
  );
}

/** The value of a template that gives an object; anything else is an empty one. */
export function fillObject(template: Template | undefined, names: Names): JsonObject {
  const value = template === undefined ? {} : fill(template, names);
  return isJsonObject(value) ? value : {};
}

/** What expressions see under each name. */
export function namesOf(values: Readonly<Record<string, Json>>): Names {
  return { name: (name) => (Object.hasOwn(values, name) ? values[name] : undefined), step: () => null };
}

/** Names of the settings that a template reads. */
export function settingsRead(part: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  visit(part);
  return found;

  function visit(node: unknown): void {
    if (Array.isArray(node)) {
      for (const each of node) visit(each);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    const { kind, of, field } = node as { readonly kind?: unknown; readonly of?: unknown; readonly field?: unknown };
    if (kind === "member" && typeof field === "string" && isSettings(of)) found.add(field);
    for (const each of Object.values(node)) visit(each);
  }
}

function isSettings(node: unknown): boolean {
  return isJsonObject(node) && node["kind"] === "name" && node["name"] === "settings";
}
