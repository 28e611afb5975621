import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Readable } from "node:stream";
import { RunwrightError } from "../../base/error.ts";
import { type Json, jsonProblem, type JsonObject } from "../../base/json.ts";
import type { RequestPlan } from "../http-plan.ts";

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  /** By names in small letters; of several values the list joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, a text, or null where there is none. */
  readonly body: Json;
  readonly url: URL;
}

/** Reads a body within its bound, whatever it unpacks to. Throws `tool.bad-answer`. */
export async function bytesOf(
  body: Readable,
  headers: Readonly<Record<string, string>>,
  bytesMax: number,
): Promise<Buffer> {
  const unpacked = unpack(body, headers["content-encoding"] ?? "identity");
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of unpacked) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > bytesMax) throw new RunwrightError("tool.bad-answer", `The answer has more than ${bytesMax} bytes.`);
      chunks.push(bytes);
    }
  } finally {
    body.destroy();
    unpacked.destroy();
  }
  return Buffer.concat(chunks, size);
}

function unpack(body: Readable, encoding: string): Readable {
  switch (encoding.toLowerCase().trim()) {
    case "":
    case "identity":
      return body;
    case "gzip":
    case "x-gzip":
      return piped(body, createGunzip());
    case "deflate":
      return piped(body, createInflate());
    case "br":
      return piped(body, createBrotliDecompress());
    default:
      throw new RunwrightError("tool.bad-answer", `The answer is packed in a way that nobody asked for.`);
  }
}

function piped<T extends NodeJS.ReadWriteStream & { destroy(error?: Error): unknown }>(
  body: Readable,
  into: T,
): T & Readable {
  body.on("error", (error) => into.destroy(error));
  body.pipe(into);
  return into as T & Readable;
}

/** The value of a body. Of a refusal everything is taken; of what counts as an answer only what was asked for. Throws `tool.bad-answer`. */
export function valueOf(
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  wanted: RequestPlan["answer"] | "refusal",
): Json {
  if (bytes.length === 0) return null;
  const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isJson = type === "" || /^(?:application|text)\/(?:[\w.+-]+\+)?json$/.test(type);
  if (wanted === "refusal") return refusalOf(bytes, isJson);
  if (isJson && wanted !== "text") return jsonOf(bytes);
  if (wanted === "json")
    throw new RunwrightError("tool.bad-answer", `The answer is ${shown(type)} where JSON was expected.`);
  return textOf(bytes);
}

function refusalOf(bytes: Buffer, isJson: boolean): Json {
  if (!isJson) return null;
  try {
    return jsonOf(bytes);
  } catch {
    return null;
  }
}

/** A media type is the other side's word: only one that looks like one is repeated. */
function shown(type: string): string {
  return /^[a-z]+\/[\w.+-]{1,60}$/.test(type) ? type : "something else";
}

function jsonOf(bytes: Buffer): Json {
  const text = textOf(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RunwrightError("tool.bad-answer", "The answer is JSON that breaks off or cannot be read.");
  }
  if (jsonProblem(value) === undefined) return value as Json;
  throw new RunwrightError("tool.bad-answer", "The answer is JSON that is nested too deeply.");
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RunwrightError("tool.bad-answer", "The answer is no text in UTF-8.");
  }
}

/** An answer as expressions see it. */
export function seen({ status, headers, body }: Answer, items: readonly Json[] = []): JsonObject {
  return { status, headers, body, items };
}
