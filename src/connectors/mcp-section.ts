import { isJsonObject, type JsonObject } from "../base/json.ts";
import { readKeys, type Written } from "../language/check/keys.ts";
import { mapIn, namesIn, reportShape, textIn } from "../language/check/values.ts";
import { defined } from "../language/compile/optional.ts";
import type { McpAction, McpLookup, McpServer } from "../language/connector-kinds.ts";
import type { Problems } from "../language/problems.ts";
import { type SourceEntry, type SourceNode, toJson } from "../language/source/tree.ts";
import { isAnswerPath } from "./answer-path.ts";
import { mcpActionFields, mcpLookupFields, mcpReceiptFields, mcpServerFields } from "./section-fields.ts";
import { placeholdersIn } from "./placeholders.ts";

const digestPattern = /^[0-9a-f]{64}$/;

/** Reads the section `mcp` of a connector; `settings` are the names of its settings. */
export function readMcpServer(
  entry: SourceEntry,
  settings: readonly string[],
  problems: Problems,
): McpServer | undefined {
  const map = mapIn(problems, entry, "a map of command or url");
  if (map === undefined) return undefined;
  const written = readKeys(map, mcpServerFields, "in mcp", problems);
  checkWay(entry, written, problems);
  const known = settings.map((name) => `settings.${name}`);
  const text = (name: string): string | undefined => textWith(written.get(name), known, problems);
  const parts = {
    command: text("command"),
    args: argsOf(written.get("args"), known, problems),
    env: textsOf(written.get("env"), known, problems),
    url: text("url"),
    headers: textsOf(written.get("headers"), known, problems),
    protocol: text("protocol"),
  };
  return { ...defined(parts), tools: toolsOf(entry, written, problems) };
}

/** Reads the section `mcp` of an action; `inputs` are the names of its inputs. */
export function readMcpAction(
  entry: SourceEntry,
  inputs: readonly string[],
  problems: Problems,
): McpAction | undefined {
  const map = mapIn(problems, entry, "a map of tool, key, receipt, before and find");
  if (map === undefined) return undefined;
  const written = readKeys(map, mcpActionFields, "in mcp", problems);
  const known = ["key", ...inputs.map((name) => `input.${name}`)];
  return defined({
    tool: textOf(written.get("tool"), problems),
    key: textOf(written.get("key"), problems),
    receipt: readReceipt(written.get("receipt"), problems),
    before: readLookup(written.get("before"), known, problems),
    find: readLookup(written.get("find"), known, problems),
  });
}

function argsOf(
  entry: SourceEntry | undefined,
  known: readonly string[],
  problems: Problems,
): readonly string[] | undefined {
  if (entry === undefined) return undefined;
  if (entry.value.kind !== "list") return reportShape(problems, entry, "a list of texts");
  return (namesIn(problems, entry, "a list of texts") ?? []).map(({ name, node }) =>
    checked(name, node, known, problems),
  );
}

/** A server is a program or an address. */
function checkWay(entry: SourceEntry, written: Written, problems: Problems): void {
  const [command, url] = [written.get("command"), written.get("url")];
  if (command === undefined && url === undefined)
    problems.report("E015", entry.keyRange, "this server has neither command nor url", {
      hint: 'write "command": "node", "args": ["server.mjs"]',
    });
  if (command !== undefined && url !== undefined)
    problems.report("E015", url.keyRange, "a server is a command or a url, not both", { hint: "keep one of them" });
  const alien = command === undefined ? ["args", "env"] : ["headers"];
  for (const name of alien) {
    const stray = written.get(name);
    if (stray === undefined || (command === undefined) === (url === undefined)) continue;
    problems.report("E015", stray.keyRange, `${name} does not go with ${command === undefined ? "url" : "command"}`, {
      hint: "remove it",
    });
  }
}

function toolsOf(entry: SourceEntry, written: Written, problems: Problems): string {
  const hint = "`runwright connectors inspect <this file> --write` asks the server for its tools and writes it";
  const tools = written.get("tools");
  if (tools === undefined) {
    if (!written.meant.has("tools"))
      problems.report("E015", entry.keyRange, "this server's tools were never looked at: mcp has no tools", { hint });
    return "";
  }
  const text = textIn(problems, tools) ?? "";
  if (text !== "" && !digestPattern.test(text)) reportShape(problems, tools, "a digest of 64 hex digits", hint);
  return text;
}

function readReceipt(entry: SourceEntry | undefined, problems: Problems): McpAction["receipt"] | undefined {
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map of remote_id and url");
  if (map === undefined) return undefined;
  const written = readKeys(map, mcpReceiptFields, "in receipt", problems);
  return defined({
    remote_id: pathOf(written.get("remote_id"), problems),
    url: pathOf(written.get("url"), problems),
  });
}

function readLookup(
  entry: SourceEntry | undefined,
  known: readonly string[],
  problems: Problems,
): McpLookup | undefined {
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map of tool, with and at");
  if (entry === undefined || map === undefined) return undefined;
  const written = readKeys(map, mcpLookupFields, `in ${entry.key}`, problems);
  const tool = written.get("tool");
  if (tool === undefined && !written.meant.has("tool"))
    problems.report("E015", entry.keyRange, `${entry.key} has no tool`, { hint: "add tool" });
  const given = written.get("with");
  const parts = { with: argumentsOf(given, known, problems), at: pathOf(written.get("at"), problems) };
  return { tool: textOf(tool, problems) ?? "", ...defined(parts) };
}

function argumentsOf(
  entry: SourceEntry | undefined,
  known: readonly string[],
  problems: Problems,
): JsonObject | undefined {
  if (entry === undefined || mapIn(problems, entry, "a map of arguments") === undefined) return undefined;
  checkTexts(entry.value, known, problems);
  const value = toJson(entry.value);
  return isJsonObject(value) ? value : undefined;
}

function checkTexts(node: SourceNode, known: readonly string[], problems: Problems): void {
  if (node.kind === "scalar") checked(node.text, node, known, problems);
  else if (node.kind === "list") for (const item of node.items) checkTexts(item, known, problems);
  else for (const { value } of node.entries) checkTexts(value, known, problems);
}

function textsOf(
  entry: SourceEntry | undefined,
  known: readonly string[],
  problems: Problems,
): Readonly<Record<string, string>> | undefined {
  const map = entry === undefined ? undefined : mapIn(problems, entry, "a map of texts");
  if (map === undefined) return undefined;
  return Object.fromEntries(map.entries.map((each) => [each.key, textWith(each, known, problems) ?? ""]));
}

function textWith(entry: SourceEntry | undefined, known: readonly string[], problems: Problems): string | undefined {
  const text = textOf(entry, problems);
  return entry === undefined || text === undefined ? undefined : checked(text, entry.value, known, problems);
}

/** The text, after every placeholder in it was looked at. */
function checked(text: string, node: SourceNode, known: readonly string[], problems: Problems): string {
  for (const name of placeholdersIn(text)) {
    if (known.includes(name)) continue;
    const meant = problems.closest(name, known);
    problems.report("E053", node.range, `'${name}' is nothing that can stand here in \${…}`, {
      hint: meant === undefined ? `known: ${known.join(", ") || "nothing"}` : `did you mean '${meant}'?`,
    });
  }
  return text;
}

function pathOf(entry: SourceEntry | undefined, problems: Problems): string | undefined {
  const text = textOf(entry, problems);
  if (entry !== undefined && text !== undefined && !isAnswerPath(text))
    reportShape(problems, entry, "the way to a part of the answer, such as items[0].id");
  return text;
}

function textOf(entry: SourceEntry | undefined, problems: Problems): string | undefined {
  return entry === undefined ? undefined : textIn(problems, entry);
}
