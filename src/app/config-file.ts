import type { Problems } from "../language/problems.ts";
import { entryOf, kindOf, type SourceMap, type SourceNode } from "../language/source/tree.ts";
import type { Source } from "../language/world.ts";
import { entriesUnder, readChecked, reportUnknownKeys } from "./checked-file.ts";
import { readAllowedHosts } from "./connector-config.ts";

/** What the configuration file says; what it leaves out has its default. */
export interface ConfigFile {
  readonly data?: string;
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  readonly allowHosts?: readonly string[];
}

/** Checks a configuration like a workflow: throws `config.invalid` with all its problems. */
export function parseConfigFile(source: Source): ConfigFile {
  return readChecked(source, "a configuration", readRoot);
}

function readRoot(root: SourceMap, problems: Problems): ConfigFile {
  reportUnknownKeys(root, ["data", "roles", "connectors"], "in the configuration", problems);
  const data = readText(root, "data", problems);
  const roles = readRoles(root, problems);
  const allowHosts = readAllowedHosts(root, problems);
  return {
    ...(data === undefined ? {} : { data }),
    ...(roles === undefined ? {} : { roles }),
    ...(allowHosts === undefined ? {} : { allowHosts }),
  };
}

function readText(map: SourceMap, key: string, problems: Problems): string | undefined {
  const node = entryOf(map, key)?.value;
  if (node === undefined) return undefined;
  if (node.kind === "scalar" && node.text !== "" && node.value !== null) return node.text;
  problems.report("E015", node.range, `'${key}' is the name of a folder, not ${kindOf(node)}`);
  return undefined;
}

function readRoles(map: SourceMap, problems: Problems): Readonly<Record<string, readonly string[]>> | undefined {
  const wanted = { what: "role names", example: "reviewers: [local:ada]" };
  const entries = entriesUnder(map, "roles", wanted, problems);
  if (entries === undefined) return undefined;
  return Object.fromEntries(entries.map(({ key, value }) => [key, readPeople(key, value, problems)]));
}

function readPeople(role: string, node: SourceNode, problems: Problems): readonly string[] {
  const people = node.kind === "list" ? node.items : [];
  const wrong = node.kind === "list" ? people.find((each) => each.kind !== "scalar" || each.value === null) : node;
  if (wrong !== undefined) {
    problems.report("E015", wrong.range, `role '${role}' is a list of people, not ${kindOf(wrong)}`, {
      hint: `write ${role}: [local:ada]`,
    });
  }
  return people.flatMap((each) => (each.kind === "scalar" ? [each.text] : []));
}
