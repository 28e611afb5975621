import { type Document, Parser } from "yaml";
import { limits } from "../../base/limits.ts";
import type { Range } from "../diagnostic.ts";
import type { Problems } from "../problems.ts";
import type { Source } from "../world.ts";
import { composeParts } from "./compose.ts";
import { lex } from "./lex.ts";
import type { SourceNode } from "./tree.ts";
import { walkDocument } from "./walk.ts";
import { explainYaml, type YamlError } from "./yaml-problem.ts";

/** The tree of a YAML or JSON file, or undefined when it is refused; what is wrong is reported. */
export function loadSource(source: Source, problems: Problems): SourceNode | undefined {
  const { text } = source;
  if (!acceptsText(text, problems)) return undefined;
  if (source.file.endsWith(".json") && !acceptsJson(text, problems)) return undefined;

  const tokens = lex(text, problems);
  if (tokens === undefined) return undefined;
  const document = compose(text, tokens, problems);
  return document === undefined ? undefined : walkDocument(document, text, problems);
}

function acceptsText(text: string, problems: Problems): boolean {
  // Three bytes per UTF-16 unit at most: only texts that could be too large are measured.
  if (
    text.length > limits.sourceBytesMax ||
    (text.length * 3 > limits.sourceBytesMax && Buffer.byteLength(text) > limits.sourceBytesMax)
  ) {
    problems.report("E001", { start: 0, end: 0 }, `this file is larger than ${limits.sourceBytesMax / 1024} KiB`, {
      hint: "move data out of it, or split it into several workflows",
    });
    return false;
  }
  const control = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/u.exec(text);
  const at = control?.index ?? (text.isWellFormed() ? -1 : loneSurrogate(text));
  if (at < 0) return true;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
  problems.report(
    "E001",
    { start: at, end: at + 1 },
    control === null ? `this is half a character (U+${code})` : `this control character (U+${code}) is not allowed`,
    {
      hint: "remove it, or write it as an escape in double quotes",
    },
  );
  return false;
}

function loneSurrogate(text: string): number {
  return /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text)?.index ?? 0;
}

/** A JSON file keeps to JSON: YAML would read `{"a": 1 "b": 2}`, which lacks a comma, as one text. */
function acceptsJson(text: string, problems: Problems): boolean {
  try {
    JSON.parse(text.replace(/^\ufeff/, " "));
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const at = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    const found = text.slice(at, at + 1).trim();
    problems.report(
      "E001",
      { start: at, end: at + found.length },
      found === "" ? "this JSON ends too early" : `'${found}' is not expected here in JSON`,
      {
        hint: "look for a missing or superfluous comma, quote or bracket before it",
      },
    );
    return false;
  }
}

function compose(text: string, tokens: readonly string[], problems: Problems): Document | undefined {
  const parser = new Parser();
  const parts = [...tokens.flatMap((token) => [...parser.next(token)]), ...parser.end()];
  const tooDeep = firstTooDeep(parts);
  if (tooDeep !== undefined) {
    problems.report(
      "E001",
      { start: tooDeep, end: tooDeep + 1 },
      `this is nested deeper than ${limits.sourceDepthMax} levels`,
    );
    return undefined;
  }
  const second = parts.filter((part) => part.type === "document")[1];
  if (second !== undefined) {
    problems.report(
      "E001",
      { start: second.offset, end: second.offset + 3 },
      "a file holds one document, but a second one begins here",
      {
        hint: "remove the line ---, or split the file",
      },
    );
    return undefined;
  }

  const { document, error } = composeParts(parts, text.length);
  if (error === undefined) return document;
  const { message, hint } = explainYaml(error, text);
  problems.report("E001", rangeOf(error, text), message, { hint });
  return undefined;
}

function rangeOf(error: YamlError, text: string): Range {
  const found = Math.min(error.pos[0], text.length);
  // Where the package marks indentation, what is indented is meant.
  const start = found + (/^[ ]+(?=\S)/.exec(text.slice(found, found + 200))?.[0].length ?? 0);
  const lineEnd = text.indexOf("\n", start);
  // The package marks one character of a value that must be quoted as a whole.
  if (error.code === "BLOCK_AS_IMPLICIT_KEY") return { start, end: lineEnd < 0 ? text.length : lineEnd };
  return { start, end: Math.max(start, Math.min(error.pos[1], text.length)) };
}

interface Part {
  readonly offset?: number;
  readonly items?: readonly Part[];
  readonly key?: Part | null;
  readonly value?: Part | null;
}

/** Offset of the first block that stands too deep. Walks without recursion, since depth is what is to be bounded. */
function firstTooDeep(documents: readonly Part[]): number | undefined {
  const open: { readonly part: Part; readonly depth: number }[] = [];
  const enter = (part: Part | null | undefined, depth: number): void => {
    if (typeof part === "object" && part !== null) open.push({ part, depth });
  };
  for (const document of documents) enter(document.value, 0);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { part, depth } = next;
    if (part.items === undefined) continue;
    if (depth >= limits.sourceDepthMax) return part.offset ?? 0;
    for (const { key, value } of part.items) {
      enter(value, depth + 1);
      enter(key, depth + 1);
    }
  }
  return undefined;
}
