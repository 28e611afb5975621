import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import type { Plan } from "../language/plan.ts";
import { snapshotForm } from "../machine/snapshot-form.ts";
import { decodeState } from "../machine/snapshot-reading.ts";
import { encodeState } from "../machine/snapshot.ts";
import { type RunState, wakeAtOf } from "../machine/state.ts";
import type { Blob, Journal, Segment, Snapshot } from "../ports/journal.ts";
import { segmentHash } from "../ports/segment-hash.ts";
import { fetchBlobs } from "../ports/stored-event.ts";
import type { Tail } from "./segment.ts";

/** When a run gets a snapshot, and how large it may be. */
export interface SnapshotBounds {
  /** Segments since the last one, while something runs: reading a segment costs as much as reading seven events of it. */
  readonly busySegments: number;
  /** In a run of many instances one segment for so many of them: all are written. */
  readonly instancesPerSegment: number;
  /** Instances above which none is taken while something runs: writing them would hold up all other runs. */
  readonly busyInstancesMax: number;
  /** Events since the last one, when the run begins to wait for long. */
  readonly restEvents: number;
  /** How long a wait is long. */
  readonly restMs: number;
  /** How often what was written since must be as much as the last snapshot was: the work on all of them stays a part of that on the events. */
  readonly timesLast: number;
  /** Characters, values included. A run with more of them is read from its events: reading those values is the work, wherever they stand. */
  readonly charsMax: number;
}

/** See docs/performance.md for how they were found. */
export const snapshotBounds: SnapshotBounds = {
  busySegments: 500,
  instancesPerSegment: 2,
  busyInstancesMax: 20_000,
  restEvents: 200,
  restMs: 60_000,
  timesLast: 3,
  charsMax: 16_777_216,
};

/** What was written to a run's journal since its last snapshot, and how much that one was. */
export interface Growth {
  readonly events: number;
  readonly segments: number;
  readonly chars: number;
  readonly lastChars: number;
}

/** A run without a snapshot that has no event yet. */
export const noGrowth: Growth = { events: 0, segments: 0, chars: 0, lastChars: 0 };

/** With one segment more. */
export function grown({ events, segments, chars, lastChars }: Growth, segment: Segment): Growth {
  return {
    events: events + segment.count,
    segments: segments + 1,
    chars: chars + segment.events.length,
    lastChars,
  };
}

/** A snapshot, the values that stand beside it, and what is from then on known of it. */
export interface Taken {
  readonly snapshot?: Snapshot;
  readonly blobs: readonly Blob[];
  readonly growth: Growth;
}

/** Takes a snapshot of a state that ends at `tail`, when one is due; without one, what was known stays so. */
export function takeSnapshot(state: RunState, tail: Tail, growth: Growth, bounds: SnapshotBounds): Taken {
  if (!isDue(state, tail.at, growth, bounds)) return { blobs: [], growth };
  const written = encodeState(state, bounds.charsMax);
  // Not tried again before there is as much anew as would have paid for it.
  if (written === undefined) return { blobs: [], growth: { ...noGrowth, lastChars: bounds.charsMax } };

  const { seq, hash, at } = tail;
  const blobs = Array.from(written.blobs, ([digest, body]) => ({ digest, body }));
  const chars = blobs.reduce((sum, { body }) => sum + body.length, written.text.length);
  const body = `${sealOf(tail, written.text)}\n${written.text}`;
  return {
    snapshot: { seq, hash, at, form: snapshotForm, body },
    blobs,
    growth: { ...noGrowth, lastChars: chars },
  };
}

function isDue(state: RunState, at: number, growth: Growth, bounds: SnapshotBounds): boolean {
  const { events, segments, chars, lastChars } = growth;
  if (state.ended !== undefined || events < bounds.restEvents || chars < bounds.timesLast * lastChars) return false;
  if ((wakeAtOf(state) ?? Number.POSITIVE_INFINITY) > at + bounds.restMs) return true;
  const { size } = state.instances;
  return (
    size <= bounds.busyInstancesMax && segments >= Math.max(bounds.busySegments, size / bounds.instancesPerSegment)
  );
}

/**
 * The run as its snapshot has it; undefined when there is none, or none that this build knows and that fits the journal.
 *
 * Throws `journal.damaged` when it is not what was written.
 */
export async function openSnapshot(
  journal: Pick<Journal, "read" | "snapshot" | "blobs">,
  key: RunKey,
  plan: Plan,
): Promise<{ readonly state: RunState; readonly tail: Tail; readonly growth: Growth } | undefined> {
  const snapshot = await journal.snapshot(key);
  if (snapshot?.form !== snapshotForm || !(await fits(journal, key, snapshot))) return undefined;

  const text = unsealed(key, snapshot);
  const read = decoded(key, () => decodeState(plan, text));
  if (read === undefined) return undefined;
  const blobs = await fetchBlobs(journal, key, read.digests);
  const { seq, hash, at, body } = snapshot;
  const chars = Array.from(blobs.values()).reduce((sum, each) => sum + each.length, body.length);
  const state = decoded(key, () => read.with(blobs));
  return { state, tail: { seq, hash, at }, growth: { ...noGrowth, lastChars: chars } };
}

/** Whatever stands in a text that another build wrote under this form's number: it is no reason to give up a run whose events are sound. */
function decoded<T>({ run }: RunKey, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new RunwrightError("journal.damaged", `The snapshot of run ${run} cannot be read; its events are.`, {
      cause,
    });
  }
}

/** True when the journal has the segment that the snapshot ends with. Its hash stands for all events before it. */
async function fits(journal: Pick<Journal, "read">, key: RunKey, { seq, hash, at }: Snapshot): Promise<boolean> {
  for await (const segment of journal.read(key, seq))
    return segment.seq + segment.count - 1 === seq && segment.hash === hash && segment.at === at;
  return false;
}

function sealOf({ seq, hash }: Pick<Tail, "seq" | "hash">, text: string): string {
  return segmentHash(hash, seq, text);
}

/** The text, when it is the one that was written at this place of this journal. */
function unsealed({ run }: RunKey, { seq, hash, body }: Snapshot): string {
  const end = body.indexOf("\n");
  const text = body.slice(end + 1);
  if (body.slice(0, end) === sealOf({ seq, hash }, text)) return text;
  throw new RunwrightError(
    "journal.damaged",
    `The snapshot of run ${run} is not what was written; its events are read.`,
  );
}
