import type { Committed } from "../app/runs.ts";
import { isRunEnd } from "../machine/finish.ts";
import type { LogEntry } from "../ports/logs.ts";
import { pathUnder } from "./recording.ts";

/** Where the sub-workflows of a run stand in it, as far as their beginnings were seen. */
export interface FamilyPaths {
  take(committed: Pick<Committed, "key" | "events">): void;
  /** The path of a line from the run on that was asked for. */
  pathOf(entry: Pick<LogEntry, "key" | "path">): string;
}

/** Knows none yet. */
export function createFamilyPaths(): FamilyPaths {
  const unders = new Map<string, string>();
  return {
    take({ key, events }) {
      for (const event of events) {
        if (event.kind === "child.started") unders.set(event.run, pathUnder(unders.get(key.run) ?? "", event.path));
        if (isRunEnd(event)) unders.delete(key.run);
      }
    },
    pathOf: ({ key, path }) => pathUnder(unders.get(key.run) ?? "", path),
  };
}
