import type { SnapshotBounds } from "../../src/engine/snapshots.ts";
import type { Journal, Snapshot } from "../../src/ports/journal.ts";
import type { Seeded } from "./chance.ts";

/** A snapshot every few events, so that most of the times that a run is read there is one. */
export const snapshotBounds: SnapshotBounds = {
  busySegments: 2,
  instancesPerSegment: Number.POSITIVE_INFINITY,
  busyInstancesMax: 1000,
  restEvents: 1,
  restMs: 1000,
  timesLast: 0,
  charsMax: 1_000_000,
};

/** A journal some of whose snapshots are damaged; `found` hears of those that are sound. */
export function withDamage(journal: Journal, chance: Seeded, found: () => void): Journal {
  return {
    ...journal,
    async snapshot(key) {
      const snapshot = await journal.snapshot(key);
      if (snapshot === undefined) return undefined;
      if (chance.maybe(0.1)) return damaged(snapshot, chance);
      found();
      return snapshot;
    },
  };
}

/** What a bad disk, another build or a journal that is another's would make of a snapshot. */
function damaged(snapshot: Snapshot, chance: Seeded): Snapshot {
  const place = chance.whole(0, snapshot.body.length - 1);
  return chance.pick<Snapshot>([
    { ...snapshot, body: `${snapshot.body.slice(0, place)}!${snapshot.body.slice(place + 1)}` },
    { ...snapshot, body: snapshot.body.slice(0, place) },
    { ...snapshot, form: snapshot.form + 1 },
    { ...snapshot, seq: snapshot.seq + 1 },
    { ...snapshot, hash: "of another" },
  ]);
}
