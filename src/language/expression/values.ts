import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { failure, failureLead, kindOf, spend, spendOnText, type Work } from "./work.ts";

/** An object under construction; write to it with `setField` only. */
export type Fields = Record<string, Json>;

/** Sets an own field, whatever its name: a plain assignment to `__proto__` would change what the object is. */
export function setField(fields: Fields, key: string, value: Json): void {
  if (key !== "__proto__") {
    fields[key] = value;
    return;
  }
  Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Reads a field: null where there is no value, a failure where the value cannot have fields. */
export function fieldOf(work: Work, value: Json, key: string): Json {
  if (isJsonObject(value)) return ownField(value, key);
  if (value === null) return null;
  const what = `'${key}' was read of ${kindOf(value)}, which has no fields`;
  if (work.missing === undefined) throw failure(work, what);
  work.missing(`${failureLead(work.text)}${what}. It counts as null.`);
  return null;
}

/** Reads `value[at]`: an item of a list or a field of an object; null where there is none. */
export function itemOf(work: Work, value: Json, at: Json): Json {
  if (value === null) return null;
  if (Array.isArray(value)) {
    if (typeof at !== "number" || !Number.isInteger(at)) {
      throw failure(work, `a list is indexed by a whole number, not by ${kindOf(at)}`);
    }
    return (value as readonly Json[])[at] ?? null;
  }
  if (!isJsonObject(value)) throw failure(work, `${kindOf(value)} cannot be indexed`);
  if (typeof at !== "string") throw failure(work, `an object is indexed by text, not by ${kindOf(at)}`);
  return ownField(value, at);
}

/** True when the object has the field itself; null has none. */
export function hasField(work: Work, value: Json, key: string): boolean {
  if (value === null) return false;
  if (!isJsonObject(value)) throw failure(work, `has() asks for '${key}' of ${kindOf(value)}, which has no fields`);
  return Object.hasOwn(value, key);
}

/** Deep equality. Unlike `equalJson` it is paid for: values that share parts can be far larger than their memory. */
export function equal(work: Work, left: Json, right: Json): boolean {
  spend(work, 1);
  if (left === right) return true;
  if (typeof left === "string" && typeof right === "string") {
    if (left.length === right.length) spendOnText(work, left.length);
    return false;
  }
  if (Array.isArray(left)) return Array.isArray(right) && equalLists(work, left, right);
  if (!isJsonObject(left) || !isJsonObject(right)) return false;

  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equal(work, ownField(left, key), ownField(right, key)));
}

/** Negative, zero or positive, as `left` stands before, with or after `right`; both must be numbers, texts or true/false. */
export function compare(work: Work, left: Json, right: Json): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (typeof left !== "string" || typeof right !== "string") {
    throw failure(work, `${kindOf(left)} cannot be compared with ${kindOf(right)}`);
  }
  spendOnText(work, Math.min(left.length, right.length));
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Whether a text holds another, or a list holds a value. */
export function contains(work: Work, whole: Json, part: Json): boolean {
  if (Array.isArray(whole)) return (whole as readonly Json[]).some((item) => equal(work, item, part));
  if (typeof whole !== "string") throw failure(work, `'contains' needs text or a list, but got ${kindOf(whole)}`);
  if (typeof part !== "string") throw failure(work, `a text contains text, not ${kindOf(part)}`);
  spendOnText(work, whole.length);
  return whole.includes(part);
}

/** Whether a list holds the value, or an object has the key. */
export function isIn(work: Work, part: Json, whole: Json): boolean {
  if (Array.isArray(whole)) return (whole as readonly Json[]).some((item) => equal(work, item, part));
  if (!isJsonObject(whole)) throw failure(work, `'in' needs a list or an object, but got ${kindOf(whole)}`);
  if (typeof part !== "string") throw failure(work, `the keys of an object are text, not ${kindOf(part)}`);
  return Object.hasOwn(whole, part);
}

/** A number JSON can hold, or a failure: it has no infinity, no "not a number" and no minus zero. */
export function finite(work: Work, value: number): number {
  if (!Number.isFinite(value)) throw failure(work, "the result is not a finite number");
  return value + 0;
}

function ownField(value: JsonObject, key: string): Json {
  return Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}

function equalLists(work: Work, left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((item, index) => equal(work, item, right[index] ?? null));
}
