import { constants } from "node:fs";
import { lstat, mkdir, open, realpath } from "node:fs/promises";
import path from "node:path";
import { RunwrightError } from "../../base/error.ts";

/** A folder that is held open: whatever happens to its name meanwhile, what is done in it is done in it. */
export interface Folder extends AsyncDisposable {
  /** The way to a name in it, for calls of `node:fs`. The name itself is not followed where it is a link: that is asked of each call. */
  at(name: string): string;
  /** Makes the names in it durable. */
  sync(): Promise<void>;
}

const directory = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Goes down from `base`, folder by folder, and follows no link on the way; `base` itself may be reached by one. On Linux each folder is opened inside the one before it, so that
 * nobody can put a link in the way afterwards; elsewhere the names are looked at and then used.
 *
 * Throws `tool.failed` when a folder is missing (unless `make`), is a link or is none.
 */
export async function openFolder(base: string, names: readonly string[], make: boolean): Promise<Folder> {
  let folder = await enter(await realBase(base), ".");
  try {
    for (const name of names) {
      const place = folder.at(name);
      if (make) await makeFolder(place);
      const next = await enter(place, name);
      await folder[Symbol.asyncDispose]();
      folder = next;
    }
    return folder;
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

async function realBase(base: string): Promise<string> {
  try {
    return await realpath(base);
  } catch (error) {
    throw new RunwrightError("tool.failed", `The folder ${base} is not there.`, { cause: error, undone: true });
  }
}

async function makeFolder(place: string): Promise<void> {
  try {
    await mkdir(place);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

async function enter(place: string, name: string): Promise<Folder> {
  if (process.platform !== "linux") return enterByName(place, name);
  const handle = await openDirectory(place, name);
  return {
    at: (inner) => `/proc/self/fd/${handle.fd}/${inner}`,
    sync: () => handle.sync(),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

async function openDirectory(place: string, name: string): ReturnType<typeof open> {
  try {
    return await open(place, directory);
  } catch (error) {
    throw folderProblem(error, name);
  }
}

async function enterByName(place: string, name: string): Promise<Folder> {
  try {
    const stat = await lstat(place);
    if (!stat.isDirectory()) throw folderProblem(Object.assign(new Error("no folder"), { code: "ENOTDIR" }), name);
  } catch (error) {
    throw error instanceof RunwrightError ? error : folderProblem(error, name);
  }
  return {
    at: (inner) => path.join(place, inner),
    sync: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Folders are opened before anything is done in them. */
function folderProblem(error: unknown, name: string): RunwrightError {
  return new RunwrightError("tool.failed", folderMessage(codeOf(error), name), { cause: error, undone: true });
}

function folderMessage(code: string | undefined, name: string): string {
  if (code === "ENOENT") return `There is no folder '${name}'.`;
  if (code === "ELOOP" || code === "ENOTDIR")
    return `'${name}' is no folder, or a link to one; links are not followed.`;
  return `The folder '${name}' cannot be opened: ${code ?? "unknown"}.`;
}

/** `ENOENT` and the like. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
