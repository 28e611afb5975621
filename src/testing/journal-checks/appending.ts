import assert from "node:assert/strict";
import type { Append } from "../../ports/journal.ts";
import { appendOf, driven, entryOf, keyOf, newRun, segmentOf, segmentsOf, summaryOf, type Check } from "./world.ts";

/** Checks of `append`: fence, seq, hold, batch. */
export const appendingChecks: readonly Check[] = [
  {
    name: "an append writes its events and its summary together",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const second = segmentOf(2, 5, segmentOf(1).hash);
      const summary = {
        ...summaryOf("awaiting_approval"),
        gates: [{ path: "a", question: "Ship?", by: ["lead"], openedAt: 5 }],
      };
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { segment: second, summary, wakeAt: 99 })]), [
        "ok",
      ]);
      assert.deepEqual(await segmentsOf(store.journal, keyOf("r1")), [segmentOf(1), second]);
      const row = await store.journal.row(keyOf("r1"));
      assert.deepEqual(row?.summary, summary);
      assert.equal(row.lastSeq, 6);
      assert.equal(row.wakeAt, 99);
    },
  },
  {
    name: "an append without a wake time takes the old one away",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1", { wakeAt: 5 });
      await store.journal.append([appendOf(lease, 2)]);
      assert.equal((await store.journal.row(keyOf("r1")))?.wakeAt, undefined);
      assert.deepEqual(await store.journal.waking(undefined, 10), []);
    },
  },
  {
    name: "a driver that was replaced cannot write",
    async run(open) {
      await using store = await open();
      const slow = await driven(store.journal, "r1");
      const fast = await store.journal.takeOver(slow.key);
      assert.deepEqual(await store.journal.append([appendOf(slow, 2)]), ["fenced"]);
      assert.equal((await segmentsOf(store.journal, slow.key)).length, 1);
      assert.deepEqual(await store.journal.append([appendOf(fast, 2)]), ["ok"]);
    },
  },
  {
    name: "a driver of an epoch that never was cannot write",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const forged = { ...lease, epoch: 7 };
      assert.deepEqual(await store.journal.append([appendOf(forged, 2)]), ["fenced"]);
    },
  },
  {
    name: "nobody can write to a run that is not there",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const elsewhere = { key: keyOf("r2"), epoch: 1 };
      assert.deepEqual(await store.journal.append([appendOf(elsewhere, 1), appendOf(lease, 2)]), ["fenced", "ok"]);
      assert.equal(await store.journal.row(keyOf("r2")), undefined);
    },
  },
  {
    name: "an append with the wrong seq is a conflict and leaves no trace",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      for (const seq of [0, 1, 3]) {
        const append = appendOf(lease, seq, { summary: summaryOf("failed"), wakeAt: 3 });
        assert.deepEqual(await store.journal.append([append]), ["conflict"], `seq ${seq}`);
      }
      const row = await store.journal.row(keyOf("r1"));
      assert.equal(row?.summary.status, "created");
      assert.equal(row.wakeAt, undefined);
      assert.equal((await segmentsOf(store.journal, keyOf("r1"))).length, 1);
    },
  },
  {
    name: "an append without events is a conflict",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { segment: segmentOf(2, 0) })]), ["conflict"]);
    },
  },
  {
    name: "of two appends with the same seq one wins",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const results = await Promise.all(Array.from({ length: 8 }, () => store.journal.append([appendOf(lease, 2)])));
      assert.equal(results.flat().filter((result) => result === "ok").length, 1);
      assert.equal(results.flat().filter((result) => result === "conflict").length, 7);
      assert.equal((await segmentsOf(store.journal, lease.key)).length, 2);
    },
  },
  {
    name: "the fence is named before anything else that is wrong",
    async run(open) {
      await using store = await open();
      const slow = await driven(store.journal, "r1");
      await store.journal.post(slow.key, entryOf("cancel"));
      const fast = await store.journal.takeOver(slow.key);
      const both = [appendOf(slow, 9, { startsCalls: true }), appendOf(fast, 9, { startsCalls: true })];
      assert.deepEqual(await store.journal.append(both), ["fenced", "conflict"]);
    },
  },
  {
    name: "a call cannot start while a cancel or a pause is unread",
    async run(open) {
      await using store = await open();
      for (const kind of ["cancel", "pause"] as const) {
        const lease = await driven(store.journal, kind);
        await store.journal.post(lease.key, entryOf(kind));
        assert.deepEqual(await store.journal.append([appendOf(lease, 2, { startsCalls: true })]), ["held"], kind);
        assert.equal((await segmentsOf(store.journal, lease.key)).length, 1);
      }
    },
  },
  {
    name: "what starts no call is not held, and no other run is",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const bystander = await driven(store.journal, "r2");
      await store.journal.post(lease.key, entryOf("cancel"));
      const batch = [appendOf(lease, 2), appendOf(bystander, 2, { startsCalls: true })];
      assert.deepEqual(await store.journal.append(batch), ["ok", "ok"]);
      assert.deepEqual(await store.journal.append([appendOf(lease, 3, { startsCalls: true })]), ["held"]);
    },
  },
  {
    name: "a decision or a resume holds no call back",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      await store.journal.post(lease.key, entryOf("decide"));
      await store.journal.post(lease.key, entryOf("resume"));
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { startsCalls: true })]), ["ok"]);
    },
  },
  {
    name: "calls may start again once the pause was taken in, by the same append too",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const pause = await store.journal.post(lease.key, entryOf("pause"));
      const consumed = [{ id: pause.id, outcome: { ok: true } as const }];
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { consumed, startsCalls: true })]), ["ok"]);
      assert.deepEqual(await store.journal.append([appendOf(lease, 3, { startsCalls: true })]), ["ok"]);
    },
  },
  {
    name: "taking in one of two cancels still holds",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const first = await store.journal.post(lease.key, entryOf("cancel"));
      await store.journal.post(lease.key, entryOf("cancel"));
      const consumed = [{ id: first.id, outcome: { ok: true } as const }];
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { consumed, startsCalls: true })]), ["held"]);
      assert.equal((await store.journal.inbox(lease.key)).length, 2);
    },
  },
  {
    name: "a fenced, a held and a conflicting run do not hold up the others of their batch",
    async run(open) {
      await using store = await open();
      const [first, fenced, held, conflict, last] = await Promise.all(
        ["r1", "r2", "r3", "r4", "r5"].map((run) => driven(store.journal, run)),
      );
      assert.ok(first && fenced && held && conflict && last);
      await store.journal.takeOver(fenced.key);
      await store.journal.post(held.key, entryOf("pause"));
      const batch: readonly Append[] = [
        appendOf(first, 2, { startsCalls: true }),
        appendOf(fenced, 2, { startsCalls: true }),
        appendOf(held, 2, { startsCalls: true }),
        appendOf(conflict, 3, { startsCalls: true }),
        appendOf(last, 2, { startsCalls: true }),
      ];
      assert.deepEqual(await store.journal.append(batch), ["ok", "fenced", "held", "conflict", "ok"]);
      const lengths = await Promise.all(
        batch.map(async ({ lease }) => (await segmentsOf(store.journal, lease.key)).length),
      );
      assert.deepEqual(lengths, [2, 1, 1, 1, 2]);
    },
  },
  {
    name: "appends of one run in one batch are taken in order",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const other = await driven(store.journal, "r2");
      const batch = [
        appendOf(lease, 2, { segment: segmentOf(2, 2) }),
        appendOf(other, 2),
        appendOf(lease, 9),
        appendOf(lease, 4, { summary: summaryOf("completed") }),
        appendOf(lease, 4),
      ];
      assert.deepEqual(await store.journal.append(batch), ["ok", "ok", "conflict", "ok", "conflict"]);
      const row = await store.journal.row(lease.key);
      assert.equal(row?.lastSeq, 4);
      assert.equal(row.summary.status, "completed");
    },
  },
  {
    name: "a thousand appends of a thousand runs fit one batch",
    async run(open) {
      await using store = await open();
      const runs = Array.from({ length: 1000 }, (_, index) => newRun(`r${String(index).padStart(4, "0")}`));
      const results = await store.journal.create(runs);
      assert.ok(results.every((result) => result.created));
      const batch = runs.map(({ key }) => appendOf({ key, epoch: 1 }, 2, { segment: segmentOf(2, 2) }));
      assert.deepEqual(new Set(await store.journal.append(batch.toReversed())), new Set(["ok"]));
      for (const run of ["r0000", "r0500", "r0999"]) {
        assert.equal((await store.journal.row(keyOf(run)))?.lastSeq, 3);
      }
    },
  },
  {
    name: "a thousand appends of one run fit one batch",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const batch = Array.from({ length: 1000 }, (_, index) => appendOf(lease, index + 2));
      assert.deepEqual(new Set(await store.journal.append(batch)), new Set(["ok"]));
      assert.equal((await segmentsOf(store.journal, lease.key)).length, 1001);
    },
  },
  {
    name: "an empty batch is no error",
    async run(open) {
      await using store = await open();
      assert.deepEqual(await store.journal.append([]), []);
      assert.deepEqual(await store.journal.create([]), []);
    },
  },
  {
    name: "a run that has ended still takes what came late",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const summary = summaryOf("failed");
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { summary })]), ["ok"]);
      assert.deepEqual(await store.journal.append([appendOf(lease, 3, { summary })]), ["ok"]);
    },
  },
];
