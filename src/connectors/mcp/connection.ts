import type * as Module from "@modelcontextprotocol/client";
import type { CallToolResult, Client, Transport } from "@modelcontextprotocol/client";
import type { RunwrightError } from "../../base/error.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Processes } from "../../processes/process-group.ts";
import { createAddressTransport } from "./address-transport.ts";
import type { Fetch, LastAnswer } from "./bounded-fetch.ts";
import { toolFailure } from "./failure.ts";
import type { McpLimits } from "./limits.ts";
import { createPipeTransport } from "./pipe-transport.ts";
import type { Target } from "./target.ts";
import { createToolList } from "./tool-list.ts";
import type { ToolFacts } from "./tools.ts";

/** What connections are made with. */
export interface ConnectionOptions {
  /** The project's folder: where servers that are programs run. */
  readonly root: string;
  /** What Runwright tells servers of itself. */
  readonly version: string;
  readonly processes: Processes;
  /** How servers at an address are reached. */
  readonly fetch: Fetch;
  readonly limits: McpLimits;
}

/** What a server says of itself. */
export interface ServerFacts {
  readonly name: string;
  readonly version: string;
  readonly protocol: string;
}

/** A server that has greeted us. */
export interface Connection {
  readonly facts: ServerFacts;
  /** Its tools as it describes them now: asked again only after it said that they changed, or after a while. */
  tools(what: string, signal: AbortSignal): Promise<readonly ToolFacts[]>;
  call(request: ToolRequest, signal: AbortSignal): Promise<CallToolResult>;
  /** True once nothing can be sent any more. */
  readonly ended: () => boolean;
  close(): Promise<void>;
}

/** One call of a tool. */
export interface ToolRequest {
  /** For messages. */
  readonly what: string;
  readonly name: string;
  readonly arguments: JsonObject;
  readonly meta: JsonObject;
}

/** Connects to a server. The protocol's client is loaded here, by the first that needs it. Throws `tool.*`, `connector.*` and `call.aborted`. */
export async function openConnection(
  target: Target,
  what: string,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const sdk = await import("@modelcontextprotocol/client");
  const { limits } = options;
  const last: LastAnswer = { retryAfter: null };
  const { transport, ending, leave } = wayTo(sdk, target, options, last);
  let isClosed = false;
  const client = new sdk.Client(
    { name: "runwright", version: options.version },
    {
      // Nobody sits here who could answer a server's questions.
      inputRequired: { autoFulfill: false },
      listMaxPages: limits.listPagesMax,
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => list.forget() } },
      ...(target.protocol !== undefined && { versionNegotiation: { mode: { pin: target.protocol } } }),
    },
  );
  const failure = (error: unknown, who: string, ended: AbortSignal): RunwrightError =>
    toolFailure(error, { sdk, what: who, signal: ended, retryAfter: last.retryAfter, ending: ending() });

  const list = createToolList(client, limits, (error, who) => failure(error, who, never));
  // What a client of this protocol has in the place of events.
  Object.assign(client, { onclose: () => (isClosed = true) });

  try {
    await client.connect(transport, { signal, timeout: limits.openMsMax });
  } catch (error) {
    await transport.close();
    throw failure(error, `The connection to ${what}`, signal);
  }
  return {
    facts: factsAbout(client),
    tools: (who, ended) => list.current(who, ended),
    call,
    ended: () => isClosed,
    close,
  };

  async function close(): Promise<void> {
    if (!isClosed) await leave();
    await client.close();
  }

  async function call(request: ToolRequest, ended: AbortSignal): Promise<CallToolResult> {
    last.retryAfter = null;
    try {
      return await client.callTool(
        { name: request.name, arguments: request.arguments, _meta: request.meta },
        { signal: ended, timeout: limits.callMsMax },
      );
    } catch (error) {
      throw failure(error, request.what, ended);
    }
  }
}

const never = new AbortController().signal;

type Sdk = typeof Module;

interface Way {
  readonly transport: Transport;
  /** Why nothing more comes, where the transport knows it. */
  readonly ending: () => RunwrightError | undefined;
  /** Says goodbye; a server at an address keeps a session until then. */
  readonly leave: () => Promise<void>;
}

function wayTo(sdk: Sdk, target: Target, { root, processes, fetch, limits }: ConnectionOptions, last: LastAnswer): Way {
  if (target.kind === "program") {
    const { command, args, env } = target;
    const pipes = createPipeTransport(sdk, () => processes.start({ command, args, env, cwd: root }), limits);
    return { transport: pipes, ending: pipes.ending, leave: () => Promise.resolve() };
  }
  const transport = createAddressTransport(sdk, target, { fetch, limits, last });
  return { transport, ending: () => undefined, leave };

  /** A server that does not answer this is left all the same. */
  async function leave(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => late.resolve(), limits.stopMs);
    await Promise.race([transport.terminateSession().catch(() => undefined), late.promise]);
    clearTimeout(timer);
  }
}

function factsAbout(client: Client): ServerFacts {
  const server = client.getServerVersion();
  return {
    name: server?.name ?? "",
    version: server?.version ?? "",
    protocol: client.getNegotiatedProtocolVersion() ?? "",
  };
}
