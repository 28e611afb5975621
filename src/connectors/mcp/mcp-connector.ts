import type { CallToolResult } from "@modelcontextprotocol/client";
import { digestJson } from "../../base/digest.ts";
import { hasCode, RunwrightError } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import type { ActionDescriptor, ConnectorDescriptor } from "../../language/connector.ts";
import type { McpLookup } from "../../language/connector-kinds.ts";
import type { Connector, ToolCall, ToolReply, ToolSurroundings } from "../../ports/connector.ts";
import { valueAt } from "../answer-path.ts";
import { fillValue } from "../placeholders.ts";
import { outputOf, receiptOf, textOf } from "./answer.ts";
import {
  type Connection,
  type ConnectionOptions,
  openConnection,
  type ServerFacts,
  type ToolRequest,
} from "./connection.ts";
import { createConnections } from "./connections.ts";
import { saidFailure } from "./failure.ts";
import { targetOf } from "./target.ts";
import { namedTools, type ToolFacts, toolsDigest } from "./tools.ts";
import { withoutValues } from "../without-values.ts";

/** What a server says when it is looked at. */
export interface Inspection {
  readonly server: ServerFacts;
  /** In the order of their names. */
  readonly tools: readonly ToolFacts[];
  /** Digest of all of them. */
  readonly digest: string;
}

/** Connectors of kind `mcp`. */
export interface McpConnector extends Connector {
  /** Asks the server of a connector for its tools; what the connector says of them does not matter. */
  inspect(descriptor: ConnectorDescriptor, surroundings: ToolSurroundings): Promise<Inspection>;
}

/** Where a server finds the call as a whole, and its key alone. */
const metaNames = { call: "runwright/call", key: "runwright/idempotencyKey" } as const;

/**
 * Calls tools of MCP servers. A server is started, or greeted, when it is first needed, and serves all calls with the same settings; one that
 * died is started again by the next call. A call is sent once: what came of one that got no answer, its effect class decides elsewhere.
 */
export function createMcpConnector(options: ConnectionOptions): McpConnector {
  const connections = createConnections(options.limits);

  return {
    call: (descriptor, call, surroundings) =>
      within(descriptor, call, surroundings, async (connection) => {
        const action = actionOf(descriptor, call);
        const before = action.effect === "read" ? null : await beforeOf(connection, action, call, surroundings);
        const request = { name: action.mcp?.tool ?? call.action, arguments: argumentsOf(call, action) };
        const output = outputOf(await send(connection, request, call, surroundings));
        if (action.effect === "read") return { v: 1, output };
        return { v: 1, output, receipt: receiptOf(output, action.mcp?.receipt, before) };
      }),
    find: (descriptor, call, surroundings) =>
      within(descriptor, call, surroundings, async (connection) => {
        const action = actionOf(descriptor, call);
        const lookup = action.mcp?.find;
        if (lookup === undefined)
          throw new RunwrightError(
            "tool.failed",
            `${nameOf(call)} has no find: nobody can look whether it was carried out.`,
          );
        const output = await look(connection, lookup, call, surroundings);
        if (output === null || (Array.isArray(output) && output.length === 0)) return undefined;
        return { v: 1, output, receipt: receiptOf(output, action.mcp?.receipt, null) } satisfies ToolReply;
      }),
    async inspect(descriptor, { settings, signal }) {
      const what = `${descriptor.name}@${descriptor.version}`;
      try {
        const connection = await openConnection(targetOf(descriptor, settings), what, options, signal);
        try {
          const tools = await connection.tools(what, signal);
          return { server: connection.facts, tools, digest: digestJson(tools) };
        } finally {
          await connection.close();
        }
      } catch (error) {
        throw withoutValues(error, settings);
      }
    },
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };

  /** Does something with the connector's server, after its tools were found to be those of the descriptor. */
  async function within<T>(
    descriptor: ConnectorDescriptor,
    call: ToolCall,
    { settings, signal }: ToolSurroundings,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const target = targetOf(descriptor, settings);
    const need = {
      key: keyOf(descriptor, call, settings),
      what: nameOf(call),
      // Whoever asks first must not take the connection of the others along when it is aborted.
      open: () => openConnection(target, call.connector, options, AbortSignal.timeout(options.limits.openMsMax)),
      spoils: leavesDoubt,
    };
    const serve = async (connection: Connection): Promise<T> => {
      await assertTools(connection, descriptor, call, signal);
      return await work(connection);
    };
    try {
      return await connections.use(need, serve, signal);
    } catch (error) {
      throw withoutValues(error, settings);
    }
  }
}

async function beforeOf(
  connection: Connection,
  { mcp }: ActionDescriptor,
  call: ToolCall,
  surroundings: ToolSurroundings,
): Promise<Json> {
  if (mcp?.before === undefined) return null;
  try {
    return await look(connection, mcp.before, call, surroundings);
  } catch (error) {
    // The tool itself says that there is nothing to read.
    if (hasCode(error, "tool.failed")) return null;
    throw error;
  }
}

async function look(
  connection: Connection,
  { tool, with: template, at }: McpLookup,
  call: ToolCall,
  surroundings: ToolSurroundings,
): Promise<Json> {
  const given = fillValue(template ?? {}, { input: call.input, key: call.key }) as JsonObject;
  const output = outputOf(await send(connection, { name: tool, arguments: given }, call, surroundings));
  return at === undefined ? output : (valueAt(output, at) ?? null);
}

async function send(
  connection: Connection,
  request: Pick<ToolRequest, "name" | "arguments">,
  call: ToolCall,
  { signal }: ToolSurroundings,
): Promise<CallToolResult> {
  const what = `The tool '${request.name}' of ${call.connector}`;
  const meta: JsonObject = { [metaNames.call]: { ...call }, [metaNames.key]: call.key };
  const result = await connection.call({ what, ...request, meta }, signal);
  if (result.isError === true) throw saidFailure(what, textOf(result));
  return result;
}

/** Nothing is sent to a server whose tools are not those that were published. */
async function assertTools(
  connection: Connection,
  descriptor: ConnectorDescriptor,
  call: ToolCall,
  signal: AbortSignal,
): Promise<void> {
  const found = toolsDigest(await connection.tools(call.connector, signal), namedTools(descriptor));
  if (found === descriptor.mcp?.tools) return;
  throw new RunwrightError(
    "connector.drift",
    `The server of ${call.connector} describes its tools otherwise than when they were looked at (${found.slice(0, 12)}…, expected ${descriptor.mcp?.tools.slice(0, 12)}…); nothing was sent. See the difference with: runwright connectors inspect ${call.connector}`,
  );
}

function actionOf({ actions }: ConnectorDescriptor, call: ToolCall): ActionDescriptor {
  const action = Object.hasOwn(actions, call.action) ? actions[call.action] : undefined;
  if (action !== undefined) return action;
  throw new RunwrightError("tool.not-allowed", `${call.connector} has no action '${call.action}'.`);
}

function argumentsOf(call: ToolCall, { mcp }: ActionDescriptor): JsonObject {
  return mcp?.key === undefined ? call.input : { ...call.input, [mcp.key]: call.key };
}

/** After these nobody knows what the server is still busy with, or whether it is the one that was meant. */
function leavesDoubt(error: unknown): boolean {
  const codes = ["call.aborted", "tool.unavailable", "tool.bad-answer", "connector.drift"] as const;
  return codes.some((code) => hasCode(error, code));
}

/** One server for each tenant and each set of settings. */
function keyOf(descriptor: ConnectorDescriptor, { tenant, workspace }: ToolCall, settings: JsonObject): string {
  return digestJson([
    tenant,
    workspace,
    descriptor.name,
    descriptor.version,
    { ...descriptor.mcp },
    settings,
  ] as Json[]);
}

function nameOf({ connector, action }: ToolCall): string {
  return `${connector}/${action}`;
}
