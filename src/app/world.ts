import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { type ExecutorKind, executorFiles, listExecutors } from "../actions/function/find.ts";
import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { builtInConnectors } from "../connectors/built-in.ts";
import { readDescriptor } from "../connectors/read-descriptor.ts";
import type { ConnectorDescriptor } from "../language/connector.ts";
import { knownDraft } from "../language/known-workflow.ts";
import { moduleOutput } from "../language/module-type.ts";
import type { Schema } from "../language/plan.ts";
import type { KnownWorkflow, World } from "../language/world.ts";
import { reachableTools } from "../policy/tool-reach.ts";
import type { Config } from "./config.ts";
import { folderWith, modulesRoot } from "./modules-root.ts";
import { pinsFileName, readPins } from "./pins-file.ts";
import { loadPolicy } from "./project-policy.ts";

/** The kinds of coding agents that Runwright knows how to drive. */
const agents = ["claude-code", "codex", "gemini", "grok"] as const;

/**
 * What the checker may know about the surroundings of a file at an absolute place.
 *
 * The files of other workflows and of connectors are read when a step first asks for them: most files name neither.
 */
export function worldOf(config: Config, place: string, published: readonly KnownWorkflow[] = []): Partial<World> {
  let connectors: readonly ConnectorDescriptor[] | undefined;
  let workflows: readonly KnownWorkflow[] | undefined;
  const root = modulesRoot(config, place);
  const allConnectors = (): readonly ConnectorDescriptor[] => (connectors ??= installedConnectors(config));
  const policy = policyOf(config, allConnectors);
  return {
    ...listExecutors(root),
    moduleOutput: moduleOutputs(root),
    roles: Object.keys(config.roles),
    agents,
    pins: readPins(folderWith(config, place, [pinsFileName]), config.root),
    get connectors() {
      return allConnectors();
    },
    get tools() {
      return policy().tools;
    },
    get deniesUnreviewed() {
      return policy().deniesUnreviewed;
    },
    get workflows() {
      workflows ??= [...drafts(workflowsFolder(config, place)), ...published];
      return workflows;
    },
  };
}

/** What the rules in force say of every file, read when a step first calls a tool. */
function policyOf(
  config: Config,
  connectors: () => readonly ConnectorDescriptor[],
): () => Pick<World, "tools"> & Required<Pick<World, "deniesUnreviewed">> {
  let known: ReturnType<ReturnType<typeof policyOf>> | undefined;
  return () => {
    if (known !== undefined) return known;
    const { rules, deniesUnreviewed } = loadPolicy(config);
    const tools = reachableTools(
      rules.map(({ rule }) => rule),
      connectors(),
    );
    known = { tools, deniesUnreviewed };
    return known;
  };
}

/** Every version of every connector that a project can use. Throws `connector.invalid` for one that cannot be used. */
export function installedConnectors(config: Config): readonly ConnectorDescriptor[] {
  return [...builtInConnectors, ...projectConnectors(path.join(config.root, "connectors"))];
}

/** What the modules of a folder say of what they give, each read when a step first calls it. */
function moduleOutputs(root: string): NonNullable<World["moduleOutput"]> {
  const known = new Map<string, Schema | undefined>();
  return (kind, name) => {
    const key = `${kind} ${name}`;
    if (!known.has(key)) known.set(key, readOutput(root, kind, name));
    return known.get(key);
  };
}

function readOutput(root: string, kind: ExecutorKind, name: string): Schema | undefined {
  const file = executorFiles(root, kind, name, path).find((each) => existsSync(each));
  const text = file === undefined ? undefined : textOf(file);
  return text === undefined ? undefined : moduleOutput(text);
}

/** The folder in which the workflows lie that a file's steps run: its own when that is called so, else the project's. */
export function workflowsFolder(config: Config, place: string): string {
  const own = path.dirname(place);
  return path.basename(own) === "workflows" ? own : path.join(config.root, "workflows");
}

/** The connectors of a project, `connectors/<name>@<version>.json`. Throws `connector.invalid` for one that cannot be used. */
function projectConnectors(folder: string): readonly ConnectorDescriptor[] {
  return filesIn(folder, /^[^@]+@[^@]+\.json$/, limits.connectorFilesMax).map((file) => {
    const shown = `connectors/${file}`;
    const text = textOf(path.join(folder, file));
    if (text === undefined)
      throw new RunwrightError("connector.invalid", `${shown} cannot be read, or has more than ${kibMax} KiB.`);
    const descriptor = readDescriptor({ file: shown, text });
    const name = `${descriptor.name}@${descriptor.version}`;
    if (file === `${name}.json`) return descriptor;
    throw new RunwrightError("connector.invalid", `${shown} describes ${name}; name the file connectors/${name}.json.`);
  });
}

/** The workflows that lie in a folder, as drafts. */
function drafts(folder: string): readonly KnownWorkflow[] {
  return filesIn(folder, /\.workflow\.(?:ya?ml|json)$/, limits.workflowFilesMax).flatMap((file) => {
    const text = textOf(path.join(folder, file));
    return (text === undefined ? undefined : knownDraft({ file, text })) ?? [];
  });
}

/** Names of files in a folder, in order. Throws `config.invalid` when there are more than are read. */
function filesIn(folder: string, pattern: RegExp, max: number): readonly string[] {
  const names = entriesOf(folder).filter((name) => pattern.test(name));
  if (names.length <= max) return names.toSorted();
  throw new RunwrightError("config.invalid", `${folder} has ${names.length} files; at most ${max} are read.`);
}

/** Names of the files in a folder; one that is missing or cannot be read has none. */
function entriesOf(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return [];
  }
}

const kibMax = limits.sourceBytesMax / 1024;

/** The text of a file, or undefined when it cannot be read or is larger than any that is. */
function textOf(file: string): string | undefined {
  try {
    return statSync(file).size > limits.sourceBytesMax ? undefined : readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
