import { hasCode, inDoubt, messageOf, RunwrightError, undoneBy } from "../../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import { evaluate } from "../../language/expression/evaluate.ts";
import type { Names } from "../../language/expression/tree.ts";
import type { PagesPlan, RequestPlan } from "../http-plan.ts";
import { addressOf, scalar } from "./address.ts";
import { type Answer, seen } from "./answer.ts";
import { type Exchange, exchange, type ReadyRequest } from "./exchange.ts";
import { fill, fillObject, namesOf } from "./fill.ts";
import { failureOf } from "./judge.ts";
import { mapped } from "./mapped.ts";
import type { CallPlan } from "./plans.ts";
import { type CallSettings, missingSettings } from "./settings.ts";
import type { Credentials, SignIn } from "./sign-in.ts";

/** What the requests of one call have in common. */
export interface Asking {
  readonly on: Exchange;
  readonly plan: CallPlan;
  readonly settings: CallSettings;
  readonly signIn: SignIn;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** `traceparent`. */
  readonly trace: string;
}

/** What one request is filled with. */
export interface Filling {
  readonly values: Readonly<Record<string, Json>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly isKeyed: boolean;
}

/** Sends one request and reads all pages of its answer; gives what expressions see as `response`. Throws `tool.*` for a refusal. */
export async function send(asking: Asking, request: RequestPlan, filling: Filling): Promise<JsonObject> {
  const { plan, settings, signIn, signal } = asking;
  const credentials = await signIn.credentials(plan.connector.auth, settings.all, signal).catch((error: unknown) => {
    // The request itself waits for them.
    throw undoneBy(error);
  });
  const ready = readyRequest(asking, request, filling);
  let asked = signed(ready, credentials);
  const items: Json[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await exchange(asking.on, asked, signal);
    const response = seen(answer, items);
    const failure = failed(answer);
    // Behind a redirect, or on a later page, a refusal is not the answer to what was asked.
    if (failure !== undefined) throw page === 1 && answer.url === asked.url ? failure : inDoubt(failure);
    const names = namesOf({ ...filling.values, response });
    const next = mapped(() => takeItems(items, { request, ready, names, page }));
    if (next === undefined) return response;
    asked = signed(next, credentials);
  }

  function failed(answer: Answer): RunwrightError | undefined {
    if (answer.status === 401) credentials.refused();
    return failureOf(answer, {
      rules: [...request.errors, ...plan.connector.errors],
      message: plan.connector.message,
      ok: request.ok,
      names: namesOf({ ...filling.values, response: seen(answer) }),
      isKeyed: filling.isKeyed,
      nowMs: asking.now(),
      redact: (text) => settings.redact(text),
    });
  }
}

/** A request with everything filled in but what signs it in. */
function readyRequest({ plan, settings, trace }: Asking, request: RequestPlan, filling: Filling): ReadyRequest {
  const names = namesOf(filling.values);
  const { method, safe, answer, ok } = request;
  const read = [request, plan.connector.base, plan.connector.headers];
  return filled(read, settings, () => {
    const body = bodyOf(request, names);
    const headers = {
      ...headerTexts(fillObject(plan.connector.headers, names)),
      ...headerTexts(fillObject(request.headers, names)),
      ...filling.headers,
    };
    return {
      method,
      safe,
      answer,
      ok,
      url: addressOf(plan.connector.base, request, names),
      headers: {
        accept: answer === "json" ? "application/json" : "*/*",
        "accept-encoding": "gzip, br",
        "user-agent": "runwright",
        traceparent: trace,
        ...(body !== undefined && { "content-type": body.type }),
        ...headers,
      },
      ...(body !== undefined && { body: body.text }),
    };
  });
}

/** Says of what cannot be filled in whether a setting is missing, or the input does not do. */
function filled<T>(read: unknown, settings: CallSettings, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!hasCode(error, "expression.failed") && !hasCode(error, "expression.too-expensive")) throw error;
    const missing = missingSettings(read, settings.plain).map((name) => `'${name}'`);
    throw missing.length === 0
      ? new RunwrightError("tool.input-invalid", messageOf(error))
      : new RunwrightError(
          "connector.not-configured",
          `The connector needs ${missing.length === 1 ? "the setting" : "one of the settings"} ${missing.join(", ")}.`,
        );
  }
}

function bodyOf(
  { body, form }: RequestPlan,
  names: Names,
): { readonly type: string; readonly text: string } | undefined {
  if (form !== undefined) {
    const fields = Object.entries(fillObject(form, names)).flatMap(([name, value]) => {
      const text = scalar(value);
      return text === undefined ? [] : [[name, text] as [string, string]];
    });
    return { type: "application/x-www-form-urlencoded", text: new URLSearchParams(fields).toString() };
  }
  const value = body === undefined ? null : fill(body, names);
  return value === null ? undefined : { type: "application/json", text: JSON.stringify(value) };
}

/** Headers by names in small letters; a value that is null is left out. */
function headerTexts(headers: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const text = scalar(value);
      return text === undefined ? [] : [[name.toLowerCase(), text]];
    }),
  );
}

function signed(request: ReadyRequest, { headers, query }: Credentials): ReadyRequest {
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { ...request, url, headers: { ...request.headers, ...headers } };
}

interface Page {
  readonly request: RequestPlan;
  readonly ready: ReadyRequest;
  /** With the answer, whose items are all that were taken so far. */
  readonly names: Names;
  readonly page: number;
}

/** Takes the items of an answer; gives the request for the next page, where there is one and it is wanted. */
function takeItems(items: Json[], { request, ready, names, page }: Page): ReadyRequest | undefined {
  const { pages, columns } = request;
  if (columns !== undefined) addItems(items, rowsOf(evaluate(columns, names)));
  if (pages === undefined) return undefined;
  addItems(items, evaluate(pages.items, names));
  const limit = pages.limit === undefined ? null : evaluate(pages.limit, names);
  if (typeof limit !== "number" || items.length < limit)
    return page < pages.max ? nextPage(ready, pages, names) : undefined;
  items.length = Math.max(0, Math.floor(limit));
  return undefined;
}

function addItems(items: Json[], more: Json): void {
  if (!Array.isArray(more))
    throw new RunwrightError("tool.bad-answer", "The answer has no list where one was expected.");
  if (items.length + more.length > limits.itemsMax)
    throw new RunwrightError("tool.bad-answer", `The answer has more than ${limits.itemsMax} items.`);
  for (const item of more as readonly Json[]) items.push(item);
}

/** `{a: [1, 2], b: [3, 4]}` as `[{a: 1, b: 3}, {a: 2, b: 4}]`. */
function rowsOf(columns: Json): Json {
  const lists = Object.entries(isJsonObject(columns) ? columns : {});
  const [first] = lists;
  if (first === undefined || !lists.every(([, list]) => Array.isArray(list) && list.length === lengthOf(first[1])))
    throw new RunwrightError(
      "tool.bad-answer",
      "The answer has no lists of the same length where these were expected.",
    );
  return Array.from({ length: lengthOf(first[1]) }, (_, row) =>
    Object.fromEntries(lists.map(([name, list]) => [name, (list as readonly Json[])[row] ?? null])),
  );
}

function lengthOf(list: Json): number {
  return Array.isArray(list) ? list.length : 0;
}

/** The next page: an address of the same server, or the same address with other query parameters. */
function nextPage(ready: ReadyRequest, pages: PagesPlan, names: Names): ReadyRequest | undefined {
  const next = evaluate(pages.next, names);
  if (next === null || next === "") return undefined;
  if (isJsonObject(next)) {
    const url = new URL(ready.url);
    for (const [name, value] of Object.entries(next)) url.searchParams.set(name, scalar(value) ?? "");
    return { ...ready, url };
  }
  const url = typeof next === "string" && URL.canParse(next, ready.url.href) ? new URL(next, ready.url) : undefined;
  if (url?.origin === ready.url.origin) return { ...ready, url };
  throw new RunwrightError("tool.bad-answer", "The answer names a next page on another server.");
}
