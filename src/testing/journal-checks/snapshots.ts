import assert from "node:assert/strict";
import type { Snapshot } from "../../ports/journal.ts";
import { answerOf, appendOf, driven, keyOf, other, segmentOf, type Check } from "./world.ts";

function snapshotOf(seq: number, body = '{"text":"Prüfung 😀 \\u0000"}'): Snapshot {
  return { seq, hash: segmentOf(seq).hash, at: 1_763_700_000_000 + seq, form: 3, body };
}

/** Checks of snapshots. */
export const snapshotChecks: readonly Check[] = [
  {
    name: "a snapshot comes back as it was, and the next one takes its place",
    async run(open) {
      const store = await open();
      const lease = await driven(store.journal, "r1");
      assert.equal(await store.journal.snapshot(lease.key), undefined);
      await store.journal.append([appendOf(lease, 2, { snapshot: snapshotOf(2) })]);
      assert.deepEqual(await store.journal.snapshot(lease.key), snapshotOf(2));
      await store.journal.append([appendOf(lease, 3, { snapshot: { ...snapshotOf(3, "[]"), form: 4 } })]);
      await store.journal.append([appendOf(lease, 4)]);
      assert.deepEqual(await store.journal.snapshot(lease.key), { ...snapshotOf(3, "[]"), form: 4 });
      await using next = await store.reopen();
      assert.deepEqual(await next.journal.snapshot(lease.key), { ...snapshotOf(3, "[]"), form: 4 });
    },
  },
  {
    name: "an append without an event may bring a snapshot, and of two in a batch the later stays",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const batch = [appendOf(lease, 2, { snapshot: snapshotOf(1) }), answerOf(lease, { snapshot: snapshotOf(2) })];
      assert.deepEqual(await store.journal.append(batch), ["ok", "ok"]);
      assert.deepEqual(await store.journal.snapshot(lease.key), snapshotOf(2));
    },
  },
  {
    name: "an append that is refused leaves no snapshot",
    async run(open) {
      await using store = await open();
      const old = await driven(store.journal, "r1");
      const lease = await store.journal.takeOver(old.key);
      await store.journal.append([appendOf(lease, 2, { snapshot: snapshotOf(2) })]);
      const batch = [
        appendOf(old, 3, { snapshot: snapshotOf(3) }),
        appendOf(lease, 9, { snapshot: snapshotOf(9) }),
        appendOf({ key: keyOf("r2"), epoch: 1 }, 2, { snapshot: snapshotOf(2) }),
      ];
      assert.deepEqual(await store.journal.append(batch), ["fenced", "conflict", "fenced"]);
      assert.deepEqual(await store.journal.snapshot(lease.key), snapshotOf(2));
      assert.equal(await store.journal.snapshot(keyOf("r2")), undefined);
    },
  },
  {
    name: "each run has its own snapshot, and another tenant's is not seen",
    async run(open) {
      await using store = await open();
      const left = await driven(store.journal, "r1");
      const right = await driven(store.journal, "r2");
      await store.journal.append([
        appendOf(left, 2, { snapshot: snapshotOf(2, '"left"') }),
        appendOf(right, 2, { snapshot: snapshotOf(2, '"right"') }),
      ]);
      assert.equal((await store.journal.snapshot(left.key))?.body, '"left"');
      assert.equal((await store.journal.snapshot(right.key))?.body, '"right"');
      assert.equal(await store.journal.snapshot(keyOf("r1", other)), undefined);
      assert.equal(await store.journal.snapshot(keyOf("r1", { tenant: "acme", workspace: "side" })), undefined);
    },
  },
  {
    name: "a snapshot of four mebibytes comes back as it was",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const snapshot = snapshotOf(2, JSON.stringify("ü".repeat(2_097_152)));
      await store.journal.append([appendOf(lease, 2, { snapshot })]);
      assert.ok((await store.journal.snapshot(lease.key))?.body === snapshot.body);
    },
  },
];
