import { digestJson } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import type { AuthPlan } from "../http-plan.ts";
import { scalar } from "./address.ts";
import type { Answer } from "./answer.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { fill, namesOf } from "./fill.ts";
import { missingSettings } from "./settings.ts";

/** What signs a request in. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Forgets a token that was refused, so that the next attempt asks for another. */
  readonly refused: () => void;
}

/** Makes credentials. It keeps access tokens in memory until shortly before they end, and nowhere else. */
export interface SignIn {
  credentials(auth: AuthPlan | undefined, settings: JsonObject, signal: AbortSignal): Promise<Credentials>;
}

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

const none: Credentials = { headers: {}, query: {}, refused: () => {} };
/** A token is not used in its last minute: it has to arrive before it ends. */
const tokenMarginMs = 60_000;
const tokenMsMax = 3_600_000;

/** Signs in over this exchange. */
export function createSignIn(on: Exchange, now: () => number): SignIn {
  const tokens = new Map<string, Token>();

  return {
    async credentials(auth, settings, signal) {
      if (auth === undefined) return none;
      const missing = missingSettings(auth.value, settings);
      if (missing.length > 0 && auth.optional) return none;
      if (missing.length > 0)
        throw new RunwrightError(
          "connector.not-configured",
          `The connector signs in with the setting${missing.length === 1 ? "" : "s"} ${missing.map((name) => `'${name}'`).join(", ")}, which ${missing.length === 1 ? "is" : "are"} not given.`,
        );
      const value = fill(auth.value, namesOf({ settings }));
      return auth.kind === "refresh" ? await fresh(value, signal) : fixed(auth.kind, value);
    },
  };

  async function fresh(value: Json, signal: AbortSignal): Promise<Credentials> {
    const key = digestJson(value);
    let token = tokens.get(key);
    if (token === undefined || token.untilMs <= now()) {
      token = await askForToken(on, isJsonObject(value) ? value : {}, { nowMs: now(), signal });
      tokens.delete(key);
      tokens.set(key, token);
      const [oldest] = tokens.keys();
      if (tokens.size > limits.accessTokensMax && oldest !== undefined) tokens.delete(oldest);
    }
    return { ...bearer(token.text), refused: () => void tokens.delete(key) };
  }
}

function fixed(kind: Exclude<AuthPlan["kind"], "refresh">, value: Json): Credentials {
  switch (kind) {
    case "bearer":
      return bearer(scalar(value) ?? "");
    case "basic": {
      const { user = null, password = null } = isJsonObject(value) ? value : {};
      const pair = Buffer.from(`${scalar(user) ?? ""}:${scalar(password) ?? ""}`).toString("base64");
      return { ...none, headers: { authorization: `Basic ${pair}` } };
    }
    case "header":
      return { ...none, headers: texts(value) };
    case "query":
      return { ...none, query: texts(value) };
  }
}

function bearer(token: string): Credentials {
  return { ...none, headers: { authorization: `Bearer ${token}` } };
}

function texts(value: Json): Readonly<Record<string, string>> {
  const entries = Object.entries(isJsonObject(value) ? value : {});
  return Object.fromEntries(entries.map(([name, each]) => [name, scalar(each) ?? ""]));
}

async function askForToken(
  on: Exchange,
  { url = null, form = null }: JsonObject,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<Token> {
  const address = scalar(url) ?? "";
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new RunwrightError("connector.not-configured", "The settings of the connector give no address for tokens.");
  const answer = await exchange(
    on,
    {
      method: "POST",
      safe: true,
      answer: "json",
      ok: [],
      url: new URL(address),
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(texts(form)).toString(),
    },
    signal,
  );
  return tokenIn(answer, nowMs);
}

function tokenIn({ status, body }: Answer, nowMs: number): Token {
  if (status === 429) throw new RunwrightError("tool.rate-limited", "Asking for an access token is rate-limited.");
  if (status >= 500) throw new RunwrightError("tool.unavailable", `Asking for an access token was answered ${status}.`);
  const { access_token: token, expires_in: seconds } = isJsonObject(body) ? body : {};
  if (status >= 300 || typeof token !== "string")
    throw new RunwrightError("tool.unauthorised", `No access token was given: the server answered ${status}.`);
  const livesMs = typeof seconds === "number" && seconds > 0 ? Math.min(seconds * 1000, tokenMsMax) : tokenMsMax;
  return { text: token, untilMs: nowMs + livesMs - tokenMarginMs };
}
