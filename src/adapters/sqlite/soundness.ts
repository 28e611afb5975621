import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { RunwrightError } from "../../base/error.ts";
import { isDamage } from "./failure.ts";

/** A file above this is not read through at open. Up to it that takes 0.4 s from memory and 4 s from a disk (measured: 1.5 and 15 ms a MiB). */
const checkedBytesMax = 268_435_456; // 256 MiB

/**
 * Throws `journal.damaged` for a file that SQLite finds damaged, and changes nothing.
 *
 * The whole file is read through only after an end that was not clean: then it has left its write-ahead log behind, which a clean close takes
 * away. A file that is too large for that is trusted to the hashes that its segments carry, which are looked at whenever they are read.
 */
export function assertSound(file: string): void {
  if (bytesOf(`${file}-wal`) === 0 || bytesOf(file) > checkedBytesMax) return;
  const found = firstFault(file);
  if (found !== undefined) throw damaged(file, found);
}

/** The error for a file that is not what was written. */
export function damaged(file: string, found: string, cause?: unknown): RunwrightError {
  const message = `${file} is damaged (${found}). Nothing in it was changed. Restore the data folder from a backup; without one, keep a copy of the folder and move it away to begin anew.`;
  return new RunwrightError("journal.damaged", message, { cause });
}

/** What SQLite finds wrong first, if anything. */
function firstFault(file: string): string | undefined {
  try {
    using connection = new DatabaseSync(file, { timeout: 1000, readOnly: true });
    const found = String(connection.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]);
    return found === "ok" ? undefined : found.replaceAll(/\s+/g, " ");
  } catch (error) {
    if (!isDamage(error)) throw error;
    return (error as Error).message;
  }
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
