import { type ErrorCode, RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json } from "../base/json.ts";
import { providerLimits } from "./limits.ts";
import { type Party, placeOf } from "./party.ts";
import { type HeaderOf, retryAfterOf } from "./retry-after.ts";

/** An answer with a status that is none of 2xx. */
export interface Refusal {
  readonly status: number;
  readonly header: HeaderOf;
  readonly text: string;
  /** Undefined: the text is no JSON. */
  readonly body: Json | undefined;
}

/** The error for an answer that refuses. */
export function refusalOf(party: Party, refusal: Refusal): RunwrightError {
  const code = codeOf(refusal);
  const retryAfterMs =
    code === "model.rate-limited" || code === "model.unavailable"
      ? retryAfterOf(refusal.header, refusal.body, party.clock.now())
      : undefined;
  const message = `Provider '${party.name}' ${saidBy(party, code, refusal)}`;
  return new RunwrightError(code, message, { ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

/** The error for an answer that says 200 and holds an error all the same. */
export function failedAnswer(party: Party, body: Json): RunwrightError {
  const error = isJsonObject(body) && isJsonObject(body["error"]) ? body["error"] : {};
  const words = `${stringOf(error["code"])} ${stringOf(error["type"])}`;
  const code = /rate_limit/.test(words)
    ? "model.rate-limited"
    : /invalid|unsupported|policy/.test(words)
      ? "model.refused"
      : "model.unavailable";
  return new RunwrightError(code, `Provider '${party.name}' answered with an error${quoted(wordsIn(party, body))}.`);
}

function codeOf({ status, text, body }: Refusal): ErrorCode {
  if (status === 401 || status === 403) return "model.unauthorised";
  // An account without credit answers 429, too, but no waiting helps.
  if (status === 429)
    return /insufficient_quota|billing/.test(text.slice(0, 4096)) ? "model.refused" : "model.rate-limited";
  if (status >= 500 || status === 408 || status === 409 || status === 425) return "model.unavailable";
  // A page for people: this is not the interface, so nothing is known about the request.
  if (body === undefined && /^\s*</.test(text) && status !== 404) return "model.bad-answer";
  return "model.refused";
}

function saidBy(party: Party, code: ErrorCode, { status, header, body, text }: Refusal): string {
  const words = quoted(body === undefined ? plainWords(party, text) : wordsIn(party, body));
  if (code === "model.unauthorised") {
    const { key } = party.settings;
    const where = `Its key ${key === undefined ? "would stand in" : `comes from ${key},`} ${placeOf(party, "key")}.`;
    return status === 401 ? `does not accept the key (401). ${where}` : `forbids this (403)${words}. ${where}`;
  }
  if (status >= 300 && status < 400) {
    const to = originOf(header("location"));
    return `answered with a redirect (${status})${to === undefined ? "" : ` to ${to}`}, which is not followed with a key. Write the final address as ${placeOf(party, "base_url")}.`;
  }
  if (code === "model.rate-limited") return `is asked too often (429)${words}.`;
  if (code === "model.unavailable") return `has a fault of its own (${status})${words}.`;
  if (code === "model.bad-answer")
    return `answered with a page in place of JSON (${status}). A proxy or a wrong base_url does that.`;
  if (status === 404) return `does not know the model, or ${party.address} is not its address (404)${words}.`;
  return `refused the request (${status})${words}.`;
}

function originOf(location: string | null): string | undefined {
  return location !== null && URL.canParse(location) ? new URL(location).origin : undefined;
}

function quoted(words: string): string {
  return words === "" ? "" : `: ${words.replace(/[.\s]+$/, "")}`;
}

/** What a provider says in its answer, fit to be shown. Each has a form of its own. */
function wordsIn(party: Party, body: Json): string {
  const first = Array.isArray(body) ? (body as readonly Json[])[0] : body;
  if (!isJsonObject(first)) return "";
  const { error } = first;
  const said = [isJsonObject(error) ? error["message"] : error, first["message"], first["detail"]];
  return shortWords(party, said.map(stringOf).find((each) => each !== "") ?? "");
}

function plainWords(party: Party, text: string): string {
  return /^\s*</.test(text) ? "" : shortWords(party, text);
}

function stringOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/**
 * Words of a provider in one line, short and without secrets.
 *
 * Some repeat a part of the key that they refuse (`sk-ab***yz`), which the vault cannot know.
 */
export function shortWords({ vault }: Pick<Party, "vault">, words: string): string {
  const line = vault
    .redact(words.slice(0, providerLimits.wordsMax * 10))
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .replaceAll(/[\w-]*\*{3,}[\w*-]*|\b(?:sk|xai|gsk|pk)-[\w-]{8,}|\bAIza[\w-]{10,}/g, "••••")
    .trim();
  return line.length > providerLimits.wordsMax ? `${line.slice(0, providerLimits.wordsMax)}…` : line;
}
