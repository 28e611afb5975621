import { RunwrightError } from "../../base/error.ts";

/** Fetches as `fetch` does. */
export type Fetch = typeof globalThis.fetch;

/** What the last answer of a server asked for, beside what the protocol's client tells. */
export interface LastAnswer {
  retryAfter: string | null;
}

/**
 * Refuses answers of more than `bytesMax`. Of a stream of events each may be that long: the stream itself may last for ever.
 */
export function boundedFetch(fetch: Fetch, bytesMax: number, last: LastAnswer): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    last.retryAfter = response.headers.get("retry-after");
    if (response.body === null) return response;
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    return new Response(response.body.pipeThrough(counting(bytesMax, isStream)), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  };
}

function counting(bytesMax: number, isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const end = isStream
        ? Math.max(Buffer.from(chunk).lastIndexOf("\n\n"), Buffer.from(chunk).lastIndexOf("\r\n\r\n"))
        : -1;
      bytes = end === -1 ? bytes + chunk.length : chunk.length - end;
      if (bytes > bytesMax)
        throw new RunwrightError("tool.bad-answer", `The server answered with more than ${bytesMax} bytes.`);
      controller.enqueue(chunk);
    },
  });
}
