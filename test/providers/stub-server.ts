import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that came, with its whole body. */
export interface Came {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server on this machine that answers to the byte as a test says. */
export interface Stub extends AsyncDisposable {
  readonly origin: string;
  readonly came: readonly Came[];
  /** Calls that were given up by the one who asked. */
  readonly givenUp: number;
  /** Resolves when so many requests have come. */
  hasCome(count: number): Promise<void>;
}

export type Answer = (response: ServerResponse, came: Came) => void;

/** Starts a server that answers every request so. */
export async function startStub(answer: Answer): Promise<Stub> {
  const came: Came[] = [];
  let givenUp = 0;
  let arrived = (): void => {};
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableFinished) givenUp += 1;
      arrived();
    });
    void take(request, response);
  });
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const one = { path: request.url ?? "", headers: request.headers, body: await readBody(request) };
    came.push(one);
    arrived();
    answer(response, one);
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    came,
    get givenUp() {
      return givenUp;
    },
    async hasCome(count) {
      while (came.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers with JSON. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(value));
  };
}

/** Answers with a text. */
export function text(body: string, type: string, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": type });
    response.end(body);
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
