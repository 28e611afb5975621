import type { RunKey } from "../base/ids.ts";

/** Drives one run until it only waits, or has ended. */
export type Drive = (run: RunKey) => Promise<void>;

/** Sees to it that every due run is driven by exactly one live worker. Lost or doubled nudges are harmless. */
export interface Host extends AsyncDisposable {
  start(drive: Drive): Promise<void>;
  /** The run has something to do. A nudge while it is driven leads to one more drive after that. */
  nudge(run: RunKey): Promise<void>;
  /** Nudges the run when engine time reaches `atMs`; an earlier wake of the same run replaces a later one. */
  wakeAt(run: RunKey, atMs: number): Promise<void>;
}
