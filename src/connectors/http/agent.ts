import { lookup } from "node:dns/promises";
import type { LookupFunction, Socket } from "node:net";
import { callbackify } from "node:util";
import { Agent, buildConnector } from "undici";
import { type Guard, literalOf } from "./guard.ts";

/** The addresses of a name. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** The addresses that the system knows of a name. */
export const systemResolve: Resolve = async (host) => lookup(host, { all: true, verbatim: true });

/** How long things may take, and how many connections there are to one server. */
export interface AgentBounds {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyIdleMs: number;
  readonly connectionsMax: number;
}

/**
 * Connections that only go where the guard lets them: a name is resolved once, every address of it is checked, and the connection is made
 * to one of these addresses. A second answer of the name server, which might be another, is never asked for. Proxies of the environment
 * are not used: they would be asked for addresses that nobody checked.
 */
export function createAgent(guard: Guard, resolve: Resolve, bounds: AgentBounds): Agent {
  const connect = buildConnector({ timeout: bounds.connectMs, lookup: checkedLookup(guard, resolve), allowH2: false });
  return new Agent({
    connect(options, callback) {
      const literal = literalOf(options.hostname);
      try {
        if (literal !== undefined) guard.check(literal, literal);
      } catch (error) {
        callback(error as Error, null);
        return;
      }
      connect(options, (...[error, socket]) => {
        if (error === null) finish(options.hostname, socket, callback);
        else callback(error, null);
      });
    },
    connections: bounds.connectionsMax,
    pipelining: 1,
    headersTimeout: bounds.headersMs,
    bodyTimeout: bounds.bodyIdleMs,
    keepAliveTimeout: 1000,
  });

  /** The address that was connected to is looked at once more: whatever happened in between, nothing is sent elsewhere. */
  function finish(host: string, socket: Socket, callback: buildConnector.Callback): void {
    try {
      guard.check(literalOf(host) ?? host, socket.remoteAddress ?? "");
    } catch (error) {
      socket.destroy();
      callback(error as Error, null);
      return;
    }
    callback(null, socket);
  }
}

function checkedLookup(guard: Guard, resolve: Resolve): LookupFunction {
  const checked = callbackify(async (host: string) => {
    const found = await resolve(host);
    for (const { address } of found) guard.check(host, address);
    if (found.length === 0) throw Object.assign(new Error("no address"), { code: "ENOTFOUND" });
    return found;
  });
  return (host, options, callback) =>
    checked(host, (error: NodeJS.ErrnoException | null, found?: Awaited<ReturnType<Resolve>>) => {
      const [first] = found ?? [];
      if (error !== null || found === undefined || first === undefined) callback(error, []);
      else if (options.all === true) callback(null, [...found]);
      else callback(null, first.address, first.family);
    });
}
