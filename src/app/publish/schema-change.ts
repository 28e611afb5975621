import { equalJson, isJsonObject, type Json } from "../../base/json.ts";
import type { Schema } from "../../language/plan.ts";

/** Keywords that say something about a value and refuse none. */
const notes: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$comment",
  "$schema",
  "$id",
  "format",
]);

/** Keywords of which a larger number refuses less, and those of which a smaller one does. */
const upper: ReadonlySet<string> = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]);
const lower: ReadonlySet<string> = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);

const depthMax = 32;

/**
 * Why values that one schema took may be refused by another; undefined when every one of them is taken.
 *
 * What cannot be told counts as refused: a change that is called harmless must be.
 */
export function narrowing(before: Schema, after: Schema, depth: number = depthMax): string | undefined {
  if (equalJson(before, after)) return undefined;
  if (depth === 0) return "it is another in depth";
  for (const [keyword, now] of Object.entries(after)) {
    const was = before[keyword];
    // Of what is needed it also counts which has a default.
    const isSame = was !== undefined && keyword !== "required" && equalJson(was, now);
    if (notes.has(keyword) || isSame) continue;
    const why = refusedBy({ keyword, was, now, before, after }, depth);
    if (why !== undefined) return why;
  }
  return undefined;
}

interface Changed {
  readonly keyword: string;
  readonly was: Json | undefined;
  readonly now: Json;
  readonly before: Schema;
  readonly after: Schema;
}

function refusedBy(changed: Changed, depth: number): string | undefined {
  const { keyword, was, now, before, after } = changed;
  if (upper.has(keyword) || lower.has(keyword)) return boundOf(changed);
  switch (keyword) {
    case "type":
      return typesOf(was).every((each) => typesOf(now).some((taken) => isWithin(each, taken)))
        ? undefined
        : `its type is ${typesOf(now).join(" or ")}, not ${typesOf(was).join(" or ")}`;
    case "enum":
      return enumOf(was, now);
    case "required":
      return requiredOf(before, after);
    case "properties":
      return propertiesOf(before, after, depth);
    case "additionalProperties":
      return now === true ? undefined : othersOf(was, now, depth);
    case "items":
      return isJsonObject(was) && isJsonObject(now) ? within("an item", narrowing(was, now, depth - 1)) : cannotTell;
    case "uniqueItems":
      return now === false ? undefined : "its items must differ";
    default:
      return `${keyword} is another`;
  }
}

const cannotTell = "it takes other values";
const anything = "anything";

function typesOf(type: Json | undefined): readonly string[] {
  if (type === undefined) return [anything];
  return (Array.isArray(type) ? type : [type]).map(String);
}

function isWithin(type: string, taken: string): boolean {
  return type === taken || (type === "integer" && taken === "number");
}

function enumOf(was: Json | undefined, now: Json): string | undefined {
  const allowed: readonly Json[] = Array.isArray(now) ? now : [];
  if (!Array.isArray(was)) return `only ${listed(allowed)} ${allowed.length === 1 ? "is" : "are"} taken`;
  const gone = (was as readonly Json[]).filter((each) => !allowed.some((other) => equalJson(each, other)));
  return gone.length === 0 ? undefined : `${listed(gone)} ${gone.length === 1 ? "is" : "are"} no longer taken`;
}

const listedMax = 5;

function listed(values: readonly Json[]): string {
  const more = values.length > listedMax ? " …" : "";
  return `${values
    .slice(0, listedMax)
    .map((each) => JSON.stringify(each))
    .join(", ")}${more}`;
}

function boundOf({ keyword, was, now }: Changed): string | undefined {
  const isWider = typeof was === "number" && typeof now === "number" && (upper.has(keyword) ? now >= was : now <= was);
  return isWider
    ? undefined
    : `${keyword} is ${JSON.stringify(now)}, not ${was === undefined ? "there" : JSON.stringify(was)}`;
}

/** What has a default may be left out. */
function requiredOf(before: Schema, after: Schema): string | undefined {
  const neededBefore = new Set(needed(before));
  const missing = needed(after).find((name) => !neededBefore.has(name));
  return missing === undefined ? undefined : `'${missing}' is needed`;
}

function needed(schema: Schema): readonly string[] {
  return names(schema["required"]).filter((name) => propertyOf(schema, name)?.["default"] === undefined);
}

function names(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

function propertiesOf(before: Schema, after: Schema, depth: number): string | undefined {
  const was = isJsonObject(before["properties"]) ? before["properties"] : {};
  const now = isJsonObject(after["properties"]) ? after["properties"] : {};
  const isClosed = after["additionalProperties"] === false;
  const gone = Object.keys(was).find((name) => !Object.hasOwn(now, name));
  if (gone !== undefined && isClosed) return `'${gone}' is no longer taken`;
  for (const name of Object.keys(now)) {
    const schema = propertyOf(after, name) ?? {};
    const earlier = propertyOf(before, name);
    // Where others were let in, one of this name may have been anything.
    const own = earlier ?? (before["additionalProperties"] === false ? schema : {});
    const why = narrowing(own, schema, depth - 1);
    if (why !== undefined) return `'${name}': ${why}`;
  }
  return undefined;
}

function propertyOf({ properties }: Schema, name: string): Schema | undefined {
  const found = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(found) ? found : undefined;
}

function othersOf(was: Json | undefined, now: Json, depth: number): string | undefined {
  if (was === false) return undefined;
  if (now === false) return "it takes no other fields";
  return isJsonObject(was) && isJsonObject(now) ? within("another field", narrowing(was, now, depth - 1)) : cannotTell;
}

function within(what: string, why: string | undefined): string | undefined {
  return why === undefined ? undefined : `${what}: ${why}`;
}
