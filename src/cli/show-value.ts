import { isJsonObject, type Json } from "../base/json.ts";
import { safeLine, safeText } from "./safe-text.ts";

/** A value for people: texts as they are, flat objects as a table, the rest as an outline. Nothing that a terminal would obey. */
export function showValue(value: Json): readonly string[] {
  if (typeof value === "string") return safeText(value).split("\n");
  return outline(value, "");
}

/** The first lines of a value, and how many were left out. */
export function showStart(value: Json, linesMax: number): readonly string[] {
  const lines = showValue(value);
  if (lines.length <= linesMax) return lines;
  return [...lines.slice(0, linesMax - 1), `… ${lines.length - linesMax + 1} more lines`];
}

function outline(value: Json, indent: string): readonly string[] {
  if (Array.isArray(value))
    return value.length === 0 ? [`${indent}(none)`] : value.flatMap((item: Json) => listItem(item, indent));
  if (!isJsonObject(value)) return [indent + scalar(value)];

  const entries = Object.entries(value);
  if (entries.length === 0) return [`${indent}(nothing)`];
  const cells = Math.min(20, Math.max(...entries.map(([key]) => key.length)));
  return entries.flatMap(([key, item]) => {
    const name = safeLine(key);
    if (isSimple(item)) return [`${indent}${name.padEnd(cells)}  ${scalar(item)}`];
    return [
      `${indent}${name}:`,
      ...(typeof item === "string" ? texts(item, `${indent}  `) : outline(item, `${indent}  `)),
    ];
  });
}

function listItem(item: Json, indent: string): readonly string[] {
  if (isSimple(item)) return [`${indent}- ${scalar(item)}`];
  const [first = "", ...rest] = typeof item === "string" ? texts(item, `${indent}  `) : outline(item, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

function texts(text: string, indent: string): readonly string[] {
  return safeText(text)
    .split("\n")
    .map((line) => indent + line);
}

function isSimple(value: Json): boolean {
  if (typeof value === "string") return !value.includes("\n");
  return typeof value !== "object" || value === null || (Array.isArray(value) && value.length === 0);
}

function scalar(value: Json): string {
  if (typeof value === "string") return safeLine(value);
  return Array.isArray(value) ? "(none)" : JSON.stringify(value);
}
