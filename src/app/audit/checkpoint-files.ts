import { promises } from "node:fs";
import path from "node:path";
import { checkpointIn, type Head } from "../../audit/checkpoint.ts";
import { messageOf, RunwrightError } from "../../base/error.ts";
import { canonicalJson } from "../../base/json.ts";
import { limits } from "../../base/limits.ts";
import type { Config } from "../config.ts";
import { auditFolder } from "./key.ts";

/** The file of checkpoints that every data folder has. */
export function ownCheckpoints(config: Pick<Config, "data">): string {
  return path.join(auditFolder(config), "checkpoints.jsonl");
}

/**
 * Writes each checkpoint to all places, in order, and syncs it. A place that fails keeps none of the others from having it; the error names all
 * that failed.
 *
 * Only the folder inside the data folder is made: a folder elsewhere that is not there is a disk that is not mounted, and what was written into
 * its name would be lost behind it.
 */
export function createCheckpointFiles(
  places: readonly string[],
): (heads: readonly Head[], line: () => string) => Promise<void> {
  /** Places that were looked at by this process. */
  const known = new Set<string>();

  return async (heads, line) => {
    let text: string | undefined;
    const failed: string[] = [];
    for (const place of places) {
      try {
        const before = known.has(place) ? "" : await endOf(place);
        known.add(place);
        // What this process finds signed already, as at most starts, is not signed again.
        if (!namesHeads(before, heads)) await addLine(place, (text ??= line()), before);
      } catch (error) {
        known.delete(place);
        failed.push(messageOf(error));
      }
    }
    if (failed.length > 0)
      throw new RunwrightError("audit.damaged", `A checkpoint of the audit log was not written: ${failed.join("; ")}.`);
  };
}

async function addLine(place: string, line: string, before: string): Promise<void> {
  await using handle = await promises.open(place, "a", 0o600);
  // A power cut may have left the beginning of a line: the next one gets its own, and the rest is passed over by whoever reads it.
  await handle.appendFile(`${before === "" || before.endsWith("\n") ? "" : "\n"}${line}\n`);
  await handle.sync();
}

/** The end of a file, as long as a line can be; empty where there is none. */
async function endOf(place: string): Promise<string> {
  try {
    await using handle = await promises.open(place, "r");
    const { size } = await handle.stat();
    const length = Math.min(size, limits.auditLineCharsMax);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function namesHeads(end: string, heads: readonly Head[]): boolean {
  const last = checkpointIn(end.trimEnd().split("\n").at(-1) ?? "");
  const listed = (each: readonly Head[]): string =>
    canonicalJson(each.map(({ tenant, n, hash }) => ({ tenant, n, hash })));
  return last !== undefined && listed(last.heads) === listed(heads);
}
