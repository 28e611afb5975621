import { constants, open } from "node:fs/promises";
import { RunwrightError } from "../base/error.ts";
import { vaultLimits } from "./limits.ts";

/**
 * The bytes of a file that holds a secret. Throws `secret.missing`, and `secret.refused` for a file that others may read.
 *
 * What is looked at is what was opened: a file that is exchanged in between cannot pass for the one that was looked at. Windows has no such modes;
 * there the folder's own rights must do.
 */
export async function readSecretFile(
  place: string,
  own: { readonly isWindows: boolean; readonly uid: number | undefined },
): Promise<Buffer> {
  // A pipe would be waited for, until somebody writes into it.
  await using file = await open(place, constants.O_RDONLY | (own.isWindows ? 0 : constants.O_NONBLOCK)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") throw new RunwrightError("secret.missing", `There is no file ${place}.`);
      throw new RunwrightError("secret.refused", `${place} cannot be opened (${error.code ?? "unknown"}).`);
    },
  );
  const stat = await file.stat();
  if (!stat.isFile()) throw refused(place, "is no file");
  if (!own.isWindows && (stat.mode & 0o077) !== 0)
    throw refused(place, `can be read by others (mode ${(stat.mode & 0o777).toString(8)}); run: chmod 600 ${place}`);
  if (!own.isWindows && stat.uid !== own.uid && stat.uid !== 0) throw refused(place, "belongs to somebody else");
  const buffer = Buffer.alloc(vaultLimits.valueBytesMax + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    length += bytesRead;
    if (length > vaultLimits.valueBytesMax) throw refused(place, `has more than ${vaultLimits.valueBytesMax} bytes`);
    if (bytesRead === 0) return buffer.subarray(0, length);
  }
}

function refused(place: string, what: string): RunwrightError {
  return new RunwrightError("secret.refused", `${place} ${what}.`);
}
