// A source of chance, and inputs of chance: their schema, values that satisfy it and what an expression can read of them.
import type { Json, JsonObject } from "../../src/base/json.ts";

/** A source of chance that gives the same for the same seed. */
export interface Chance {
  below(bound: number): number;
  pick<T>(choices: readonly [T, ...T[]] | readonly T[]): T;
}

/** The source of chance of a seed. */
export function createChance(seed: number): Chance {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return {
    below,
    pick(choices) {
      const chosen = choices[below(choices.length)];
      if (chosen === undefined) throw new RangeError("there is nothing to choose from");
      return chosen;
    },
  };

  function below(bound: number): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }
}

/** The kinds of values that expressions of chance are made for. */
export type Kind = "number" | "text" | "truth" | "numbers" | "texts";

/** All kinds; conditions are what is written most. */
export const kinds: readonly Kind[] = ["number", "text", "truth", "truth", "numbers", "texts"];
const fieldNames = ["a", "b", "c", "d", "e"];
/** Texts that values and expressions hold. */
export const words: readonly string[] = ["", "a", "ab", "b a", "7", "é😀"];

/** A schema of an object, three levels deep at most. */
export function objectSchema(chance: Chance, depth: number): JsonObject {
  const names = fieldNames.slice(0, 2 + chance.below(depth === 0 ? 4 : 2));
  const properties = Object.fromEntries(names.map((name) => [name, fieldSchema(chance, depth)]));
  return { type: "object", properties, required: names.filter(() => chance.below(3) > 0) };
}

function fieldSchema(chance: Chance, depth: number): JsonObject {
  const nullable = chance.below(5) === 0;
  const of = (type: string): JsonObject => ({ type: nullable ? [type, "null"] : type });
  const nested = depth < 2 ? 8 : 5;
  switch (chance.below(nested)) {
    case 0:
      return of("number");
    case 1:
      return of("integer");
    case 2:
      return of("string");
    case 3:
      return of("boolean");
    case 4:
      return { enum: ["red", "blue", ...(nullable ? [null] : [])] };
    case 5:
      return { ...objectSchema(chance, depth + 1), ...of("object") };
    default:
      return { ...of("array"), items: fieldSchema(chance, depth + 1), minItems: chance.below(2) };
  }
}

function typeNames(schema: JsonObject): readonly Json[] {
  const { type = null } = schema;
  if (Array.isArray(type)) return type as readonly Json[];
  return type === null ? ["string", ...(isNullable(schema["enum"]) ? ["null"] : [])] : [type];
}

function isNullable(values: Json | undefined): boolean {
  return Array.isArray(values) && (values as readonly Json[]).includes(null);
}

/** A value that satisfies the schema. */
export function valueOf(chance: Chance, schema: JsonObject): Json {
  const names = typeNames(schema);
  if (names.includes("null") && chance.below(2) === 0) return null;
  if (schema["enum"] !== undefined) return chance.pick(["red", "blue"]);
  switch (names[0]) {
    case "number":
      return chance.pick([0, -2.5, 1, 3, 0.5, 1e6]);
    case "integer":
      return chance.pick([0, 1, 2, -3, 40]);
    case "string":
      return chance.pick(words);
    case "boolean":
      return chance.below(2) === 0;
    case "array": {
      const count = Number(schema["minItems"]) + chance.below(3);
      return Array.from({ length: count }, () => valueOf(chance, schema["items"] as JsonObject));
    }
    default:
      return fieldsOf(chance, schema);
  }
}

function fieldsOf(chance: Chance, { properties, required }: JsonObject): Json {
  const entries = Object.entries(properties as JsonObject).filter(
    ([name]) => (required as readonly Json[]).includes(name) || chance.below(2) === 0,
  );
  return Object.fromEntries(entries.map(([name, field]) => [name, valueOf(chance, field as JsonObject)]));
}

/** Something that an expression can read. */
export interface Read {
  readonly text: string;
  readonly schema: JsonObject;
  readonly nullable: boolean;
}

/** Everything that can be read at a place and below it. */
export function readsOf(text: string, schema: JsonObject, nullable: boolean): readonly Read[] {
  const maybe = nullable || typeNames(schema).includes("null");
  const read: Read = { text, schema, nullable: maybe };
  if (typeNames(schema)[0] !== "object") return [read];
  const required = schema["required"] as readonly Json[];
  return [
    read,
    ...Object.entries(schema["properties"] as JsonObject).flatMap(([name, field]) =>
      readsOf(`${text}.${name}`, field as JsonObject, maybe || !required.includes(name)),
    ),
  ];
}

/** Which kind of value a read gives. */
export function kindOf({ schema }: Read): Kind | "list" | "object" {
  const [name] = typeNames(schema);
  switch (name) {
    case "number":
    case "integer":
      return "number";
    case "string":
      return "text";
    case "boolean":
      return "truth";
    case "array":
      return listKind(schema["items"] as JsonObject);
    default:
      return "object";
  }
}

// Only a list whose items are never null is a list of numbers or texts here; the others are walked.
function listKind(items: JsonObject): "numbers" | "texts" | "list" {
  const [name, ...more] = typeNames(items);
  if (more.length > 0) return "list";
  if (name === "number" || name === "integer") return "numbers";
  return name === "string" ? "texts" : "list";
}
