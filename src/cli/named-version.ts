import { statSync } from "node:fs";
import path from "node:path";
import { localScope } from "../app/principal.ts";
import { numberIn } from "../app/published.ts";
import { hasCode, RunwrightError } from "../base/error.ts";
import type { CatalogReader, Version } from "../ports/catalog.ts";

/** A published version as it is named on the command line: `triage@3`, or `triage` for the latest. */
export interface NamedVersion {
  readonly workflow: string;
  readonly number: number | "latest";
}

/** The published version that a word names; undefined for the name of a file, which goes before it where there is such a file. */
export function versionNamed(word: string, cwd: string): NamedVersion | undefined {
  const [, workflow, version = "latest"] = /^([A-Za-z0-9][\w-]*)(?:@(\w+))?$/.exec(word) ?? [];
  if (workflow === undefined || statSync(path.resolve(cwd, word), { throwIfNoEntry: false })?.isFile() === true)
    return undefined;
  const number = version === "latest" ? version : numberIn(version);
  if (number !== undefined) return { workflow, number };
  const message = `'${word}' names no version: write ${workflow}@3 for the third, or ${workflow} for the latest.`;
  throw new RunwrightError("usage.invalid", message);
}

/** The version that was published under a name. Throws `version.not-found`; of a bare word, that there is no such file either. */
export async function versionOfName({ workflow, number }: NamedVersion, catalog: CatalogReader): Promise<Version> {
  try {
    return await catalog.numbered(localScope, workflow, number);
  } catch (error) {
    if (number !== "latest" || !hasCode(error, "version.not-found")) throw error;
    const message = `There is no workflow file ${workflow}, and no workflow ${workflow} was published.`;
    throw new RunwrightError("workflow.not-found", message, { cause: error });
  }
}
