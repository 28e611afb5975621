import { fetch as fetchThrough } from "undici";
import { RunwrightError } from "../../base/error.ts";
import { createAgent, type Resolve, systemResolve } from "./agent.ts";
import { httpBounds } from "./bounds.ts";
import { type AllowedHosts, createGuard, literalOf } from "./guard.ts";

/** The way out for connectors of other kinds: the same guard stands in it. */
export interface Way extends AsyncDisposable {
  /** As `fetch`. */
  readonly fetch: typeof globalThis.fetch;
  /** The address behind a host's name, after it was looked at. Throws `connector.address-refused`. */
  addressOf(host: string): Promise<string>;
}

/** A way out that leads to public addresses, and to what is allowed beside them. */
export function openWay(allowHosts: AllowedHosts, resolve: Resolve = systemResolve): Way {
  const guard = createGuard(allowHosts);
  const agent = createAgent(guard, resolve, httpBounds);
  return {
    // The package's own `fetch` takes its own agents; in types the two differ, at work they do not.
    fetch: ((input: string, init?: object) =>
      fetchThrough(input, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch,
    async addressOf(host) {
      const literal = literalOf(host);
      const found = literal === undefined ? (await resolve(host)).map(({ address }) => address) : [literal];
      for (const address of found) guard.check(host, address);
      const [first] = found;
      if (first === undefined) throw new RunwrightError("tool.unavailable", `The host ${host} has no address.`);
      return first;
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}
