import { hasCode } from "../base/error.ts";
import { createGuard } from "../connectors/http/guard.ts";
import type { Problems } from "../language/problems.ts";
import { kindOf, type SourceMap, type SourceNode } from "../language/source/tree.ts";
import { entriesUnder, reportUnknownKeys } from "./checked-file.ts";

/** Where connectors may connect to beyond the public internet: `connectors.allow_hosts`. */
export function readAllowedHosts(root: SourceMap, problems: Problems): readonly string[] | undefined {
  const wanted = { what: "settings of connectors", example: "allow_hosts: [tickets.example.com]" };
  const entries = entriesUnder(root, "connectors", wanted, problems);
  if (entries === undefined) return undefined;
  reportUnknownKeys({ kind: "map", range: { start: 0, end: 0 }, entries }, ["allow_hosts"], "in connectors", problems);
  const hosts = entries.find(({ key }) => key === "allow_hosts")?.value;
  return hosts === undefined ? undefined : readHosts(hosts, problems);
}

function readHosts(node: SourceNode, problems: Problems): readonly string[] {
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
