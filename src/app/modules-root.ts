import { existsSync } from "node:fs";
import path from "node:path";
import type { Config } from "./config.ts";

const moduleFolders = ["functions", "assignments", path.join("scripts", "executors")] as const;

/**
 * The folder whose `functions/` and `assignments/` a workflow file uses: its own, the one above when it lies in `workflows/`, or the project's;
 * the first that has any.
 */
export function modulesRoot(config: Config, place: string): string {
  const own = path.dirname(place);
  const above = path.basename(own) === "workflows" ? [path.dirname(own)] : [];
  const hasModules = (folder: string): boolean => moduleFolders.some((each) => existsSync(path.join(folder, each)));
  return [own, ...above, config.root].find(hasModules) ?? config.root;
}
