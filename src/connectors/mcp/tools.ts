import type { Tool } from "@modelcontextprotocol/client";
import { digestJson } from "../../base/digest.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ConnectorDescriptor } from "../../language/connector.ts";

/** What a server says of a tool. All of it counts: a change of any part is drift. */
export interface ToolFacts extends JsonObject {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject | null;
  readonly annotations: JsonObject;
}

/** The tools of a server in the order of their names. */
export function factsOf(tools: readonly Tool[]): readonly ToolFacts[] {
  return tools
    .map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
      name,
      title: title ?? null,
      description: description ?? null,
      inputSchema: plain(inputSchema),
      outputSchema: outputSchema === undefined ? null : plain(outputSchema),
      annotations: plain(annotations ?? {}),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** SHA-256 over the tools of these names. */
export function toolsDigest(tools: readonly ToolFacts[], names: ReadonlySet<string>): string {
  return digestJson(tools.filter(({ name }) => names.has(name)));
}

/** The tools that a connector's actions stand for, those that are read beside them included. */
export function namedTools({ actions }: Pick<ConnectorDescriptor, "actions">): ReadonlySet<string> {
  const names = Object.entries(actions).flatMap(([name, { mcp }]) => [
    mcp?.tool ?? name,
    mcp?.before?.tool ?? [],
    mcp?.find?.tool ?? [],
  ]);
  return new Set(names.flat());
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
