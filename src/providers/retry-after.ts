import { isJsonObject, type Json } from "../base/json.ts";
import { parseDuration } from "../base/duration.ts";
import { providerLimits } from "./limits.ts";

/** Reads one header, whatever the case of its name. */
export type HeaderOf = (name: string) => string | null;

/**
 * How long a provider asks to be left alone, from its headers or its answer; bounded, and undefined where it says nothing that can be read.
 *
 * `retry-after-ms` and `retry-after` are said on purpose and go first. The others tell when a limit is full again: the longest of them counts.
 */
export function retryAfterOf(header: HeaderOf, body: Json | undefined, nowMs: number): number | undefined {
  const asked =
    milliseconds(header("retry-after-ms")) ?? secondsOrDate(header("retry-after"), nowMs) ?? retryInfo(body);
  const waitMs = asked ?? longest(resetNames.map((name) => resetOf(header, name, nowMs)));
  return waitMs === undefined ? undefined : Math.min(Math.max(0, Math.ceil(waitMs)), providerLimits.retryAfterMsMax);
}

/** Header of what is left of a limit, and of when it is full again. */
const resetNames: readonly (readonly [string, string])[] = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
  ["anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"],
  ["anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"],
  ["x-ratelimit-remaining", "x-ratelimit-reset"],
];

function resetOf(header: HeaderOf, [remaining, reset]: readonly [string, string], nowMs: number): number | undefined {
  const left = header(remaining);
  // A limit that is not used up is not what stood in the way.
  if (left !== null && Number(left) > 0) return undefined;
  const text = header(reset);
  return text === null ? undefined : (duration(text) ?? secondsOrDate(text, nowMs));
}

function milliseconds(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/** `2`, `1.5`, an HTTP date or an ISO one; a large number is a moment in seconds since 1970. */
function secondsOrDate(text: string | null, nowMs: number): number | undefined {
  const number = milliseconds(text);
  if (number !== undefined) return number > 1_000_000_000 ? number * 1000 - nowMs : number * 1000;
  const at = text === null || !/\d{4}/.test(text) ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at - nowMs;
}

/** `1s`, `6m0s`, `1h2m3.5s`, `250ms`. */
function duration(text: string): number | undefined {
  const parts = /^(?:\d+(?:\.\d{1,9})?(?:ms|h|m|s)){1,4}$/.test(text) ? text.match(/[\d.]+[a-z]+/g) : null;
  if (parts === null) return undefined;
  const sizes = parts.map((part) => parseDuration(part.replace(/(\.\d{3})\d+/, "$1")));
  return sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
}

/** Gemini says it in its answer: `{"error": {"details": [{"retryDelay": "34s"}]}}`. */
function retryInfo(body: Json | undefined): number | undefined {
  const first = Array.isArray(body) ? (body as readonly Json[])[0] : body;
  const error = isJsonObject(first) ? first["error"] : undefined;
  const details = isJsonObject(error) && Array.isArray(error["details"]) ? (error["details"] as readonly Json[]) : [];
  for (const detail of details.slice(0, 20)) {
    const delay = isJsonObject(detail) ? detail["retryDelay"] : undefined;
    if (typeof delay === "string") return duration(delay);
  }
  return undefined;
}

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
