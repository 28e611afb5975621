import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { Plan } from "../language/plan.ts";
import { apply } from "../machine/apply.ts";
import { machineNumber, type RunEvent } from "../machine/event.ts";
import { emptyState, type RunState } from "../machine/state.ts";
import type { Journal, Segment } from "../ports/journal.ts";
import { noHash, segmentHash } from "../ports/segment-hash.ts";

/** Where a run's journal ends. */
export interface Tail {
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
}

/** The tail of a run that has no segment yet. */
export const emptyTail: Tail = { seq: 0, hash: noHash, at: 0 };

/** Puts events, each already JSON text, into the segment that follows `tail`. */
export function nextSegment(tail: Tail, texts: readonly string[], at: number): Segment {
  const seq = tail.seq + 1;
  const events = `[${texts.join(",")}]`;
  return { seq, count: texts.length, at, events, hash: segmentHash(tail.hash, seq, events) };
}

/** The tail once a segment is durable. */
export function tailAfter(segment: Segment): Tail {
  return { seq: segment.seq + segment.count - 1, hash: segment.hash, at: segment.at };
}

/**
 * Rebuilds a run from its journal, checking every hash on the way.
 *
 * Throws `journal.damaged` when a segment is missing, changed or out of order, and `machine.unknown` when the run needs rules that this build
 * does not have; nothing is guessed from what is left.
 */
export async function rebuild(
  journal: Pick<Journal, "read">,
  key: RunKey,
  plan: Plan,
): Promise<{ readonly state: RunState; readonly tail: Tail }> {
  const state = emptyState(plan);
  let tail = emptyTail;
  for await (const segment of journal.read(key, 1)) {
    const events = verifiedEvents(key, tail, segment);
    for (const event of events) apply(state, event, segment.at);
    tail = tailAfter(segment);
  }
  return { state, tail };
}

/** The events of a segment that must follow `tail`. */
export function verifiedEvents(key: RunKey, tail: Tail, segment: Segment): readonly RunEvent[] {
  if (segment.seq !== tail.seq + 1 || segment.hash !== segmentHash(tail.hash, segment.seq, segment.events)) {
    throw new RunwrightError(
      "journal.damaged",
      `The journal of run ${key.run} is damaged after event ${tail.seq}; what follows is not used.`,
    );
  }
  const events = JSON.parse(segment.events) as readonly RunEvent[];
  const first = events[0];
  if (first?.kind === "run.created" && first.machine > machineNumber) {
    throw new RunwrightError(
      "machine.unknown",
      `Run ${key.run} follows rules number ${first.machine}; this build knows up to ${machineNumber}. Use a newer Runwright.`,
    );
  }
  return events;
}
