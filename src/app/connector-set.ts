import { RunwrightError } from "../base/error.ts";
import { createBuiltInConnector } from "../connectors/built-in/built-in-connector.ts";
import { createFunctionConnector } from "../connectors/function/function-connector.ts";
import type { Fetch } from "../connectors/mcp/bounded-fetch.ts";
import { mcpLimits } from "../connectors/mcp/limits.ts";
import { createMcpConnector } from "../connectors/mcp/mcp-connector.ts";
import type { ConnectorDescriptor } from "../language/connector.ts";
import type { Action, FunctionCall } from "../ports/action.ts";
import type { Connector } from "../ports/connector.ts";
import { createProcesses } from "../processes/process-group.ts";
import type { Config } from "./config.ts";

/** What connectors stand on besides the configuration. */
export interface ConnectorSetOptions {
  readonly version: string;
  /** Carries out modules of the project's folder; its owner closes it. */
  readonly modules: Action<FunctionCall>;
  /** Kind `http`. */
  readonly http?: Connector;
  /** How servers at an address are reached. */
  readonly fetch: Fetch;
  /** The address behind a host's name, after it was looked at. */
  readonly addressOf: (host: string) => Promise<string>;
}

/** Every kind of connector behind one port: a call goes to the kind that its descriptor names. Nothing is started before the first call. */
export function createConnectorSet(config: Config, options: ConnectorSetOptions): Connector {
  const { version, modules, http, fetch, addressOf } = options;
  const { root } = config;
  const processes = createProcesses();
  const mcp = createMcpConnector({ root, version, processes, fetch, limits: mcpLimits });
  const functions = createFunctionConnector(modules);
  const builtIn = createBuiltInConnector({ root, ...config.connectors, processes, addressOf });

  return {
    call: async (descriptor, call, surroundings) => await kindOf(descriptor).call(descriptor, call, surroundings),
    find: async (descriptor, call, surroundings) => await kindOf(descriptor).find(descriptor, call, surroundings),
    async [Symbol.asyncDispose]() {
      await mcp[Symbol.asyncDispose]();
      await http?.[Symbol.asyncDispose]();
      await processes[Symbol.asyncDispose]();
    },
  };

  function kindOf({ name, version: pinned, kind }: ConnectorDescriptor): Connector {
    if (kind === undefined) return builtIn;
    const found = { mcp, function: functions, http }[kind];
    if (found !== undefined) return found;
    throw new RunwrightError(
      "connector.not-configured",
      `${name}@${pinned} is of kind ${kind}, which is not carried out here.`,
    );
  }
}
