import { hasCode } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { Plan } from "../language/plan.ts";
import { apply } from "../machine/apply.ts";
import { emptyState, type RunState } from "../machine/state.ts";
import type { Journal } from "../ports/journal.ts";
import { emptyTail, type Tail, tailAfter, verifiedEvents } from "./segment.ts";
import { type Growth, grown, noGrowth, openSnapshot } from "./snapshots.ts";

/** A run as its journal says it stands. */
export interface Rebuilt {
  readonly state: RunState;
  readonly tail: Tail;
  /** What was written since its last snapshot. */
  readonly growth: Growth;
}

type RunJournal = Pick<Journal, "read" | "snapshot" | "blobs">;

/**
 * Rebuilds a run from its snapshot and the events after it, checking every hash on the way; without a snapshot that can be used, from its
 * first event.
 *
 * A snapshot is an aid and never the truth: one that cannot be read, that this build does not know or that does not fit the journal is passed
 * over. Throws `journal.damaged` and `machine.unknown` for what the events say.
 */
export async function rebuild(journal: RunJournal, key: RunKey, plan: Plan): Promise<Rebuilt> {
  try {
    const begun = await openSnapshot(journal, key, plan);
    if (begun !== undefined) return await follow(journal, key, begun);
  } catch (error) {
    // What is wrong is the snapshot or the journal. The journal itself says which.
    if (!hasCode(error, "journal.damaged") && !hasCode(error, "machine.illegal")) throw error;
  }
  return follow(journal, key, { state: emptyState(plan), tail: emptyTail, growth: noGrowth });
}

/** Goes on from where a state stands. */
async function follow(journal: RunJournal, key: RunKey, from: Rebuilt): Promise<Rebuilt> {
  const { state } = from;
  let { tail, growth } = from;
  for await (const segment of journal.read(key, tail.seq + 1)) {
    for (const event of await verifiedEvents(journal, key, tail, segment)) apply(state, event, segment.at);
    tail = tailAfter(segment);
    growth = grown(growth, segment);
  }
  return { state, tail, growth };
}
