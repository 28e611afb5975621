import { isJsonObject, type Json } from "../../base/json.ts";
import type { Schema } from "../plan.ts";

/** What is known, before anything runs, about the values an expression can have. */
export type Type =
  /** Nothing is known: everything is allowed here and looked at when it runs. */
  | { readonly kind: "any" }
  | { readonly kind: "null" }
  | { readonly kind: "boolean" }
  | { readonly kind: "number"; readonly integer: boolean }
  | TextType
  | ListType
  | ObjectType
  | { readonly kind: "union"; readonly of: readonly Type[] };

/** Text, and which texts when only some are allowed. */
export interface TextType {
  readonly kind: "text";
  readonly enum?: readonly string[];
}

/** A list: what its items can be, and whether it certainly has one. */
export interface ListType {
  readonly kind: "list";
  readonly item: Type;
  readonly filled?: true;
}

/** An object: its known fields, which of them may be missing, and whether it may have others. */
export interface ObjectType {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Type>;
  readonly optional: ReadonlySet<string>;
  readonly open: boolean;
}

/** The types that need no arguments. */
export const types: {
  readonly any: Type;
  readonly null: Type;
  readonly boolean: Type;
  readonly number: Type;
  readonly integer: Type;
  readonly text: TextType;
  readonly list: Type;
  readonly object: ObjectType;
} = {
  any: { kind: "any" },
  null: { kind: "null" },
  boolean: { kind: "boolean" },
  number: { kind: "number", integer: false },
  integer: { kind: "number", integer: true },
  text: { kind: "text" },
  list: { kind: "list", item: { kind: "any" } },
  object: { kind: "object", fields: new Map(), optional: new Set(), open: true },
};

/** A list of this type; `filled`: it has at least one item. */
export function listOf(item: Type, filled = false): Type {
  return filled ? { kind: "list", item, filled } : { kind: "list", item };
}

/** True when a value of this type is a list with at least one item. */
export function isFilled(type: Type): boolean {
  return partsOf(type).length > 0 && partsOf(type).every((part) => part.kind === "list" && part.filled === true);
}

/** An object with these fields; it has no others unless `open`. */
export function objectOf(
  fields: Readonly<Record<string, Type>> | ReadonlyMap<string, Type>,
  options: { readonly optional?: Iterable<string>; readonly open?: boolean } = {},
): ObjectType {
  const map: ReadonlyMap<string, Type> = fields instanceof Map ? fields : new Map(Object.entries(fields));
  return { kind: "object", fields: map, optional: new Set(options.optional), open: options.open ?? false };
}

/** The type of a value that may be one of several. */
export function unionOf(parts: readonly Type[]): Type {
  const of: Type[] = [];
  for (const part of parts.flatMap((type) => (type.kind === "union" ? type.of : [type]))) {
    if (part.kind === "any") return types.any;
    if (!of.some((known) => sameType(known, part))) of.push(part);
  }
  return of.length === 1 && of[0] !== undefined ? of[0] : { kind: "union", of };
}

/** The type of a value that comes from either of two places: kinds that are alike are merged, others stay side by side. */
export function join(left: Type, right: Type): Type {
  if (left === right) return left;
  if (left.kind === "any" || right.kind === "any") return types.any;
  if (left.kind === "union" || right.kind === "union") {
    return [...partsOf(left), ...partsOf(right)].reduce(addPart, nothing);
  }
  return joinAlike(left, right) ?? unionOf([left, right]);
}

/** The type of a value that comes from any of several places; of none at all, a type without values. */
export function joinAll(parts: readonly Type[]): Type {
  const [first = nothing, ...rest] = parts;
  return rest.reduce(join, first);
}

const nothing: Type = { kind: "union", of: [] };

/** The types a value may have, one by one. */
export function partsOf(type: Type): readonly Type[] {
  return type.kind === "union" ? type.of : [type];
}

/** What an item of a list can be; of a list that is written empty nothing is known. */
export function itemOfList({ item }: ListType): Type {
  return partsOf(item).length === 0 ? types.any : item;
}

/** True when null is one of the values known to be possible. */
export function mayBeNull(type: Type): boolean {
  return partsOf(type).some((part) => part.kind === "null");
}

/** The type without null: what is left once the null case is ruled out. */
export function withoutNull(type: Type): Type {
  if (type.kind !== "union") return type;
  return unionOf(type.of.filter((part) => part.kind !== "null"));
}

/** The type in the words of the messages: `text`, `list of text`, `true/false`, `text or null`. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case "any":
      return "anything";
    case "boolean":
      return "true/false";
    case "list":
      return itemOfList(type).kind === "any" ? "list" : `list of ${describeItem(type.item)}`;
    case "union":
      return [...new Set(type.of.map(describeType))].join(" or ");
    case "null":
    case "number":
    case "text":
    case "object":
      return type.kind;
  }
}

function describeItem(item: Type): string {
  if (item.kind === "union") return `(${describeType(item)})`;
  return item.kind === "object" ? "objects" : describeType(item);
}

function addPart(union: Type, part: Type): Type {
  if (part.kind === "any" || union.kind === "any") return types.any;
  const of = partsOf(union);
  const alike = of.findIndex((known) => joinAlike(known, part) !== undefined);
  const merged = of[alike] === undefined ? undefined : joinAlike(of[alike], part);
  return merged === undefined ? unionOf([...of, part]) : unionOf(of.with(alike, merged));
}

// Two types of one kind as one, or undefined when they are of different kinds.
function joinAlike(left: Type, right: Type): Type | undefined {
  if (left.kind !== right.kind) return undefined;
  if (left.kind === "number" && right.kind === "number") return left.integer ? right : left;
  if (left.kind === "text" && right.kind === "text") return joinTexts(left, right);
  if (left.kind === "list" && right.kind === "list") {
    return listOf(joinItems(left.item, right.item), isFilled(left) && isFilled(right));
  }
  if (left.kind === "object" && right.kind === "object") return joinObjects(left, right);
  return left;
}

function joinTexts(left: TextType, right: TextType): TextType {
  if (left.enum === undefined || right.enum === undefined) return types.text;
  return { kind: "text", enum: [...new Set([...left.enum, ...right.enum])] };
}

// The empty list literal has items of no type at all: it takes the type of its neighbour.
function joinItems(left: Type, right: Type): Type {
  if (left.kind === "union" && left.of.length === 0) return right;
  if (right.kind === "union" && right.of.length === 0) return left;
  return join(left, right);
}

function joinObjects(left: ObjectType, right: ObjectType): ObjectType {
  const fields = new Map<string, Type>();
  const optional = new Set([...left.optional, ...right.optional]);
  for (const key of new Set([...left.fields.keys(), ...right.fields.keys()])) {
    const one = left.fields.get(key);
    const other = right.fields.get(key);
    if (one !== undefined && other !== undefined) {
      fields.set(key, join(one, other));
      continue;
    }
    const open = one === undefined ? left.open : right.open;
    fields.set(key, open ? types.any : (one ?? other ?? types.any));
    if (!open) optional.add(key);
  }
  return { kind: "object", fields, optional, open: left.open || right.open };
}

// Objects are never the same unless they are one: comparing them field by field is what join is for.
function sameType(left: Type, right: Type): boolean {
  if (left === right) return true;
  if (left.kind === "number" && right.kind === "number") return left.integer === right.integer;
  if (left.kind === "text" && right.kind === "text") return left.enum?.join("\n") === right.enum?.join("\n");
  if (left.kind === "list" && right.kind === "list") {
    return left.filled === right.filled && sameType(left.item, right.item);
  }
  return left.kind === right.kind && plainKinds.has(left.kind);
}

const plainKinds: ReadonlySet<Type["kind"]> = new Set(["any", "null", "boolean"]);

/** How deep a schema is read; deeper, or where a schema refers to itself, nothing is known. */
const schemaDepthMax = 16;

/** Parts of one schema that are read at most: references back to itself would multiply with every level. */
const schemaPartsMax = 20_000;

/**
 * The type of the values that a JSON Schema accepts.
 *
 * An object with `properties` is closed unless it says `additionalProperties`: who lists fields means to be told about a misspelt one.
 */
export function typeOfSchema(schema: Schema): Type {
  return typeAt({ root: schema, side: "held", left: schemaPartsMax }, schema, 0);
}

/** The type of the values that may be handed to a JSON Schema: what it has a default for may be left out. */
export function givenTypeOf(schema: Schema): Type {
  return typeAt({ root: schema, side: "given", left: schemaPartsMax }, schema, 0);
}

interface Reading {
  readonly root: Schema;
  /** A value that is held has its defaults; one that is given does not need to have them yet. */
  readonly side: "held" | "given";
  left: number;
}

function typeAt(reading: Reading, schema: Json, depth: number): Type {
  reading.left -= 1;
  if (!isJsonObject(schema) || depth > schemaDepthMax || reading.left < 0) return types.any;
  const sub: Sub = Object.assign(
    (part: Json | undefined): Type => (part === undefined ? types.any : typeAt(reading, part, depth + 1)),
    { side: reading.side },
  );

  const reference = schema["$ref"];
  if (typeof reference === "string") return sub(resolveReference(reading.root, reference));
  if (Object.hasOwn(schema, "const")) return typeOfValue(schema["const"] ?? null);
  const values = schema["enum"];
  if (Array.isArray(values)) return joinAll((values as readonly Json[]).map(typeOfValue));
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices)) return joinAll((choices as readonly Json[]).map(sub));

  const named = schema["type"] ?? impliedType(schema);
  return joinAll(
    (Array.isArray(named) ? (named as readonly Json[]) : [named]).map((name) => typeNamed(schema, name, sub)),
  );
}

/** Reads a part of a schema. */
type Sub = ((part: Json | undefined) => Type) & Readonly<Pick<Reading, "side">>;

// Who writes `properties` alone means an object.
function impliedType(schema: Schema): Json {
  if (Object.hasOwn(schema, "properties")) return "object";
  return Object.hasOwn(schema, "items") ? "array" : null;
}

function typeNamed(schema: Schema, name: Json, sub: Sub): Type {
  switch (name) {
    case "string":
      return types.text;
    case "number":
      return types.number;
    case "integer":
      return types.integer;
    case "boolean":
      return types.boolean;
    case "null":
      return types.null;
    case "array":
      return listOf(Object.hasOwn(schema, "prefixItems") ? types.any : sub(schema["items"]), asksForItems(schema));
    case "object":
      return objectAt(schema, sub);
    default:
      return types.any;
  }
}

function asksForItems({ minItems }: Schema): boolean {
  return typeof minItems === "number" && minItems > 0;
}

function objectAt(schema: Schema, sub: Sub): ObjectType {
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as readonly Json[]) : []);
  const fields = new Map<string, Type>();
  const optional = new Set<string>();
  for (const [key, part] of Object.entries(properties)) {
    fields.set(key, sub(part));
    // A default is filled in before anything reads the value, so that whoever gives the value may leave it out.
    const filled = isJsonObject(part) && Object.hasOwn(part, "default");
    if (filled ? sub.side === "given" : !required.has(key)) optional.add(key);
  }
  const others = schema["additionalProperties"] ?? fields.size === 0;
  return { kind: "object", fields, optional, open: others !== false || Object.hasOwn(schema, "patternProperties") };
}

/** The type of one known value: a text is the only text of its type. */
export function typeOfValue(value: Json): Type {
  if (value === null) return types.null;
  if (typeof value === "string") return { kind: "text", enum: [value] };
  if (typeof value === "number") return Number.isInteger(value) ? types.integer : types.number;
  if (typeof value === "boolean") return types.boolean;
  if (Array.isArray(value)) return listOf(joinAll((value as readonly Json[]).map(typeOfValue)), value.length > 0);
  return objectOf(new Map(Object.entries(value).map(([key, part]) => [key, typeOfValue(part)])));
}

function resolveReference(root: Schema, reference: string): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let part: Json = root;
  for (const key of reference.slice(2).split("/")) {
    const name = key.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isJsonObject(part) || !Object.hasOwn(part, name)) return undefined;
    part = part[name] ?? null;
  }
  return part;
}
