import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../base/error.ts";
import { isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { describeServer, type Description, type ServerTemplate } from "../connectors/mcp/describe.ts";
import { mcpLimits } from "../connectors/mcp/limits.ts";
import { createMcpConnector, type Inspection } from "../connectors/mcp/mcp-connector.ts";
import { readDescriptor } from "../connectors/read-descriptor.ts";
import type { ConnectorDescriptor } from "../language/connector.ts";
import { createProcesses } from "../processes/process-group.ts";
import type { Config } from "./config.ts";

/** Which server is to be looked at. */
export interface InspectRequest {
  /** A pin, or a connector's file. */
  readonly what: string;
  /** Where relative names begin. */
  readonly cwd: string;
  /** The server's program, for a connector that has no file yet. */
  readonly command: readonly string[];
  readonly url?: string;
  readonly settings: JsonObject;
  /** What Runwright tells the server of itself. */
  readonly version: string;
}

/** What was found. */
export interface InspectedConnector {
  /** Where the connector's file stands, or would. */
  readonly file: string;
  readonly inspection: Inspection;
  readonly description: Description;
  /** Digest of the tools as the file has it; undefined: it was never looked at. */
  readonly pinned: string | undefined;
  /** Actions that the file describes otherwise than the server does now. */
  readonly changed: readonly string[];
}

const pinPattern = /^([a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?)@([0-9A-Za-z](?:[0-9A-Za-z.+-]{0,62}[0-9A-Za-z])?)$/;

/** Starts or calls the server of a connector, and compares what it says with the connector's file. */
export async function inspectConnector(
  config: Config,
  request: InspectRequest,
  signal: AbortSignal,
): Promise<InspectedConnector> {
  const { file, template } = templateOf(config, request);
  await using processes = createProcesses();
  await using connector = createMcpConnector({
    root: config.root,
    version: request.version,
    processes,
    fetch,
    limits: mcpLimits,
  });
  const asDescriptor = { ...template, title: "", actions: {} } as unknown as ConnectorDescriptor;
  const inspection = await connector.inspect(asDescriptor, { settings: request.settings, signal });
  const description = describeServer(template, inspection);
  const { tools: pinned } = template.mcp;
  return {
    file,
    inspection,
    description,
    pinned: typeof pinned === "string" ? pinned : undefined,
    changed: changedActions(template.actions, description.descriptor["actions"] ?? {}),
  };
}

/** Writes the connector's file. Throws `connector.invalid` when what a person wrote in it cannot stay. */
export function writeConnector({ file, description }: InspectedConnector): void {
  const { descriptor } = description;
  const text = `${JSON.stringify(descriptor, null, 2)}\n`;
  readDescriptor({ file: path.basename(file), text });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function templateOf(
  { root }: Config,
  { what, cwd, command, url }: InspectRequest,
): { readonly file: string; readonly template: ServerTemplate } {
  const [, name, version] = pinPattern.exec(what) ?? [];
  const file = name === undefined ? path.resolve(cwd, what) : path.join(root, "connectors", `${what}.json`);
  const [program, ...args] = command;
  if (program === undefined && url === undefined) return { file, template: readTemplate(file, what) };
  if (name === undefined || version === undefined)
    throw new RunwrightError("usage.invalid", `A new connector is named as name@version, not '${what}'.`);
  const mcp = url === undefined ? { command: program ?? "", args } : { url };
  const known = existsSync(file) ? readTemplate(file, what) : undefined;
  return { file, template: { actions: "*", ...known, name, version, mcp } };
}

function readTemplate(file: string, what: string): ServerTemplate {
  const value = jsonIn(file, what);
  const { name, version, kind, mcp } = value;
  if (typeof name !== "string" || typeof version !== "string" || kind !== "mcp" || !isJsonObject(mcp))
    throw new RunwrightError(
      "connector.invalid",
      `${what} is no connector of kind mcp: it needs name, version, "kind": "mcp" and "mcp": { "command" or "url" }.`,
    );
  const { title, settings, actions } = value;
  return {
    name,
    version,
    ...(title !== undefined && { title }),
    ...(settings !== undefined && { settings }),
    mcp,
    actions: actions ?? "*",
  };
}

function jsonIn(file: string, what: string): JsonObject {
  const text = statSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, "utf8") : undefined;
  if (text === undefined)
    throw new RunwrightError(
      "connector.invalid",
      `There is no file ${file}. For a connector that is new, name its server: runwright connectors inspect ${what} --write -- node server.mjs`,
    );
  if (text.length > limits.sourceBytesMax)
    throw new RunwrightError("connector.invalid", `${what} has more than ${limits.sourceBytesMax} characters.`);
  try {
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new RunwrightError("connector.invalid", `${what} is not JSON: ${String(error)}`, { cause: error });
  }
  throw new RunwrightError("connector.invalid", `${what} is no map.`);
}

function changedActions(before: Json, after: Json): readonly string[] {
  if (!isJsonObject(before) || !isJsonObject(after)) return [];
  const typesOf = (action: Json | undefined): string =>
    isJsonObject(action) ? JSON.stringify([action["input"] ?? null, action["output"] ?? null]) : "";
  return Object.keys(after).filter((name) => name in before && typesOf(before[name]) !== typesOf(after[name]));
}
