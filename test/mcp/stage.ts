import { readFileSync } from "node:fs";
import path from "node:path";
import { describeServer } from "../../src/connectors/mcp/describe.ts";
import { type McpLimits, mcpLimits } from "../../src/connectors/mcp/limits.ts";
import { createMcpConnector, type McpConnector } from "../../src/connectors/mcp/mcp-connector.ts";
import { readDescriptor } from "../../src/connectors/read-descriptor.ts";
import type { Json, JsonObject } from "../../src/base/json.ts";
import type { ConnectorDescriptor } from "../../src/language/connector.ts";
import type { ToolCall, ToolReply } from "../../src/ports/connector.ts";
import { createProcesses } from "../../src/processes/process-group.ts";
import { root } from "../house/sources.ts";

/** Tool servers that other people wrote, as npm installs them. */
export function serverOf(name: string, ...args: readonly string[]): JsonObject {
  return {
    command: "node",
    args: [`${root}/node_modules/@modelcontextprotocol/server-${name}/dist/index.js`, ...args],
  };
}

/** The server of this test's own. */
export function bentServer(...args: readonly string[]): JsonObject {
  return { command: "node", args: [path.join(root, "test/mcp/bent-server.ts"), ...args] };
}

/** A connector with what it stands on. */
export interface Stage extends AsyncDisposable {
  readonly connector: McpConnector;
  /** Looks at a server and gives the connector that a project would have of it. */
  describe(mcp: JsonObject, parts?: JsonObject, settings?: JsonObject): Promise<ConnectorDescriptor>;
  call(
    descriptor: ConnectorDescriptor,
    action: string,
    input?: JsonObject,
    more?: { readonly settings?: JsonObject; readonly signal?: AbortSignal; readonly call?: Partial<ToolCall> },
  ): Promise<ToolReply>;
}

/** No server yet. */
export function openStage(limits: Partial<McpLimits> = {}, fetched: typeof fetch = fetch): Stage {
  const processes = createProcesses();
  const connector = createMcpConnector({
    root,
    version: "0.0.0-test",
    processes,
    fetch: fetched,
    limits: { ...mcpLimits, ...limits },
  });
  const never = new AbortController().signal;

  return {
    connector,
    async describe(mcp, parts = {}, settings = {}) {
      const template = { name: "tools", version: "1.0.0", mcp, actions: "*", ...parts };
      const bare = { ...template, title: "", actions: {} } as unknown as ConnectorDescriptor;
      const inspection = await connector.inspect(bare, { settings, signal: never });
      const { descriptor } = describeServer(template, inspection);
      return readDescriptor({ file: "tools@1.0.0.json", text: JSON.stringify(descriptor) });
    },
    call: (descriptor, action, input = {}, { settings = {}, signal = never, call = {} } = {}) =>
      connector.call(descriptor, { ...callOf(descriptor, action, input), ...call }, { settings, signal }),
    async [Symbol.asyncDispose]() {
      await connector[Symbol.asyncDispose]();
      await processes[Symbol.asyncDispose]();
    },
  };
}

/** A call as the engine makes it. */
export function callOf(descriptor: ConnectorDescriptor, action: string, input: JsonObject): ToolCall {
  return {
    v: 1,
    tenant: "acme",
    workspace: "default",
    workflow: "triage",
    version: "0".repeat(64),
    run: "run_1",
    path: "file",
    attempt: 1,
    principal: "local:ada",
    connector: `${descriptor.name}@${descriptor.version}`,
    action,
    effect: descriptor.actions[action]?.effect ?? "blind",
    key: "k".repeat(64),
    policy: { rules: [], version: "" },
    input,
  };
}

/** The output of a call as a map. */
export function mapOf(output: Json): JsonObject {
  return output as JsonObject;
}

/** True while the process is there and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Waits for something that has to come; the test's own time limit ends it when it does not. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((next) => setTimeout(next, 10));
}

/** The output of a call as text. */
export function wordsOf(output: Json): string {
  return output as string;
}
