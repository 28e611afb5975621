import { RunwrightError } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import { renderText } from "../../language/expression/template.ts";
import { evaluate } from "../../language/expression/evaluate.ts";
import type { Names } from "../../language/expression/tree.ts";
import type { Template } from "../../language/plan.ts";
import type { RequestPlan } from "../http-plan.ts";
import { fillObject } from "./fill.ts";

const addressCharsMax = 16_384;

/** The address of a request. Throws `tool.input-invalid` for what would leave the path, `connector.not-configured` for a base that is none. */
export function addressOf(base: Template, request: RequestPlan, names: Names): URL {
  const start = baseOf(renderText(request.base ?? base, names));
  const path = pathOf(request.path, names);
  const url = new URL(`${start.href.replace(/\/$/, "")}${path}`);
  addQuery(url, fillObject(request.query, names));
  if (url.href.length > addressCharsMax)
    throw new RunwrightError(
      "tool.input-invalid",
      `The address of a request has at most ${addressCharsMax} characters.`,
    );
  return url;
}

/** A base is an address over http or https, without a user, a query or a fragment: those would be lost, or sent where nobody expects them. */
function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (isPlain && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw new RunwrightError(
    "connector.not-configured",
    "The settings of the connector give no address that begins with https:// or http://, without a user, '?' and '#'.",
  );
}

/** The path. What fills a hole is one segment or a part of one: it is encoded, and is neither empty nor dots. */
function pathOf(template: Template, names: Names): string {
  const path =
    template.kind === "text" ? template.parts.map((part) => partOf(part, names)).join("") : wholePath(template, names);
  if (path.split("/").some((segment) => segment === "." || segment === ".."))
    throw new RunwrightError("tool.input-invalid", "A path holds no segment '.' or '..'.");
  return path;
}

function wholePath(template: Template, names: Names): string {
  if (template.kind === "literal") return scalar(template.value) ?? "";
  const value = template.kind === "value" ? evaluate(template.expression, names) : null;
  if (Array.isArray(value)) {
    const segments = (value as readonly Json[]).map((segment) => encoded(scalar(segment) ?? ""));
    return segments.length === 0 ? "" : `/${segments.join("/")}`.replace(/^\/\//, "/");
  }
  return `/${partOfValue(value)}`;
}

function partOf(part: Parameters<typeof evaluate>[0] | string, names: Names): string {
  return typeof part === "string" ? part : partOfValue(evaluate(part, names));
}

function partOfValue(value: Json): string {
  const text = scalar(value) ?? "";
  if (text === "") throw new RunwrightError("tool.input-invalid", "A part of the path is empty.");
  return encoded(text);
}

/** Half a character has no encoding: the sign for what is missing takes its place. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function addQuery(url: URL, query: JsonObject): void {
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      const text = scalar(each);
      if (text !== undefined) url.searchParams.append(name, text);
    }
}

/** A value as it stands in an address, a form or a header; null is left out. */
export function scalar(value: Json): string | undefined {
  if (value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
