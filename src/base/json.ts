/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object; a missing key reads as undefined. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for objects that are neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * JSON text with object keys in code-unit order: equal values give equal text.
 *
 * Digests are taken over this form, so that a key order chosen by a module or a driver never changes an identity.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);

  const fields = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${fields.join(",")}}`;
}

/** Deep equality of two JSON values; key order does not matter. */
export function equalJson(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) return Array.isArray(right) && equalLists(left, right);
  if (!isJsonObject(left) || !isJsonObject(right)) return false;

  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => {
    const other = right[key];
    return other !== undefined && Object.hasOwn(right, key) && equalJson(left[key] ?? null, other);
  });
}

function equalLists(left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((item, index) => equalJson(item, right[index] ?? null));
}

/**
 * Where and why a value cannot be stored as JSON, for example `$.rows[3].at is a function`, or undefined when it can.
 *
 * `JSON.stringify` drops or rewrites such values silently (functions, NaN, dates, cycles); a result that changes on its way into the
 * journal would differ between the first run and its recovery.
 */
export function jsonProblem(value: unknown, depthMax = 64): string | undefined {
  return problemAt(value, "$", depthMax);
}

function problemAt(value: unknown, place: string, depthLeft: number): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${place} is ${String(value)}`;
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value !== "object") return `${place} is ${value === undefined ? "undefined" : `a ${typeof value}`}`;
  if (depthLeft === 0) return `${place} is nested too deeply or refers to itself`;
  if (Array.isArray(value)) return firstProblem(value.entries(), (index) => `${place}[${index}]`, depthLeft);

  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  if (!isPlain) return `${place} is a ${value.constructor.name}, not a plain object`;
  return firstProblem(Object.entries(value), (key) => `${place}.${key}`, depthLeft);
}

function firstProblem(
  entries: Iterable<[number | string, unknown]>,
  placeOf: (key: number | string) => string,
  depthLeft: number,
): string | undefined {
  for (const [key, item] of entries) {
    const problem = problemAt(item, placeOf(key), depthLeft - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
