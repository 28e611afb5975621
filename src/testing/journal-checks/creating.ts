import assert from "node:assert/strict";
import {
  acme,
  appendOf,
  created,
  driven,
  keyOf,
  newRun,
  other,
  refused,
  segmentOf,
  segmentsOf,
  summaryOf,
  type Check,
} from "./world.ts";

/** Checks of `create` and `takeOver`. */
export const creatingChecks: readonly Check[] = [
  {
    name: "a run that was created can be read back as it was",
    async run(open) {
      await using store = await open();
      const run = newRun("r1", { wakeAt: 0, segment: segmentOf(1, 3) });
      const row = await created(store.journal, run);
      assert.deepEqual(row, {
        key: keyOf("r1"),
        workflow: "audit",
        version: "v1",
        createdAt: run.createdAt,
        startedBy: "local:ada",
        lastSeq: 3,
        wakeAt: 0,
        summary: run.summary,
      });
      assert.deepEqual(await store.journal.row(keyOf("r1")), row);
      assert.deepEqual(await segmentsOf(store.journal, keyOf("r1")), [run.segment]);
    },
  },
  {
    name: "a run that never asked to be woken has no wake time",
    async run(open) {
      await using store = await open();
      await created(store.journal, newRun("r1"));
      const row = await store.journal.row(keyOf("r1"));
      assert.equal(row !== undefined && "wakeAt" in row, false);
    },
  },
  {
    name: "the creator may append at once, with epoch 1",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      assert.deepEqual(await store.journal.append([appendOf(lease, 2)]), ["ok"]);
    },
  },
  {
    name: "of two runs with one dedupe key the first wins, and the second leaves no trace",
    async run(open) {
      await using store = await open();
      const [first] = await store.journal.create([newRun("r1", { dedupeKey: "delivery 7" })]);
      const [second] = await store.journal.create([newRun("r2", { dedupeKey: "delivery 7", workflow: "elsewhere" })]);
      assert.deepEqual(second, { row: first?.row, created: false });
      assert.equal(await store.journal.row(keyOf("r2")), undefined);
      await refused(segmentsOf(store.journal, keyOf("r2")), "run.not-found");
    },
  },
  {
    name: "a dedupe key gives back the first run as it stands now",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1", { dedupeKey: "k" });
      await store.journal.append([appendOf(lease, 2, { summary: summaryOf("completed") })]);
      const [again] = await store.journal.create([newRun("r2", { dedupeKey: "k" })]);
      assert.equal(again?.created, false);
      assert.equal(again.row.summary.status, "completed");
      assert.equal(again.row.lastSeq, 2);
    },
  },
  {
    name: "a dedupe key counts once within one batch too",
    async run(open) {
      await using store = await open();
      const batch = ["r1", "r2", "r3"].map((run) => newRun(run, { dedupeKey: run === "r3" ? "b" : "a" }));
      const results = await store.journal.create(batch);
      assert.deepEqual(
        results.map((result) => [result.row.key.run, result.created]),
        [
          ["r1", true],
          ["r1", false],
          ["r3", true],
        ],
      );
      assert.equal(await store.journal.row(keyOf("r2")), undefined);
    },
  },
  {
    name: "twenty starts at the same time with one dedupe key make one run",
    async run(open) {
      await using store = await open();
      const starts = Array.from({ length: 20 }, (_, index) =>
        store.journal.create([newRun(`r${index}`, { dedupeKey: "same" }), newRun(`q${index}`, { dedupeKey: "also" })]),
      );
      const results = (await Promise.all(starts)).flat();
      assert.equal(results.filter((result) => result.created).length, 2);
      assert.equal(new Set(results.map((result) => result.row.key.run)).size, 2);
      assert.equal((await store.journal.list(acme, { limit: 100 })).length, 2);
    },
  },
  {
    name: "a run id that exists is not written again",
    async run(open) {
      await using store = await open();
      await created(store.journal, newRun("r1"));
      const results = await store.journal.create([newRun("r1", { workflow: "elsewhere" }), newRun("r2")]);
      assert.deepEqual(
        results.map((result) => result.created),
        [false, true],
      );
      assert.equal((await store.journal.row(keyOf("r1")))?.workflow, "audit");
      assert.equal((await segmentsOf(store.journal, keyOf("r1"))).length, 1);
    },
  },
  {
    name: "two tenants use the same run id and the same dedupe key without meeting",
    async run(open) {
      await using store = await open();
      const shared = { dedupeKey: "k", segment: segmentOf(1, 1, "", "of acme") };
      await created(store.journal, newRun("r1", shared));
      await created(store.journal, newRun("r1", { ...shared, key: keyOf("r1", other), segment: segmentOf(1, 2) }));
      assert.equal((await store.journal.row(keyOf("r1")))?.lastSeq, 1);
      assert.equal((await store.journal.row(keyOf("r1", other)))?.lastSeq, 2);
    },
  },
  {
    name: "a run that does not begin at seq 1 is refused with its whole batch",
    async run(open) {
      await using store = await open();
      const batch = [newRun("r1"), newRun("r2", { segment: segmentOf(2) })];
      await refused(store.journal.create(batch), "journal.conflict");
      assert.equal(await store.journal.row(keyOf("r1")), undefined);
    },
  },
  {
    name: "each take-over raises the epoch by one",
    async run(open) {
      await using store = await open();
      await created(store.journal, newRun("r1"));
      assert.deepEqual(await store.journal.takeOver(keyOf("r1")), { key: keyOf("r1"), epoch: 2, tries: 1 });
      assert.deepEqual(await store.journal.takeOver(keyOf("r1")), { key: keyOf("r1"), epoch: 3, tries: 2 });
    },
  },
  {
    name: "twenty take-overs at the same time give twenty different epochs",
    async run(open) {
      await using store = await open();
      await created(store.journal, newRun("r1"));
      const leases = await Promise.all(Array.from({ length: 20 }, () => store.journal.takeOver(keyOf("r1"))));
      assert.deepEqual(
        leases.map(({ epoch }) => epoch).toSorted((left, right) => left - right),
        Array.from({ length: 20 }, (_, index) => index + 2),
      );
      assert.equal(Math.max(...leases.map(({ tries }) => tries)), 20);
    },
  },
  {
    name: "a run that is not there cannot be taken over",
    async run(open) {
      await using store = await open();
      await created(store.journal, newRun("r1"));
      await refused(store.journal.takeOver(keyOf("r2")), "run.not-found");
      await refused(store.journal.takeOver(keyOf("r1", other)), "run.not-found");
    },
  },
];
