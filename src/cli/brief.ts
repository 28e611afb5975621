import { isJsonObject, type Json } from "../base/json.ts";

/** The beginning of a value as JSON, cut at about `charsMax` characters: of a large value no more than that is looked at. */
export function brief(value: Json, charsMax: number): string {
  const text = briefly(value, charsMax);
  return text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
}

/** Complete up to `charsMax` characters; beyond them it only matters that there are more. */
function briefly(value: Json, charsMax: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, charsMax + 1));
  if (Array.isArray(value)) return `[${joined(value, charsMax, (item: Json, room) => briefly(item, room))}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = joined(Object.entries(value), charsMax, ([key, item], room) => {
    const name = `${JSON.stringify(key.slice(0, room + 1))}:`;
    return name.length > room ? name : name + briefly(item, room - name.length);
  });
  return `{${entries}}`;
}

function joined<T>(parts: readonly T[], charsMax: number, write: (part: T, room: number) => string): string {
  let text = "";
  for (const part of parts) {
    if (text.length > charsMax) break;
    text += (text === "" ? "" : ",") + write(part, charsMax - text.length);
  }
  return text;
}
