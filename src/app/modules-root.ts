import { existsSync } from "node:fs";
import path from "node:path";
import type { Config } from "./config.ts";

const moduleFolders = ["functions", "assignments", path.join("scripts", "executors")] as const;

/** The folder whose `functions/` and `assignments/` a workflow file uses: the first of its folders that has any. */
export function modulesRoot(config: Config, place: string): string {
  return folderWith(config, place, moduleFolders);
}

/**
 * The folder whose things a workflow file at an absolute place uses: its own, the one above when it lies in `workflows/`, or the project's; the
 * first that holds one of these names, and the project's when none does.
 */
export function folderWith(config: Config, place: string, names: readonly string[]): string {
  const own = path.dirname(place);
  const above = path.basename(own) === "workflows" ? [path.dirname(own)] : [];
  const hasOne = (folder: string): boolean => names.some((name) => existsSync(path.join(folder, name)));
  return [own, ...above].find(hasOne) ?? config.root;
}
