import path from "node:path";
import { RunwrightError } from "../../base/error.ts";
import type { JsonObject } from "../../base/json.ts";
import { defined } from "../../language/compile/optional.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";
import type { McpServer } from "../../language/connector-kinds.ts";
import { fillText, placeholdersIn } from "../placeholders.ts";

/** A server with its settings put in: the one thing of a connection that holds secrets. */
export type Target =
  | {
      readonly kind: "program";
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly protocol?: string;
    }
  | {
      readonly kind: "address";
      readonly url: URL;
      readonly headers: Readonly<Record<string, string>>;
      readonly protocol?: string;
    };

/**
 * The server of a connector with these settings. Of the environment a program sees PATH and what the connector names, nothing else.
 *
 * Throws `connector.not-configured` when a setting is missing that it cannot do without.
 */
export function targetOf(descriptor: ConnectorDescriptor, settings: JsonObject): Target {
  const { mcp } = descriptor;
  if (mcp === undefined) throw missing(descriptor, "it has no section mcp");
  const protocol = defined({ protocol: mcp.protocol });
  const whole = (text: string): string => {
    const filled = fillText(text, { settings });
    if (filled !== undefined) return filled;
    throw missing(
      descriptor,
      `'${placeholdersIn(text).join("', '")}' is not set; give it under connectors.<alias>.with`,
    );
  };
  if (mcp.url !== undefined)
    return {
      kind: "address",
      url: urlOf(descriptor, whole(mcp.url)),
      headers: textsOf(mcp.headers, settings),
      ...protocol,
    };
  return {
    kind: "program",
    command: commandOf(whole(mcp.command ?? "")),
    args: (mcp.args ?? []).flatMap((arg) => fillText(arg, { settings }) ?? []),
    env: { ...ownEnvironment(), ...textsOf(mcp.env, settings) },
    ...protocol,
  };
}

/** `node` is the program that Runwright itself runs on: on many machines an older one stands first on PATH. */
function commandOf(command: string): string {
  return command === "node" ? process.execPath : command;
}

function textsOf(texts: McpServer["env"], settings: JsonObject): Readonly<Record<string, string>> {
  const filled = Object.entries(texts ?? {}).map(([name, text]) => [name, fillText(text, { settings })] as const);
  return Object.fromEntries(filled.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])));
}

function ownEnvironment(): Readonly<Record<string, string>> {
  // The folder of this very Node comes first, so that a server's own `node` is the same.
  const folders = [path.dirname(process.execPath), process.env["PATH"] ?? ""];
  const env = { PATH: folders.join(path.delimiter) };
  // Without SystemRoot, Windows programs can open no socket.
  return process.platform === "win32" ? { ...env, SystemRoot: process.env["SystemRoot"] ?? "" } : env;
}

function urlOf(descriptor: ConnectorDescriptor, text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw missing(descriptor, "its url is none that begins with https:// or http://");
}

function missing({ name, version }: ConnectorDescriptor, why: string): RunwrightError {
  return new RunwrightError("connector.not-configured", `The connector ${name}@${version} cannot be reached: ${why}.`);
}
