import { closeSync, fsyncSync, openSync } from "node:fs";
import path from "node:path";

/**
 * Makes the names in a folder durable, and the folder's own: SQLite syncs what lies in a file, and a power cut could still take the file away, with
 * everything that was acknowledged in it. Windows keeps names by itself.
 */
export function keepNames(folder: string): void {
  if (process.platform === "win32") return;
  for (const named of [folder, path.dirname(path.resolve(folder))]) {
    const opened = openSync(named, "r");
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  }
}
