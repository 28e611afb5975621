import type { Json, JsonObject } from "../base/json.ts";

/** What carries the actions of a connector out. Left out: Runwright itself, for those that come along. */
export type ConnectorKind = "http" | "mcp" | "function";

/** All of them. */
export const connectorKinds: readonly ConnectorKind[] = ["http", "mcp", "function"];

/**
 * The server of an `mcp` connector: a program that is started, or an address. In its texts `${settings.name}` stands for a setting; a text whose
 * setting is not given is left out.
 */
export interface McpServer {
  /** The program; no shell reads it. */
  readonly command?: string;
  readonly args?: readonly string[];
  /** All that the program sees beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of a program: where the server listens. */
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The revision of the protocol that it has to speak; left out: what both know. */
  readonly protocol?: string;
  /** Digest of the tools that the actions stand for, as the server described them. With other tools nothing is called. */
  readonly tools: string;
}

/** A tool that is called beside the action's own. */
export interface McpLookup {
  readonly tool: string;
  /** In its texts `${input.name}` stands for an input of the action, `${key}` for the operation's key. */
  readonly with?: JsonObject;
  /** Where in its answer the value stands, such as `items[0]`; left out: the whole. */
  readonly at?: string;
}

/** How an action becomes the call of a tool; left out: the tool of the action's name. */
export interface McpAction {
  readonly tool?: string;
  /** The argument that takes the operation's key. */
  readonly key?: string;
  /** Where in the answer the parts of the receipt stand, such as `issue.url`. */
  readonly receipt?: { readonly remote_id?: string; readonly url?: string };
  /** Read before the call, for the receipt's `before`. */
  readonly before?: McpLookup;
  /** Looks whether a call was carried out: it was when there is something at its `at`. */
  readonly find?: McpLookup;
}

/** The modules behind an action of a `function` connector: files of the project. */
export interface FunctionActionPart {
  /** `connectors/desk/close.mjs` */
  readonly module: string;
  /** Looks whether a call was carried out; gives null when it was not. */
  readonly find?: string;
}

/** A value that a placeholder stands for, by its first name. */
export type Placeholders = Readonly<Record<string, Json | undefined>>;
