// The other side: it is given secrets as a header, keeps them, and tells everybody what it was given.
import { createServer, type IncomingMessage } from "node:http";
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
    const header = headerOf(request);
    if (header !== undefined) known.set(name, header);
    const value = known.get(name);
    const encode = encodings[url.searchParams.get("as") ?? "plain"];
    response.statusCode = url.searchParams.has("fails") ? 500 : 200;
    response.end(
      value === undefined || encode === undefined ? "nobody has come yet" : `you sent ${encode(value)} to us`,
    );
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
  const text = headers.authorization?.replace(/^Bearer /, "");
  return text === undefined ? undefined : Buffer.from(text, "base64").toString("utf8");
}
