import { reworded, RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";

const charsMin = 4;

/** The error with every text of the settings taken out of its message: what the other side says may repeat what it was given. */
export function withoutValues(error: unknown, settings: JsonObject): unknown {
  if (!(error instanceof RunwrightError)) return error;
  // The longest first: one may be a part of another.
  const texts = textsIn(settings).toSorted((a, b) => b.length - a.length);
  const message = texts.reduce((said, text) => said.replaceAll(text, "••••"), error.message);
  if (message === error.message) return error;
  // Without the cause: it says the same once more.
  return reworded(error, message);
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === "string") return value.length < charsMin ? [] : [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsIn(item));
  return isJsonObject(value) ? Object.values(value).flatMap((item) => textsIn(item)) : [];
}
