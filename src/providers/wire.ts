import type * as Undici from "undici";
import { messageOf, RunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { providerLimits } from "./limits.ts";
import type { Party } from "./party.ts";
import { refusalOf, shortWords } from "./refusals.ts";

/** How answers of providers are fetched. */
export interface Wire extends AsyncDisposable {
  /** A `fetch` for one provider: it throws our errors, follows no redirect and gives back JSON only. */
  fetchFor(party: Party): typeof fetch;
}

/**
 * Connections that last as long as the models.
 *
 * The built-in `fetch` gives up after five minutes without a header, which a model that thinks may need. Here the one time limit is the call's.
 */
export function createWire(): Wire {
  let opened: Promise<Opened> | undefined;

  return {
    fetchFor: (party) => async (input, init) => {
      const { undici, agent } = await (opened ??= open());
      const url = input instanceof Request ? input.url : input.toString();
      const { body, signal, method = "GET", headers } = init ?? {};
      const sent = undici.fetch(url, {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        redirect: "manual",
        dispatcher: agent,
        ...(typeof body === "string" && { body }),
        ...(signal && { signal }),
      });
      return await answerOf(party, sent, signal ?? undefined);
    },
    async [Symbol.asyncDispose]() {
      if (opened !== undefined) await (await opened).agent.destroy();
    },
  };

  async function open(): Promise<Opened> {
    const undici = await import("undici");
    const agent = new undici.Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: providerLimits.connectMsMax },
    });
    return { undici, agent };
  }
}

type Sent = ReturnType<typeof Undici.fetch>;

interface Opened {
  readonly undici: typeof Undici;
  readonly agent: Undici.Agent;
}

async function answerOf(party: Party, sent: Sent, signal: AbortSignal | undefined): Promise<Response> {
  try {
    const response = await sent;
    const text = await readText(party, response);
    const header = (name: string): string | null => response.headers.get(name);
    const body = parsed(text);
    if (!response.ok) throw refusalOf(party, { status: response.status, header, text, body });
    if (body === undefined) throw notJson(party, text, header("content-type"));
    return new Response(text, { status: response.status, headers: { "content-type": "application/json" } });
  } catch (error) {
    if (error instanceof RunwrightError || signal?.aborted === true) throw error;
    throw unreachable(party, error);
  }
}

async function readText(party: Party, response: Awaited<Sent>): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array;
    bytes += part.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > providerLimits.answerBytesMax) {
      const bound = `${providerLimits.answerBytesMax / 1_048_576} MiB`;
      throw new RunwrightError("model.bad-answer", `Provider '${party.name}' answered with more than ${bound}.`);
    }
    parts.push(decoder.decode(part, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function notJson(party: Party, text: string, type: string | null): RunwrightError {
  const start = text.trimStart();
  const what = /^[{[]/.test(start)
    ? `with JSON that breaks off after ${text.length} characters`
    : `with ${type?.split(";")[0] ?? "something"} in place of JSON, which begins '${shortWords(party, start.slice(0, 80))}'`;
  const hint = "A proxy or a wrong base_url does that.";
  return new RunwrightError("model.bad-answer", `Provider '${party.name}' answered ${what}. ${hint}`);
}

/** Nothing came, or not all of it. Whether the provider did its work, and counts it, nobody knows. */
function unreachable(party: Party, error: unknown): RunwrightError {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  const what = shortWords(party, messageOf(cause));
  const message = `Provider '${party.name}' cannot be reached at ${party.address}: ${what}${code}.`;
  return new RunwrightError("model.unavailable", message, { cause: error });
}
