import { RunwrightError } from "../base/error.ts";
import { type Problems, createProblems } from "../language/problems.ts";
import { formatDiagnostic } from "../language/report.ts";
import { loadSource } from "../language/source/load.ts";
import { entryOf, kindOf, pathAt, type SourceMap, type SourceNode } from "../language/source/tree.ts";
import type { Source } from "../language/world.ts";

/** What the configuration file says; what it leaves out has its default. */
export interface ConfigFile {
  readonly data?: string;
  readonly roles?: Readonly<Record<string, readonly string[]>>;
}

const keys = ["data", "roles"] as const;

/** Checks a configuration like a workflow: throws `config.invalid` with all its problems, each with its place and what to do. */
export function parseConfigFile(source: Source): ConfigFile {
  const problems = createProblems(source.text);
  const root = loadSource(source, problems);
  const config = root === undefined ? {} : readRoot(root, problems);
  if (problems.errors === 0) return config;

  const found = problems.inOrder((offset) => pathAt(root, offset));
  throw new RunwrightError(
    "config.invalid",
    `The configuration cannot be used.\n${found.map((each) => formatDiagnostic(each, source)).join("\n")}`,
  );
}

function readRoot(root: SourceNode, problems: Problems): ConfigFile {
  // A file of comments only says nothing, which is allowed.
  if (root.kind === "scalar" && root.value === null) return {};
  if (root.kind !== "map") {
    problems.report("E015", root.range, `a configuration is a map of settings, not ${kindOf(root)}`);
    return {};
  }

  for (const { key, keyRange } of root.entries) {
    if (keys.some((known) => known === key)) continue;
    const meant = problems.closest(key, keys);
    const hint = meant === undefined ? `known: ${keys.join(", ")}` : `did you mean '${meant}'?`;
    problems.report("E010", keyRange, `unknown key '${key}' in the configuration`, { hint });
  }
  const data = readText(root, "data", problems);
  const roles = readRoles(root, problems);
  return { ...(data === undefined ? {} : { data }), ...(roles === undefined ? {} : { roles }) };
}

function readText(map: SourceMap, key: string, problems: Problems): string | undefined {
  const node = entryOf(map, key)?.value;
  if (node === undefined) return undefined;
  if (node.kind === "scalar" && node.text !== "" && node.value !== null) return node.text;
  problems.report("E015", node.range, `'${key}' is the name of a folder, not ${kindOf(node)}`);
  return undefined;
}

function readRoles(map: SourceMap, problems: Problems): Readonly<Record<string, readonly string[]>> | undefined {
  const node = entryOf(map, "roles")?.value;
  if (node === undefined) return undefined;
  if (node.kind !== "map") {
    problems.report("E015", node.range, `'roles' is a map of role names, not ${kindOf(node)}`, {
      hint: "write roles: { reviewers: [local:ada] }",
    });
    return undefined;
  }
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, readPeople(key, value, problems)]));
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
