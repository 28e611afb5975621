import { readdirSync, realpathSync, statSync } from "node:fs";
import platformPath, { type PlatformPath } from "node:path";
import { RunwrightError } from "../../base/error.ts";
import { isDeviceName, placeIn, safePlace } from "../../base/paths.ts";

/** What a step names: `function: <name>` or `assignment: <id>`. */
export type ExecutorKind = "function" | "assignment";

/** Names of the modules that a project has. */
export interface ExecutorNames {
  readonly functions: readonly string[];
  readonly assignments: readonly string[];
}

/** A module that was found. */
export interface Executor {
  /** Absolute, with every symbolic link resolved. */
  readonly file: string;
  /** Relative to the project, with forward slashes on every platform. */
  readonly source: string;
  /** Changes when the file does. */
  readonly stamp: string;
}

const extensions = ["ts", "mjs", "js"] as const;
const namePattern = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/;

/** True for names that are one harmless file name on every platform. */
function isExecutorName(name: string): boolean {
  return namePattern.test(name) && !isDeviceName(name);
}

/** Where a module may lie, absolute, first wins. Pure: the rules of the platform come in as its path module. */
export function executorFiles(root: string, kind: ExecutorKind, name: string, path: PlatformPath): readonly string[] {
  if (!isExecutorName(name)) return [];
  return folders(kind).flatMap((folder) => {
    const base = path.join(root, folder, name);
    return extensions.map((extension) => `${base}.${extension}`);
  });
}

/** The module of a step, or `function.not-found` with the paths where it was expected. */
export function findExecutor(root: string, kind: ExecutorKind, name: string): Executor {
  for (const candidate of executorFiles(root, kind, name, platformPath)) {
    const found = moduleAt(root, candidate);
    if (found !== undefined) return found;
  }
  throw new RunwrightError("function.not-found", notFoundMessage(root, kind, name));
}

function moduleAt(root: string, candidate: string): Executor | undefined {
  const stat = statSync(candidate, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return undefined;

  const file = realpathSync.native(candidate);
  const source = placeIn(root, file, platformPath) ?? placeIn(realpathSync.native(root), file, platformPath);
  if (source === undefined) {
    throw new RunwrightError(
      "function.not-found",
      `${candidate} is a link to ${file}, which lies outside the project ${root}.`,
    );
  }
  return { file, source, stamp: `${stat.mtimeMs}-${stat.size}-${stat.ino}` };
}

/** A module by its place in the project, as connectors name theirs; `function.not-found` when it is none. */
export function findModule(root: string, place: string): Executor {
  const checked = safePlace(root, place, platformPath);
  if ("problem" in checked)
    throw new RunwrightError("function.not-found", `The module '${place.slice(0, 100)}' ${checked.problem}.`);
  const found = moduleAt(root, platformPath.join(root, checked.place));
  if (found !== undefined) return found;
  throw new RunwrightError("function.not-found", `There is no module ${checked.place} in ${root}.`);
}

/** The modules of a project, for the checker: unknown names are found before a run starts. */
export function listExecutors(root: string): ExecutorNames {
  return { functions: namesIn(root, "function"), assignments: namesIn(root, "assignment") };
}

/** Relative to the project; the second is where older projects keep them. */
function folders(kind: ExecutorKind): readonly [string, string] {
  return [`${kind}s`, `scripts/executors/${kind}s`];
}

function namesIn(root: string, kind: ExecutorKind): readonly string[] {
  const files = folders(kind).flatMap((folder) => filesIn(platformPath.join(root, folder)));
  const names = files.flatMap((file) => {
    const [name = "", extension = "", ...rest] = file.split(".");
    return rest.length === 0 && isExecutorName(name) && extensions.some((known) => known === extension) ? [name] : [];
  });
  return [...new Set(names)].toSorted();
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder that is missing or cannot be read has no modules; findExecutor says what it expected.
    return [];
  }
}

function notFoundMessage(root: string, kind: ExecutorKind, name: string): string {
  if (!isExecutorName(name)) {
    return `'${name.slice(0, 100)}' cannot name a ${kind}: at most 64 of a-z, 0-9, '-' and '_', with a letter or digit at both ends.`;
  }
  const [folder, older] = folders(kind);
  return `There is no ${kind} '${name}': expected ${folder}/${name}.mjs (or .ts, .js) or ${older}/${name}.mjs in ${root}.`;
}
