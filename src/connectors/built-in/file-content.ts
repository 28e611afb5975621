import { hash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { lstat, open, rename, unlink } from "node:fs/promises";
import { digestText } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import { codeOf, type Folder } from "./folder.ts";

// Without O_NONBLOCK a pipe that somebody put there would be waited for.
const reading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const creating = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** What a file holds. */
export interface Content {
  readonly bytes: Buffer;
  readonly digest: string;
}

/** What stands under a name in a folder, or that it is more than `bytesMax`; undefined: nothing. Throws `tool.failed` for what is no file. */
export async function readContent(
  folder: Folder,
  name: string,
  bytesMax: number,
): Promise<Content | "large" | undefined> {
  const handle = await openFile(folder, name);
  if (handle === undefined) return undefined;
  try {
    assertFile(await handle.stat(), name);
    const chunks: Buffer[] = [];
    // It is counted while it is read: a file may grow meanwhile.
    for (let size = 0; ;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, size);
      size += bytesRead;
      if (size > bytesMax) return "large";
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
    }
    const bytes = Buffer.concat(chunks);
    return { bytes, digest: hash("sha256", bytes, "hex") };
  } finally {
    await handle.close();
  }
}

const chunkBytes = 65_536;

/** What is known of the file under a name; undefined: there is none. Throws `tool.failed` for what is no file. */
export async function statOf(folder: Folder, name: string): Promise<Stats | undefined> {
  try {
    const stat = await lstat(folder.at(name));
    assertFile(stat, name);
    return stat;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Puts a whole file under a name, in one step: a reader sees what was there or what is there now, and so does whoever comes after a crash. What a
 * crash leaves aside is named after the operation's key, so that its repetition takes it away.
 */
export async function writeContent(folder: Folder, name: string, bytes: Buffer, key: string): Promise<void> {
  const before = await statOf(folder, name);
  const aside = `.runwright-${digestText(key).slice(0, 16)}`;
  await unlink(folder.at(aside)).catch(() => undefined);
  const handle = await open(folder.at(aside), creating, (before?.mode ?? 0o644) & 0o777);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
    await rename(folder.at(aside), folder.at(name));
    await folder.sync();
  } catch (error) {
    await unlink(folder.at(aside)).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

/** The text of a content; undefined when it is none. */
export function textIn({ bytes }: Content): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function openFile(folder: Folder, name: string): Promise<Awaited<ReturnType<typeof open>> | undefined> {
  try {
    return await open(folder.at(name), reading);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw noFile(name);
    throw new RunwrightError("tool.failed", `'${name}' cannot be read: ${code ?? "unknown"}.`, {
      cause: error,
      undone: true,
    });
  }
}

function assertFile(stat: Stats, name: string): void {
  if (!stat.isFile()) throw noFile(name);
}

/** What is to be written over is looked at first. */
function noFile(name: string): RunwrightError {
  return new RunwrightError("tool.failed", `'${name}' is no file, or a link to one; links are not followed.`, {
    undone: true,
  });
}
