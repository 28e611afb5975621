import { globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";

/** The workflow files of a folder and of its `workflows`. */
export function workflowFilesIn(cwd: string): readonly string[] {
  return globSync("{.,workflows}/*.workflow.{yml,yaml,json}", { cwd }).toSorted();
}

/** The text of a file that will be written again. Throws what keeps it from being read whole. */
export function textToChange(file: string, cwd: string): string {
  const place = path.resolve(cwd, file);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new RunwrightError("workflow.not-found", `There is no workflow file ${file}.`);
  if (stat.size > limits.sourceBytesMax)
    throw new RunwrightError(
      "workflow.invalid",
      `${file} is larger than the ${limits.sourceBytesMax / 1024} KiB that a workflow file may have.`,
    );
  // Bytes that are no UTF-8 would be lost when the file is written again.
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(place));
  } catch (error) {
    throw new RunwrightError("workflow.invalid", `${file} is not UTF-8.`, { cause: error });
  }
}
