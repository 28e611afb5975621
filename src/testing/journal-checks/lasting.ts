import assert from "node:assert/strict";
import { versionOf } from "./versions.ts";
import { appendOf, driven, entryOf, keyOf, newRun, refused, segmentsOf, summaryOf, type Check } from "./world.ts";

/** Checks of what outlives a process, and of a store that is closed. */
export const lastingChecks: readonly Check[] = [
  {
    name: "everything that was answered is there after a restart",
    async run(open) {
      const store = await open();
      const lease = await driven(store.journal, "r1", { dedupeKey: "k" });
      const decided = await store.journal.post(lease.key, entryOf("decide"));
      const waiting = await store.journal.post(lease.key, entryOf("cancel"));
      const consumed = [{ id: decided.id, outcome: { ok: true } as const }];
      await store.journal.append([appendOf(lease, 2, { consumed, wakeAt: 44 })]);
      await store.journal.takeOver(lease.key);
      const row = await store.journal.row(lease.key);
      const segments = await segmentsOf(store.journal, lease.key);

      await using next = await store.reopen();
      assert.deepEqual(await next.journal.row(lease.key), row);
      assert.deepEqual(await segmentsOf(next.journal, lease.key), segments);
      assert.deepEqual(await next.journal.inbox(lease.key), [waiting]);
      assert.deepEqual(await next.journal.outcome(lease.key, decided.id), { ok: true });
      assert.deepEqual(await next.journal.waking(undefined, 9), [{ key: lease.key, wakeAt: 0 }]);
      const [again] = await next.journal.create([newRun("r2", { dedupeKey: "k" })]);
      assert.deepEqual(again, { row, created: false });
    },
  },
  {
    name: "epochs and inbox ids go on after a restart",
    async run(open) {
      const store = await open();
      const first = await driven(store.journal, "r1");
      const second = await store.journal.takeOver(first.key);
      const { id } = await store.journal.post(first.key, entryOf("decide"));
      await store.journal.append([appendOf(second, 2, { consumed: [{ id, outcome: { ok: true } }] })]);

      await using next = await store.reopen();
      assert.deepEqual(await next.journal.append([appendOf(first, 3)]), ["fenced"]);
      assert.equal((await next.journal.takeOver(first.key)).epoch, 3);
      assert.ok((await next.journal.post(first.key, entryOf("decide"))).id > id);
    },
  },
  {
    name: "a store that is closed refuses every call",
    async run(open) {
      const store = await open();
      const lease = await driven(store.journal, "r1");
      const { journal } = store;
      await using _next = await store.reopen();
      await refused(journal.create([newRun("r2")]), "journal.closed");
      await refused(journal.takeOver(lease.key), "journal.closed");
      await refused(journal.append([appendOf(lease, 2)]), "journal.closed");
      await refused(segmentsOf(journal, lease.key), "journal.closed");
      await refused(journal.post(lease.key, entryOf("cancel")), "journal.closed");
      await refused(journal.inbox(lease.key), "journal.closed");
      await refused(journal.outcome(lease.key, 1), "journal.closed");
      await refused(journal.row(lease.key), "journal.closed");
      await refused(journal.list(lease.key, { limit: 1 }), "journal.closed");
      await refused(journal.waking(undefined, 1), "journal.closed");
      await refused(journal.mark(lease, -1), "journal.closed");
      await refused(journal.snapshot(lease.key), "journal.closed");
      await refused(journal.blobs(lease.key, []), "journal.closed");
      await refused(store.catalog.get(lease.key, "v1"), "journal.closed");
      await refused(store.catalog.numbered(lease.key, "audit", "latest"), "journal.closed");
      await refused(store.catalog.versions(lease.key, "audit", { limit: 1 }), "journal.closed");
      await refused(store.catalog.workflows(lease.key), "journal.closed");
      await refused(store.catalog.releasesOf(lease.key, ["v1"]), "journal.closed");
      await refused(store.catalog.publish(lease.key, versionOf("v1"), { by: "", at: 0 }), "journal.closed");
      await refused(store.logs.read(lease.key, { after: 0, limit: 1 }), "journal.closed");
      const line = { key: lease.key, path: "a", attempt: 1, at: 0, level: "warn", text: "" } as const;
      await refused(store.logs.write([line]), "journal.closed");
    },
  },
  {
    name: "a store can be disposed twice, and with its journal",
    async run(open) {
      const store = await open();
      await store.journal[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await refused(store.journal.row(keyOf("r1")), "journal.closed");
    },
  },
  {
    name: "what a caller changes afterwards does not change what is stored",
    async run(open) {
      await using store = await open();
      const run = newRun("r1", { summary: summaryOf() });
      await store.journal.create([run]);
      const stored = structuredClone(await store.journal.row(run.key));
      Object.assign(run.summary, { status: "failed" });
      Object.assign(run.segment, { events: "[]" });
      const shown = await store.journal.row(run.key);
      assert.deepEqual(shown, stored);
      Object.assign(shown?.summary ?? {}, { status: "paused" });
      assert.deepEqual(await store.journal.row(run.key), stored);
      assert.notEqual((await segmentsOf(store.journal, run.key))[0]?.events, "[]");
    },
  },
];
