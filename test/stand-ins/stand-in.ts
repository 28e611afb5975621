// A server on this machine that stands for a vendor's: it behaves like the documented API as far as connectors use it, and keeps state.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../src/base/json.ts";

/** A request as a stand-in sees it. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  /** JSON or a form as an object; a text where it is neither. */
  readonly body: unknown;
}

/** What a stand-in answers. A body that is a text is sent as it is. */
export interface Told {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * What goes wrong with one request. `drop`: it is lost. `apply-drop`: it is carried out, and the answer is lost. `hang`: it is carried out,
 * and never answered. `hold`: it is lost for whoever sent it, and carried out when `deliver` is called. `twice`: it arrives twice, and the
 * second answer is the one that is given. `answer`: something else is answered, and nothing carried out.
 */
export type Fault =
  | { readonly kind: "drop" | "apply-drop" | "hang" | "hold" | "twice" }
  | { readonly kind: "answer"; readonly told: Told };

/** A stand-in at work. */
export interface StandIn extends AsyncDisposable {
  readonly url: string;
  /** Everything that was asked, in order. */
  readonly asked: readonly Asked[];
  /** Lets something go wrong with the next request that fits; of writes, where nothing else is said. */
  fail(fault: Fault, fits?: (asked: Asked) => boolean): void;
  /** Is called after each request that was carried out and before its answer leaves: a place to kill somebody at. */
  onApplied: ((asked: Asked) => void) | undefined;
  /** Carries out what was held back, and says what came of it. */
  deliver(): readonly Told[];
}

const bodyBytesMax = 1_048_576;

/** Starts a server that answers as `answer` says. */
export async function startStandIn(answer: (asked: Asked) => Told): Promise<StandIn> {
  const asked: Asked[] = [];
  const faults: { readonly fault: Fault; readonly fits: (asked: Asked) => boolean }[] = [];
  const held: Asked[] = [];
  const server = createServer((request, response) => void take(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    onApplied: undefined,
    fail: (fault, fits = isWrite) => void faults.push({ fault, fits }),
    deliver: () => held.splice(0).map(answer),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return standIn;

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const one = await readAsked(request);
    asked.push(one);
    const at = faults.findIndex(({ fits }) => fits(one));
    const fault = at === -1 ? undefined : faults.splice(at, 1)[0]?.fault;
    const told = apply(one, fault);
    if (told === "nothing") return;
    if (told === undefined) request.socket.destroy();
    else tell(response, told);
  }

  /** Carries a request out, or not; gives what is answered, undefined for a connection that breaks off. */
  function apply(one: Asked, fault: Fault | undefined): Told | "nothing" | undefined {
    switch (fault?.kind) {
      case "answer":
        return fault.told;
      case "drop":
        return undefined;
      case "hold":
        held.push(one);
        return undefined;
      case "twice":
        answer(one);
        return applied(one);
      case "apply-drop":
        applied(one);
        return undefined;
      case "hang":
        applied(one);
        return "nothing";
      case undefined:
        return applied(one);
    }
  }

  function applied(one: Asked): Told {
    const told = answer(one);
    standIn.onApplied?.(one);
    return told;
  }
}

function isWrite({ method }: Asked): boolean {
  return method !== "GET" && method !== "HEAD";
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > bodyBytesMax) break;
    chunks.push(chunk as Buffer);
  }
  const url = new URL(request.url ?? "/", "http://stand.in");
  const text = Buffer.concat(chunks).toString("utf8");
  return {
    method: request.method ?? "GET",
    path: decodeURI(url.pathname),
    query: url.searchParams,
    headers: request.headers,
    body: bodyOf(text, request.headers["content-type"] ?? ""),
  };
}

function bodyOf(text: string, type: string): unknown {
  if (type.startsWith("application/json") && text !== "") return JSON.parse(text);
  return type.startsWith("application/x-www-form-urlencoded") ? Object.fromEntries(new URLSearchParams(text)) : text;
}

function tell(response: ServerResponse, { status, headers = {}, body }: Told): void {
  const isText = typeof body === "string" || Buffer.isBuffer(body);
  response.writeHead(status, {
    ...(body !== undefined && { "content-type": isText ? "text/html" : "application/json; charset=utf-8" }),
    ...headers,
  });
  response.end(body === undefined || isText ? body : JSON.stringify(body));
}

/** A part of a body as an object; empty where it is none. */
export function objectAt(body: unknown, key?: string): JsonObject {
  const value = key === undefined ? body : (body as Readonly<Record<string, unknown>> | null)?.[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** Whether a request is signed in as Basic authentication wants. */
export function hasBasic({ headers }: Asked, user: string, password: string): boolean {
  return headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
