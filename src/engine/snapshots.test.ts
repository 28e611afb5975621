import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunKey } from "../base/ids.ts";
import type { JsonObject } from "../base/json.ts";
import type { Plan } from "../language/plan.ts";
import { encodeState } from "../machine/snapshot.ts";
import type { Journal, Segment, Snapshot } from "../ports/journal.ts";
import { segmentHash } from "../ports/segment-hash.ts";
import { ada, type Stage, stage, versionOf } from "../../test/engine/stage.ts";
import { snapshot as textOf } from "../../test/machine/model/snapshot.ts";
import { rebuild } from "./rebuild.ts";
import { snapshotBounds, type SnapshotBounds } from "./snapshots.ts";

const never: SnapshotBounds = { ...snapshotBounds, restEvents: Number.POSITIVE_INFINITY };
const often: SnapshotBounds = {
  ...snapshotBounds,
  busySegments: 3,
  instancesPerSegment: Number.POSITIVE_INFINITY,
  restEvents: 1,
  timesLast: 0,
};

const asking = `workflow: w
inputs: { items: [any] }
steps:
  - { id: each, for_each: inputs.items, max_parallel: 100, function: work, with: { item: "\${item}" } }
  - { id: ask, approve: Go?, by: [local:ada] }
  - { id: act, function: other, with: { all: "\${each.output}" } }
output: \${act.output}
`;
const { plan } = versionOf(asking);

const echo = (bounds: SnapshotBounds): Promise<Stage> => stage(async ({ input }) => ({ output: input }), bounds);
const itemsOf = (count: number): JsonObject => ({ items: Array.from({ length: count }, (_, index) => index) });

/** A journal that counts the segments that are read of it, and may have another snapshot. */
function counted(journal: Journal, change: (snapshot: Snapshot) => Snapshot = (same) => same): Reads {
  const reads: Segment[] = [];
  return {
    reads,
    journal: {
      async snapshot(key) {
        const found = await journal.snapshot(key);
        return found === undefined ? undefined : change(found);
      },
      blobs: (scope, digests) => journal.blobs(scope, digests),
      async *read(key, fromSeq) {
        for await (const segment of journal.read(key, fromSeq)) {
          reads.push(segment);
          yield segment;
        }
      },
    },
  };
}

interface Reads {
  readonly reads: readonly Segment[];
  readonly journal: Pick<Journal, "read" | "snapshot" | "blobs">;
}

async function segmentsOf(world: Stage, key: RunKey): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  for await (const segment of world.store.journal.read(key, 1)) segments.push(segment);
  return segments;
}

/** A snapshot of another state, written as soundly as the real one. */
async function foreign(world: Stage, key: RunKey, other: Plan): Promise<(snapshot: Snapshot) => Snapshot> {
  const { state } = await rebuild(world.store.journal, key, other);
  for (const instance of state.instances.values()) instance.title = "from the snapshot";
  const { text } = encodeState(state) ?? assert.fail();
  return (snapshot) => ({ ...snapshot, body: `${segmentHash(snapshot.hash, snapshot.seq, text)}\n${text}` });
}

describe("rebuilding from a snapshot", () => {
  test("a run of 20,000 events that waits for somebody is read from its snapshot: of its segments only those behind it", async () => {
    const world = await echo(snapshotBounds);
    const key = await world.start(asking, itemsOf(10_000));
    await world.settle();
    const { lastSeq, summary } = await world.row(key);
    assert.deepEqual([summary.status, lastSeq > 20_000], ["awaiting_approval", true]);

    const all = await segmentsOf(world, key);
    const { reads, journal } = counted(world.store.journal);
    const { state, tail } = await rebuild(journal, key, plan);
    assert.deepEqual([state.seq, tail.hash], [lastSeq, all.at(-1)?.hash]);
    assert.deepEqual(
      reads.map(({ seq }) => seq),
      [all.at(-1)?.seq],
      "the one that the snapshot ends with",
    );
    assert.ok(all.length > 100);
  });

  test("control: without one, or with one that cannot be used, all are read", async () => {
    const world = await echo(snapshotBounds);
    const key = await world.start(asking, itemsOf(200));
    await world.settle();
    const all = await segmentsOf(world, key);
    const { reads, journal } = counted(world.store.journal, (found) => ({ ...found, form: found.form + 1 }));
    await rebuild(journal, key, plan);
    assert.equal(reads.length, all.length);
    assert.ok(all.length > 2);
  });

  test("after a crash a run goes on from its snapshot as without one", async () => {
    const journals: string[] = [];
    for (const bounds of [never, often]) {
      const world = await echo(bounds);
      const key = await world.start(asking, itemsOf(5));
      await world.settle();
      assert.equal((await world.store.journal.snapshot(key)) !== undefined, bounds === often);
      await world.crash();
      const deciding = world.engine.decide(key, ada, { path: "ask", outcome: "accepted" });
      await world.settle();
      await deciding;
      await world.settle();
      assert.deepEqual((await world.engine.view(key)).output, { all: [0, 1, 2, 3, 4].map((item) => ({ item })) });
      const segments = await segmentsOf(world, key);
      journals.push(segments.map(({ events }) => events.replaceAll(key.run, "run")).join("\n"));
    }
    assert.equal(journals[0], journals[1]);
  });
});

describe("a snapshot that is not to be trusted", () => {
  const damages: Readonly<Record<string, (snapshot: Snapshot) => Snapshot>> = {
    "of which a letter is another": (found) => ({ ...found, body: found.body.replace("succeeded", "cancelled") }),
    "that was cut off": (found) => ({ ...found, body: found.body.slice(0, -10) }),
    "without a seal": (found) => ({ ...found, body: found.body.slice(found.body.indexOf("\n") + 1) }),
    "that is empty": (found) => ({ ...found, body: "" }),
    "of a form that this build does not know": (found) => ({ ...found, form: found.form + 1 }),
    "of an event that the journal does not have yet": (found) => ({ ...found, seq: found.seq + 100 }),
    "of an event within a segment": (found) => ({ ...found, seq: found.seq - 1 }),
    "of a journal that went another way": (found) => ({ ...found, hash: segmentHash("", 1, "[]") }),
    "of another time": (found) => ({ ...found, at: found.at - 1 }),
    "by rules that this build does not know": resealed((text) => text.replace('"machine":1', '"machine":99')),
    "of another plan": resealed((text) => text.replace('["each",0,', '["each",77,')),
    "of another shape": resealed(() => '{"machine":1}'),
    "that is no JSON": resealed(() => "{"),
    "with a value that is not there": resealed((text) =>
      text.replace('"digests":[]', `"digests":["${"0".repeat(64)}"]`),
    ),
  };

  function resealed(change: (text: string) => string): (snapshot: Snapshot) => Snapshot {
    return (found) => {
      const text = found.body.slice(found.body.indexOf("\n") + 1);
      const changed = change(text);
      assert.notEqual(changed, text, "the damage is done");
      return { ...found, body: `${segmentHash(found.hash, found.seq, changed)}\n${changed}` };
    };
  }

  for (const [what, damage] of Object.entries(damages)) {
    test(`one ${what} is passed over: the run is what its events say`, async () => {
      const world = await echo(often);
      const key = await world.start(asking, itemsOf(5));
      await world.settle();
      const all = await segmentsOf(world, key);
      const sound = await rebuild(counted(world.store.journal).journal, key, plan);
      const { reads, journal } = counted(world.store.journal, damage);
      const found = await rebuild(journal, key, plan);
      assert.equal(textOf(found.state), textOf(sound.state));
      assert.deepEqual(reads.slice(-all.length), all, "all of its segments are read");
    });
  }

  test("control: one that says something else and is sealed as it should be is believed", async () => {
    const world = await echo(often);
    const key = await world.start(asking, itemsOf(5));
    await world.settle();
    const { journal } = counted(world.store.journal, await foreign(world, key, plan));
    const { state } = await rebuild(journal, key, plan);
    assert.equal(state.instances.get("ask")?.title, "from the snapshot");
  });

  test("where the journal behind a snapshot is damaged, the run is damaged", async () => {
    const world = await echo({ ...often, busySegments: Number.POSITIVE_INFINITY });
    const key = await world.start(asking, itemsOf(5));
    await world.settle();
    const { journal } = counted(world.store.journal);
    const damaged: typeof journal = {
      ...journal,
      async *read(run, fromSeq) {
        for await (const segment of journal.read(run, fromSeq))
          yield { ...segment, events: segment.events.replace("boss", "ada") };
        const last = { seq: (await world.row(key)).lastSeq + 1, count: 1, at: 0, events: "[]", hash: "none" };
        yield last;
      },
    };
    await assert.rejects(rebuild(damaged, key, plan), { code: "journal.damaged" });
  });
});

describe("when snapshots are taken", () => {
  async function taken(bounds: SnapshotBounds, items = 20): Promise<readonly number[]> {
    const world = await echo(bounds);
    const seqs: number[] = [];
    const append = world.store.journal.append.bind(world.store.journal);
    world.store.journal.append = (batch) => {
      for (const { snapshot } of batch) if (snapshot !== undefined) seqs.push(snapshot.seq);
      return append(batch);
    };
    world.engine = await world.open();
    await world.start(asking.replace("max_parallel: 100", "max_parallel: 1"), itemsOf(items));
    await world.settle();
    return seqs;
  }

  const eager: SnapshotBounds = { ...often, busySegments: 1 };

  test("a run that begins to wait for long has one, and while it works only after so many segments", async () => {
    assert.equal((await taken({ ...snapshotBounds, restEvents: 1 })).length, 1);
    assert.equal((await taken({ ...snapshotBounds, restEvents: 1000 })).length, 0);
    assert.ok((await taken(eager)).length >= 20);
    const seqs = await taken({ ...eager, busySegments: 10 });
    assert.ok(
      seqs.length > 2 && seqs.slice(0, -1).every((seq, index) => seq - (seqs[index - 1] ?? 0) >= 10),
      String(seqs),
    );
  });

  test("one is paid for by what was written: a segment for every few instances, and several times as long as the last one", async () => {
    const all = await taken(eager, 200);
    const [each, times] = [
      await taken({ ...eager, instancesPerSegment: 1 }, 200),
      await taken({ ...eager, timesLast: 3 }, 200),
    ];
    assert.ok(
      all.length >= 200 && each.length < 12 && times.length < 12,
      `${each.length} and ${times.length} of ${all.length}`,
    );
  });

  test("none is taken of a run with too many instances while it works, and none that would be too long", async () => {
    assert.equal((await taken({ ...eager, busyInstancesMax: 3 })).length, 1, "only when it rests");
    assert.equal((await taken({ ...eager, charsMax: 100 })).length, 0);
  });
});
