import { type Dispatcher, request } from "undici";
import { inDoubt, RunwrightError } from "../../base/error.ts";
import type { RequestPlan } from "../http-plan.ts";
import { type Answer, bytesOf, valueOf } from "./answer.ts";
import type { HttpBounds } from "./bounds.ts";
import { transportError } from "./transport-error.ts";

/** A request with nothing left to fill in. */
export interface ReadyRequest extends Pick<RequestPlan, "method" | "safe" | "answer" | "ok"> {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Makes requests, within bounds. */
export interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly bounds: HttpBounds;
}

/** What is sent to another origin than the first: nothing that signs in, and nothing that the descriptor adds. */
const harmless: ReadonlySet<string> = new Set(["accept", "accept-encoding", "user-agent"]);

/**
 * Makes one request and reads its answer, whatever its status. Throws `tool.unavailable`, `tool.bad-answer`, `connector.address-refused` and
 * `call.aborted`.
 *
 * A read follows redirects, each of which passes the guard like the first address. A write follows one only to its own origin and only
 * where its method and body stay what they are: anything else would send data to somebody who was not meant, or not write at all.
 */
export async function exchange(on: Exchange, asked: ReadyRequest, signal: AbortSignal): Promise<Answer> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(on.bounds.requestMs)]);
  let here = asked;
  for (let hops = 0; ; hops += 1) {
    const answer = await exchangeOnce(on, here, { signal, until }).catch((error: unknown) => {
      // Behind a redirect: the first server has answered, and may have done something.
      throw hops === 0 ? error : inDoubt(error);
    });
    const next = redirected(here, answer);
    if (next === undefined) return answer;
    if (hops === on.bounds.redirectsMax)
      throw new RunwrightError("tool.bad-answer", `The server redirects more than ${on.bounds.redirectsMax} times.`);
    here = next;
  }
}

interface Signals {
  /** Of the caller. */
  readonly signal: AbortSignal;
  /** Of the caller, or of the time that a request has. */
  readonly until: AbortSignal;
}

async function exchangeOnce(on: Exchange, asked: ReadyRequest, { signal, until }: Signals): Promise<Answer> {
  const { url, method, body } = asked;
  let response: Dispatcher.ResponseData;
  try {
    signal.throwIfAborted();
    response = await request(url, {
      dispatcher: on.dispatcher,
      method,
      headers: { ...asked.headers },
      signal: until,
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    throw transportError(error, signal, "request");
  }
  const headers = headersOf(response.headers);
  const status = response.statusCode;
  let bytes: Buffer;
  try {
    bytes = await bytesOf(response.body, headers, on.bounds.answerBytesMax);
  } catch (error) {
    throw transportError(error, signal, "body");
  }
  const isAnswer = (status >= 200 && status < 300) || asked.ok.includes(status);
  return { status, headers, url, body: valueOf(bytes, headers, isAnswer ? asked.answer : "refusal") };
}

/** Headers of the connection, and cookies, which sign somebody in: no output may hold one. */
const unseen: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "set-cookie",
  "set-cookie2",
]);

function headersOf(headers: Dispatcher.ResponseData["headers"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || unseen.has(name.toLowerCase())
        ? []
        : [[name.toLowerCase(), typeof value === "string" ? value : value.join(", ")]],
    ),
  );
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The request that an answer leads to; undefined where it is the answer itself. */
function redirected(asked: ReadyRequest, { status, headers, url }: Answer): ReadyRequest | undefined {
  const location = headers["location"];
  if (!redirects.has(status) || location === undefined || asked.ok.includes(status)) return undefined;
  const to = addressAfter(url, location);
  const isSame = to.origin === url.origin;
  const isRead = asked.method === "GET" || asked.method === "HEAD";
  const keeps = (status === 307 || status === 308) && isSame;
  if (!isRead && !keeps)
    throw new RunwrightError(
      "tool.bad-answer",
      `The server answers ${status}: what is sent with a body is not redirected.`,
    );
  if (isSame) return { ...asked, url: to };
  const kept = Object.entries(asked.headers).filter(([name]) => harmless.has(name.toLowerCase()));
  return { ...asked, url: to, headers: Object.fromEntries(kept) };
}

function addressAfter(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to === undefined || (to.protocol !== "https:" && to.protocol !== "http:"))
    throw new RunwrightError(
      "connector.address-refused",
      "The server redirects to what is no address over http or https.",
      { undone: false },
    );
  if (from.protocol === "https:" && to.protocol === "http:")
    throw new RunwrightError("connector.address-refused", "The server redirects from https to http.", {
      undone: false,
    });
  to.username = "";
  to.password = "";
  return to;
}
