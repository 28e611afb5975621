import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Another system that is charged over HTTP. */
export interface Remote extends AsyncDisposable {
  readonly url: string;
  /** The key of every request, in order. */
  readonly keys: readonly string[];
  /** How often it has charged. */
  readonly charges: () => number;
}

/** Opens one on this machine. With `dedupes` it charges once for a key and gives the same answer again; without, for every request. */
export async function openRemote(dedupes: boolean): Promise<Remote> {
  const keys: string[] = [];
  const charged = new Map<string, number>();
  let charges = 0;
  const server = createServer((request, response) => {
    const key = String(request.headers["idempotency-key"]);
    keys.push(key);
    const before = dedupes ? charged.get(key) : undefined;
    if (before === undefined) charges += 1;
    const number = before ?? charges;
    charged.set(key, number);
    request.resume().on("end", () => response.end(JSON.stringify({ id: `charge-${number}` })));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/charge`,
    keys,
    charges: () => charges,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
