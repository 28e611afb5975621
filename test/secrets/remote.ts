// The other side: it is given secrets as a header, keeps them, and tells everybody what it was given.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { encodings } from "./canaries.ts";

/** A server that gives secrets away. */
export interface Remote extends AsyncDisposable {
  readonly url: string;
  /** Names of the secrets that it was given: what is looked for must have been there. */
  readonly given: () => readonly string[];
}

/** `GET /NAME?as=ENCODING`: what it was last given under that name, after taking what the header brings. */
export async function openRemote(): Promise<Remote> {
  const known = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://remote");
    const name = url.pathname.slice(1);
    if (name === "v1/chat/completions") return void speak(request, response);
    const header = headerOf(request);
    if (header !== undefined) known.set(name, header);
    const value = known.get(name);
    const encode = encodings[url.searchParams.get("as") ?? "plain"];
    response.statusCode = url.searchParams.has("fails") ? 422 : 200;
    const said =
      value === undefined || encode === undefined ? "nobody has come yet" : `you sent ${encode(value)} to us`;
    // Whoever signs in as `ada` is a connector, and speaks JSON.
    if (!isBasic(request)) return void response.end(said);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ error: said, headers: request.headers }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    given: () => [...known.keys()].toSorted(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Headers take no line ends and little but ASCII: a secret travels in them as base64. */
function headerOf({ headers }: IncomingMessage): string | undefined {
  const [scheme, text] = headers.authorization?.split(" ") ?? [];
  if (text === undefined) return undefined;
  const decoded = Buffer.from(text, "base64").toString("utf8");
  return scheme === "Basic" ? decoded.replace(/^ada:/, "") : decoded;
}

function isBasic({ headers }: IncomingMessage): boolean {
  return headers.authorization?.startsWith("Basic ") === true;
}

interface Spoken {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

/** A maker of models that shows keys in its errors, and a model that calls the first tool it has, and then repeats all that it saw. */
async function speak(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { model, messages, tools } = JSON.parse(Buffer.concat(chunks).toString()) as Spoken;
  const key = request.headers.authorization ?? "";
  const last = messages.at(-1);
  response.setHeader("content-type", "application/json");
  response.statusCode = model.startsWith("fails") ? 401 : 200;
  if (model.startsWith("fails"))
    return void response.end(
      JSON.stringify({ error: { message: `Incorrect API key provided: ${key}`, type: "auth" } }),
    );
  const name = tools?.[0]?.function.name;
  const message =
    last?.role === "tool" || name === undefined
      ? { role: "assistant", content: `${key} said: ${JSON.stringify(messages)}` }
      : {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: { name, arguments: argumentsIn(last?.content) } }],
        };
  const finish_reason = "tool_calls" in message ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };
  const choices = [{ index: 0, message, finish_reason }];
  response.end(JSON.stringify({ id: "1", object: "chat.completion", created: 1, model, choices, usage }));
}

function argumentsIn(content: unknown): string {
  const text = JSON.stringify(content);
  const [found = "{}"] = /\{"name".*?\}/.exec(text.replaceAll('\\"', '"')) ?? [];
  const { bare, ...given } = JSON.parse(found) as Readonly<Record<string, unknown>>;
  return bare === true ? "{}" : JSON.stringify(given);
}
