import type { Json, JsonObject } from "../../base/json.ts";
import type { Field, ValueKind } from "../fields/field.ts";

/** The schema of each kind of value; what needs more than a line is defined once, by name. */
const kinds: Readonly<Record<ValueKind, JsonObject>> = {
  "workflow id": { type: "string", pattern: "^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$" },
  "step id": { type: "string", pattern: "^[a-z][a-z0-9_-]*$" },
  "step ids": oneOrMore({ type: "string" }),
  name: named("text"),
  names: oneOrMore(named("text")),
  labels: { type: "object", additionalProperties: named("text") },
  text: named("text"),
  template: {},
  templates: named("values"),
  expression: named("expression"),
  duration: named("duration"),
  "whole number": { type: "integer" },
  number: { type: "number" },
  "true/false": { type: "boolean" },
  choice: {},
  quorum: { anyOf: [{ enum: ["any", "all"] }, { type: "integer", minimum: 1, maximum: 1000 }] },
  type: named("type"),
  types: named("types"),
  steps: named("steps"),
  map: { type: "object" },
};

/** The schema of what a field holds: any of its forms, with what an editor says about it. */
function fieldSchema(field: Field): JsonObject {
  return { description: descriptionOf(field), ...defaultOf(field), ...anyForm(field) };
}

/** The schema of a map whose fields are given; a field has the same schema under each of its names, and is written under one of them. */
export function mapSchema(fields: readonly Field[]): JsonObject {
  const required = fields.filter(isRequired).map(({ name }) => name);
  return {
    type: "object",
    properties: propertiesOf(fields),
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    ...aliasRules(fields),
  };
}

/** Each field under its name and its aliases. */
export function propertiesOf(fields: readonly Field[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field): [string, Json][] => [
      [field.name, fieldSchema(field)],
      ...(field.aliases ?? []).map((alias): [string, Json] => [
        alias,
        { ...fieldSchema(field), description: `Another name of \`${field.name}\`: ${descriptionOf(field)}` },
      ]),
    ]),
  );
}

/** Where an alias is written, the name is not. */
export function aliasRules(fields: readonly Field[]): JsonObject {
  const rules = fields.flatMap(({ name, aliases = [] }) =>
    aliases.map((alias) => [alias, { properties: { [name]: false } }] as const),
  );
  return rules.length === 0 ? {} : { dependencies: Object.fromEntries(rules) };
}

/** True for a field without which its map means nothing. The tables say so at the end of its description. */
function isRequired({ doc }: Field): boolean {
  return /\brequired\.$/i.test(doc);
}

type Form = Omit<Field, "name" | "doc" | "supported">;

function anyForm(form: Form): JsonObject {
  const forms = [...formsOf(form), ...(form.or === undefined ? [] : formsOf(form.or))];
  const [only] = forms;
  return only !== undefined && forms.length === 1 ? only : { anyOf: forms };
}

function formsOf(form: Form): readonly JsonObject[] {
  const one = plainForm(form);
  return form.listable === true ? [one, { type: "array", items: one, minItems: 1 }] : [one];
}

function plainForm({ kind, choices, between, fields, entries }: Form): JsonObject {
  if (choices !== undefined) return { enum: choices };
  if (between !== undefined) return { ...kinds[kind], minimum: between[0], maximum: between[1] };
  if (fields !== undefined) return mapSchema(fields);
  if (entries !== undefined) return { type: "object", additionalProperties: fieldSchema(entries) };
  return kinds[kind];
}

function descriptionOf(field: Field): string {
  const isShown = field.default === undefined || Object.keys(defaultOf(field)).length > 0;
  return isShown ? field.doc : `${field.doc} Default: ${field.default}.`;
}

/** A default that is a value of the field, not words about one. */
function defaultOf({ kind, choices, default: text }: Field): { readonly default?: Json } {
  if (text === undefined) return {};
  if (choices !== undefined) return choices.includes(text) ? { default: text } : {};
  if (kind === "true/false") return { default: text === "true" };
  if (kind === "number" || kind === "whole number") return { default: Number(text) };
  return kind === "duration" && /^\d+\w+$/.test(text) ? { default: text } : {};
}

function named(name: string): JsonObject {
  return { $ref: `#/definitions/${name}` };
}

function oneOrMore(value: JsonObject): JsonObject {
  return { anyOf: [value, { type: "array", items: value }] };
}
