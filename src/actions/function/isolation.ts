import { existsSync, readdirSync, realpathSync } from "node:fs";
import platformPath, { type PlatformPath } from "node:path";

/** What a child process may touch. Paths are absolute and without symbolic links. */
export interface IsolationOptions {
  readonly root: string;
  /** Folders besides, that may be read whole, with their dot names. */
  readonly readFolders: readonly string[];
  /** Folders, relative to the root, in which modules may write. They need not exist. */
  readonly writeFolders: readonly string[];
  /** The child's own folder, its HOME and TMPDIR. */
  readonly scratch: string;
  /** Compiled code, shared by the children of one (tenant, version). */
  readonly cache: string;
  /** Runwright's own sources, which the child imports. */
  readonly own: string;
  readonly residentBytesMax: number;
}

/** Flags and environment of a child process. */
export interface Isolation {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

// Of the memory that a process may use, the rest is code, stacks and buffers.
const heapShare = 0.75;
const mib = 1024 * 1024;
// Node's permissions are lists of what is allowed, without exceptions; "all but dot names" is therefore said by first characters.
const firstCharacters = " !#$%&'()+,-0123456789;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{}~";

/** The permissions of one child: see the table in docs/functions.md. */
export function isolate(options: IsolationOptions): Isolation {
  const { root, scratch, cache } = options;
  // Granted folders go first: Node denies the list of a folder that is allowed after something inside it was.
  const readable = [
    ...options.readFolders,
    ...readablePatterns(root, namesIn(root), platformPath),
    ...modulesAbove(root),
    scratch,
    cache,
    options.own,
  ];
  const writable = [...options.writeFolders.map((folder) => platformPath.join(root, folder, "*")), scratch, cache];

  return {
    flags: [
      "--permission",
      ...[...readable, ...writable].map((place) => `--allow-fs-read=${place}`),
      ...writable.map((place) => `--allow-fs-write=${place}`),
      ...networkFlags(),
      // The permission model does not cover node:sqlite: with it a module could read and change any database, the journal included.
      "--no-experimental-sqlite",
      // The project's package.json can be read, but its folder not, and then Node tells every module apart by its syntax.
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
      `--max-old-space-size=${Math.max(16, Math.floor((options.residentBytesMax * heapShare) / mib))}`,
    ],
    env: environment(scratch, cache),
  };
}

/** What `isolate` allows, for people. */
export function describeIsolation(readFolders: readonly string[], writeFolders: readonly string[]): string {
  const reads = readFolders.length === 0 ? "" : `, reads ${readFolders.join(", ")}`;
  const writes = [...writeFolders.map((folder) => `${folder}/`), "$TMPDIR"].join(", ");
  return `A module reads the project, but no names at its top that begin with a dot and not the list of its top${reads}, and writes in ${writes} (docs/functions.md).`;
}

/** Everything at the top of `root` whose name does not begin with a dot, also what is made later. `names` are the present ones. */
export function readablePatterns(root: string, names: readonly string[], path: PlatformPath): readonly string[] {
  const known = new Set(firstCharacters);
  for (const name of names) {
    const [first = "."] = name;
    if (first !== "." && first !== "*") known.add(first);
  }
  return [...known].map((first) => `${path.join(root, first)}*`);
}

/** Packages of the folders above: a project may be one of several in a repository. */
function modulesAbove(root: string): readonly string[] {
  const found: string[] = [];
  for (let folder = platformPath.dirname(root); ; folder = platformPath.dirname(folder)) {
    const modules = platformPath.join(folder, "node_modules");
    if (existsSync(modules)) found.push(realpathSync(modules));
    if (folder === platformPath.dirname(folder)) return found;
  }
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder);
}

/** From Node 25 on `--permission` stops the network too; modules call services, so all versions behave as 24 does. */
function networkFlags(): readonly string[] {
  return process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : [];
}

function environment(scratch: string, cache: string): Readonly<Record<string, string>> {
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: scratch,
    TMPDIR: scratch,
    NODE_COMPILE_CACHE: cache,
  };
  if (process.platform !== "win32") return env;
  // Without SystemRoot, Windows programs can open no socket.
  return { ...env, TEMP: scratch, TMP: scratch, USERPROFILE: scratch, SystemRoot: process.env["SystemRoot"] ?? "" };
}
