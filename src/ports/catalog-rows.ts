import { RunwrightError } from "../base/error.ts";
import type { Release, Version } from "./catalog.ts";
import type { Columns } from "./journal-rows.ts";

/** Columns of a release, in the order of `releaseIn`. */
export const releaseColumns = "workflow, number, digest, at, published_by";

/** A release as it lies in a row of `releaseColumns`. */
export function releaseIn([workflow, number, digest, at, by]: Columns): Release {
  return { workflow: String(workflow), number: Number(number), digest: String(digest), at: Number(at), by: String(by) };
}

/** A version with what its release says; `body` is what was stored. */
export function versionIn(body: string, release: Release | undefined): Version {
  const version = JSON.parse(body) as Version;
  if (release === undefined) return version;
  const { number, by, at } = release;
  return { ...version, number, published: { by, at } };
}

/** The text that is stored of a version: what only its catalog knows is no part of it. */
export function bodyOf({ number: _number, published: _published, ...version }: Version): string {
  return JSON.stringify(version);
}

/** The error for a digest that is not there. */
export function versionNotFound(digest: string): RunwrightError {
  return new RunwrightError("version.not-found", `There is no version ${digest}.`);
}

/** The error for a workflow or number that was never published. */
export function releaseNotFound(workflow: string, number: number | "latest"): RunwrightError {
  const what = number === "latest" ? `${workflow} was never published` : `There is no version ${workflow}@${number}`;
  return new RunwrightError("version.not-found", `${what}: see \`runwright versions ${workflow}\`.`);
}
