import type { CallToolResult } from "@modelcontextprotocol/client";
import { digestText } from "../../base/digest.ts";
import { isJsonObject, type Json, type JsonObject } from "../../base/json.ts";
import type { ToolReceipt } from "../../ports/connector.ts";
import type { McpAction } from "../../language/connector-kinds.ts";
import { valueAt } from "../answer-path.ts";

type Part = CallToolResult["content"][number];

/**
 * What a tool gave, as a step's output: what it gives for programs where it does; else its text, read as JSON where that is a map or a list. Of
 * pictures, sound and files there is a description beside the text: bytes do not belong in a journal.
 */
export function outputOf(result: CallToolResult): Json {
  if (result.structuredContent !== undefined) return result.structuredContent as Json;
  const texts = result.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const others = result.content.filter(({ type }) => type !== "text").map(described);
  const text = texts.join("\n");
  if (others.length > 0) return { text, others };
  return texts.length === 1 ? (dataIn(text) ?? text) : text;
}

/** All that a tool said in words. */
export function textOf(result: CallToolResult): string {
  return result.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

/** What a write leaves behind, by the paths that the action names. */
export function receiptOf(output: Json, paths: McpAction["receipt"], before: Json): ToolReceipt {
  return { remote_id: wordAt(output, paths?.remote_id), url: wordAt(output, paths?.url), before };
}

function wordAt(output: Json, path: string | undefined): string | null {
  const found = path === undefined ? undefined : valueAt(output, path);
  if (typeof found === "string") return found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : null;
}

/** The map or list that a text holds. */
function dataIn(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function described(part: Part): JsonObject {
  switch (part.type) {
    case "image":
    case "audio":
      return { type: part.type, media_type: part.mimeType, ...sizeOf(part.data) };
    case "resource_link":
      return { type: part.type, uri: part.uri, name: part.name };
    case "resource": {
      const { resource } = part;
      const media = resource.mimeType === undefined ? {} : { media_type: resource.mimeType };
      return {
        type: part.type,
        uri: resource.uri,
        ...media,
        ...("text" in resource ? { text: resource.text } : sizeOf(resource.blob)),
      };
    }
    default:
      return isJsonObject(part) ? { type: part["type"] ?? null } : {};
  }
}

function sizeOf(base64: string): JsonObject {
  return { bytes: Buffer.byteLength(base64, "base64"), sha256_of_base64: digestText(base64) };
}
