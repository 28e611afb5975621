import { chmodSync, lstatSync, mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { digestText } from "../../base/digest.ts";

// What the smallest of the supported systems allows, with its closing zero.
const socketPathBytesMax = 104;

/**
 * Where the process that holds a data folder answers other commands: a socket in a folder of this user alone, on Windows a named pipe.
 *
 * It lies outside the data folder, because the path of a socket is short by law of the system while a project may lie deep.
 */
export function controlAddress(data: string, env: Readonly<Record<string, string | undefined>>): string {
  const name = `runwright-${digestText(realpathSync(data)).slice(0, 16)}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;

  const folder = privateFolder(name, [env["XDG_RUNTIME_DIR"], tmpdir(), "/tmp"]);
  return path.join(folder, "control.sock");
}

/**
 * The file with the secret that every request carries.
 *
 * Not in the data folder: that one lies in the project, which user modules may be allowed to read, and whoever can read this file can decide gates.
 */
export function tokenFile(address: string): string {
  if (process.platform !== "win32") return path.join(path.dirname(address), "token");
  return path.join(privateFolder(path.basename(address.replaceAll("\\", "/")), [tmpdir()]), "token");
}

function privateFolder(name: string, bases: readonly (string | undefined)[]): string {
  for (const base of bases) {
    if (!base || Buffer.byteLength(path.join(base, `${name}-123456`, "control.sock")) >= socketPathBytesMax) continue;
    const folder = path.join(base, name);
    try {
      mkdirSync(folder, { mode: 0o700, recursive: true });
      // Somebody else may have been here first in a folder that everybody writes to: then the name is left to them.
      if (isPrivate(folder)) return folder;
      return mkdtempSync(`${folder}-`);
    } catch {
      // The next base may work.
    }
  }
  return mkdtempSync(path.join("/tmp", `${name}-`));
}

function isPrivate(folder: string): boolean {
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || (process.getuid !== undefined && stat.uid !== process.getuid())) return false;
  chmodSync(folder, 0o700);
  return true;
}
