import type * as Module from "@modelcontextprotocol/client";
import type { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { boundedFetch, type LastAnswer } from "./bounded-fetch.ts";
import type { Fetch } from "./bounded-fetch.ts";
import type { McpLimits } from "./limits.ts";
import type { Target } from "./target.ts";

/** The code of an answer that no server gave: the stream on which one was awaited ended for good. */
export const lostAnswer = -32_099;

/** How a server at an address is reached. */
export interface AddressOptions {
  readonly fetch: Fetch;
  readonly limits: McpLimits;
  readonly last: LastAnswer;
}

/**
 * Messages to a server at an address.
 *
 * The client goes on waiting for an answer after the stream has ended on which it would have come; here such a request is answered with a failure. Where
 * the answer has come before, nobody waits for another.
 */
export function createAddressTransport(
  sdk: typeof Module,
  { url, headers }: Extract<Target, { readonly kind: "address" }>,
  { fetch, limits, last }: AddressOptions,
): StreamableHTTPClientTransport {
  const transport = new sdk.StreamableHTTPClientTransport(url, {
    requestInit: { headers: { ...headers } },
    fetch: boundedFetch(fetch, limits.answerBytesMax, last),
  });
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    if (Array.isArray(message) || !sdk.isJSONRPCRequest(message)) return await send(message, options);
    const { id } = message;
    const onRequestStreamEnd = (): void => {
      options?.onRequestStreamEnd?.();
      const error = { code: lostAnswer, message: "the connection ended before the answer" };
      transport.onmessage?.({ jsonrpc: "2.0", id, error });
    };
    return await send(message, { ...options, onRequestStreamEnd });
  };
  return transport;
}
