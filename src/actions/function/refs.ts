import { isJsonObject, type Json } from "../../base/json.ts";
import type { RefAnswer } from "./protocol.ts";

const namesShownMax = 12;

/**
 * The value behind `#step.action`, `step` or `step.rows[0].title`, or a sentence about what is missing.
 *
 * `outputs` holds step outputs by id. In ids `-` and `_` are the same, as in expressions.
 */
export function lookUp(outputs: Json, ref: string, path?: string): RefAnswer {
  const parts = partsOf(path === undefined ? ref : `${ref}.${path}`);
  if (parts.length === 0) return { missing: `'${ref}' names no step.` };

  let here = outputs;
  for (const [index, part] of parts.entries()) {
    const next = member(here, part);
    if (next === undefined) return { missing: missingMessage(ref, path, { parts, index, here }) };
    here = next;
  }
  return { value: here };
}

function partsOf(text: string): readonly string[] {
  return text
    .replace(/^#/, "")
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".")
    .filter((part) => part !== "");
}

function member(value: Json, name: string): Json | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(name) ? (value as readonly Json[])[Number(name)] : undefined;
  if (!isJsonObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];

  const plain = name.replaceAll("-", "_");
  const key = Object.keys(value).find((candidate) => candidate.replaceAll("-", "_") === plain);
  return key === undefined ? undefined : value[key];
}

function missingMessage(
  ref: string,
  path: string | undefined,
  at: { parts: readonly string[]; index: number; here: Json },
): string {
  const asked = path === undefined ? `'${ref}'` : `'${path}' of '${ref}'`;
  const owner = at.index === 0 ? undefined : at.parts.slice(0, at.index).join(".");
  const what = owner === undefined ? `No finished step '${at.parts[0]}'` : `'${owner}' has no '${at.parts[at.index]}'`;
  return `There is no ${asked}. ${what}; ${namesOf(at.here, owner)}.`;
}

function namesOf(value: Json, owner: string | undefined): string {
  if (Array.isArray(value)) return `it is a list of ${value.length}`;
  if (!isJsonObject(value)) return `it is ${value === null ? "null" : `a ${typeof value}`}`;

  const names = Object.keys(value);
  if (names.length === 0) return owner === undefined ? "none can be seen from here" : "it is empty";
  const shown = names.slice(0, namesShownMax).join(", ") + (names.length > namesShownMax ? ", …" : "");
  return owner === undefined ? `seen from here: ${shown}` : `it has: ${shown}`;
}
