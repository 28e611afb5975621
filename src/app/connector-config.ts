import type { Problems } from "../language/problems.ts";
import { entryOf, kindOf, type SourceMap, type SourceNode } from "../language/source/tree.ts";
import { createGuard } from "../connectors/http/guard.ts";
import { hasCode } from "../base/error.ts";
import { reportUnknownKeys } from "./checked-file.ts";

/** What the configuration lets the connectors do that come along. */
export interface ConnectorConfig {
  /** Programs that `shell` may start; none: it is off. */
  readonly shellCommands: readonly string[];
  /** Folders outside of the project that `files` may be pointed at, absolute. */
  readonly fileRoots: readonly string[];
  /** Hosts, addresses and networks that connectors may reach although they are not public. */
  readonly allowHosts: readonly string[];
}

/** Reads `connectors:` of the configuration. */
export function readConnectorConfig(root: SourceMap, problems: Problems): ConnectorConfig | undefined {
  const node = entryOf(root, "connectors")?.value;
  if (node === undefined) return undefined;
  const map = mapIn(node, "connectors", "connectors: { shell: { enabled: true, commands: [git] } }", problems);
  if (map === undefined) return undefined;
  reportUnknownKeys(map, ["shell", "files", "allow_hosts"], "in connectors", problems);
  return {
    shellCommands: readShell(map, problems),
    fileRoots: readFiles(map, problems),
    allowHosts: readHosts(map, problems),
  };
}

/** Two words are needed, so that a list that somebody left behind does not switch it on. */
function readShell(map: SourceMap, problems: Problems): readonly string[] {
  const node = entryOf(map, "shell")?.value;
  const shell =
    node === undefined ? undefined : mapIn(node, "shell", "shell: { enabled: true, commands: [git] }", problems);
  if (shell === undefined) return [];
  reportUnknownKeys(shell, ["enabled", "commands"], "in shell", problems);
  const commands = readTexts(shell, "commands", problems);
  const enabled = entryOf(shell, "enabled")?.value;
  if (enabled === undefined) return [];
  if (enabled.kind !== "scalar" || typeof enabled.value !== "boolean") {
    problems.report("E015", enabled.range, `'enabled' is true or false, not ${kindOf(enabled)}`, {
      hint: "write enabled: true",
    });
    return [];
  }
  if (enabled.value && commands.length === 0)
    problems.report("E015", enabled.range, "shell is enabled, but names no program that may be started", {
      hint: "add commands: [git]",
    });
  return enabled.value ? commands : [];
}

function readFiles(map: SourceMap, problems: Problems): readonly string[] {
  const node = entryOf(map, "files")?.value;
  const files = node === undefined ? undefined : mapIn(node, "files", "files: { roots: [/srv/inbox] }", problems);
  if (files === undefined) return [];
  reportUnknownKeys(files, ["roots"], "in files", problems);
  return readTexts(files, "roots", problems);
}

const lists = {
  commands: { what: "programs", example: "commands: [git]" },
  roots: { what: "absolute folders", example: "roots: [/srv/inbox]" },
} as const;

function readTexts(map: SourceMap, key: keyof typeof lists, problems: Problems): readonly string[] {
  const { what, example } = lists[key];
  const node = entryOf(map, key)?.value;
  if (node === undefined) return [];
  const items: readonly SourceNode[] = node.kind === "list" ? node.items : [node];
  return items.flatMap((item) => {
    const isText = node.kind === "list" && item.kind === "scalar" && item.value !== null && item.text !== "";
    if (isText && (key === "commands" || isAbsolute(item.text))) return [item.text];
    problems.report(
      "E015",
      item.range,
      `'${key}' is a list of ${what}, not ${isText ? `'${item.text}'` : kindOf(item)}`,
      {
        hint: `write ${example}`,
      },
    );
    return [];
  });
}

function isAbsolute(text: string): boolean {
  return text.startsWith("/") || /^[A-Za-z]:[\\/]/.test(text);
}

function mapIn(node: SourceNode, key: string, example: string, problems: Problems): SourceMap | undefined {
  if (node.kind === "map") return node;
  problems.report("E015", node.range, `'${key}' is a map, not ${kindOf(node)}`, { hint: `write ${example}` });
  return undefined;
}

/** Hosts, addresses and networks beside the public ones. */
function readHosts(map: SourceMap, problems: Problems): readonly string[] {
  const node = entryOf(map, "allow_hosts")?.value;
  if (node === undefined) return [];
  const hosts = node.kind === "list" ? node.items : [];
  if (node.kind !== "list")
    problems.report("E015", node.range, `'allow_hosts' is a list of hosts, not ${kindOf(node)}`, {
      hint: "write allow_hosts: [tickets.example.com, 10.1.0.0/16]",
    });
  return hosts.flatMap((each) => {
    if (each.kind === "scalar" && isHost(each.text)) return [each.text];
    const found = each.kind === "scalar" ? `'${each.text}'` : kindOf(each);
    problems.report("E015", each.range, `a host is a name, an address or a network, not ${found}`, {
      hint: "write tickets.example.com, '*.example.com', 10.1.2.3 or 10.1.0.0/16",
    });
    return [];
  });
}

function isHost(text: string): boolean {
  try {
    createGuard([text]);
    return true;
  } catch (error) {
    if (hasCode(error, "config.invalid")) return false;
    throw error;
  }
}
