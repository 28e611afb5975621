import { isJsonObject, type Json } from "../base/json.ts";

const wholePattern = /^(?:\[\d{1,6}\]|[\w$@-]+)(?:\.[\w$@-]+|\[\d{1,6}\])*$/;

/** True for the way to a part of a JSON value: `issue.url`, `items[0].id`. */
export function isAnswerPath(text: string): boolean {
  return text.length <= 200 && wholePattern.test(text);
}

/** What stands at such a way; undefined: nothing. */
export function valueAt(value: Json, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const [, index, key = ""] of path.matchAll(/\[(\d+)\]|([\w$@-]+)/g)) {
    if (index !== undefined) found = Array.isArray(found) ? (found[Number(index)] as Json | undefined) : undefined;
    else found = isJsonObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}
