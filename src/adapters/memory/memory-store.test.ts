import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../base/error.ts";
import type { NewRun } from "../../ports/journal.ts";
import { auditEntry, linksFor } from "../../testing/journal-checks/audit.ts";
import { testJournal, type OpenStore } from "../../testing/journal-contract.ts";
import { createMemoryStore, type MemoryStore, type StoreCall, type StoreFault } from "./memory-store.ts";

const key = { tenant: "local", workspace: "default", run: "r1" };
const summary = {
  status: "running",
  counts: { succeeded: 0, failed: 0, skipped: 0, running: 0, waiting: 0 },
  gates: [],
  updatedAt: 0,
} as const;
const run: NewRun = {
  key,
  workflow: "w",
  version: "v",
  createdAt: 0,
  startedBy: "local:ada",
  segment: { seq: 1, count: 1, at: 0, events: "[1]", hash: "h1" },
  summary,
};
const append = {
  lease: { key, epoch: 1 },
  segment: { seq: 2, count: 1, at: 0, events: "[2]", hash: "h2" },
  summary,
  consumed: [],
  startsCalls: false,
};
const entry = { kind: "cancel", body: {}, principal: "local:ada", at: 0 } as const;

testJournal("memory", async () => reopenable(createMemoryStore()));

function reopenable(store: MemoryStore): OpenStore {
  return { ...store, reopen: async () => reopenable(store.crash()) };
}

/** A store with one run, whose faults can then be set. */
async function faulty(): Promise<{ store: MemoryStore; calls: StoreCall[]; next: (fault: StoreFault) => void }> {
  let fault: StoreFault = "none";
  const calls: StoreCall[] = [];
  const store = createMemoryStore({
    faults: {
      before(call) {
        calls.push(call);
        return fault;
      },
    },
  });
  await store.journal.create([run]);
  return { store, calls, next: (to) => (fault = to) };
}

test("a full store writes nothing, and works again once there is space", async () => {
  const { store, next } = await faulty();
  next("full");
  await assert.rejects(store.journal.append([append]), (error) => hasCode(error, "journal.full"));
  await assert.rejects(store.journal.post(key, entry), (error) => hasCode(error, "journal.full"));
  assert.equal((await store.journal.row(key))?.lastSeq, 1);
  next("none");
  assert.deepEqual(await store.journal.append([append]), ["ok"]);
});

test("what a commit that fails would have written of the audit log goes with it, and with the next one it comes", async () => {
  const { store, next } = await faulty();
  const audited = { ...append, audit: [auditEntry("a")] };
  next("full");
  await assert.rejects(store.journal.append([audited]), (error) => hasCode(error, "journal.full"));
  assert.deepEqual(await store.audit.pending(9), []);
  next("unanswered");
  await assert.rejects(store.journal.append([audited]), (error) => hasCode(error, "journal.unknown-outcome"));
  next("none");
  await using reopened = store.crash();
  assert.equal((await reopened.audit.pending(9)).length, 1);
});

for (const [fault, lastSeq] of [
  ["lost", 1],
  ["unanswered", 2],
] as const) {
  test(`after a commit that was ${fault} the store refuses everything, and the next one shows the truth`, async () => {
    const { store, next } = await faulty();
    next(fault);
    await assert.rejects(store.journal.append([append]), (error) => hasCode(error, "journal.unknown-outcome"));
    next("none");
    await assert.rejects(store.journal.append([append]), (error) => hasCode(error, "journal.closed"));
    await assert.rejects(store.journal.row(key), (error) => hasCode(error, "journal.closed"));

    await using reopened = store.crash();
    assert.equal((await reopened.journal.row(key))?.lastSeq, lastSeq);
    assert.deepEqual(await reopened.journal.append([append]), [lastSeq === 1 ? "ok" : "conflict"]);
  });
}

test("the faults are asked before each commit, by name, and never for a read", async () => {
  const { store, calls } = await faulty();
  const lease = await store.journal.takeOver(key);
  await store.journal.mark(lease, -1);
  await store.journal.post(key, entry);
  await store.journal.append([{ ...append, lease }]);
  await store.logs.write([{ key, path: "a", attempt: 1, at: 0, level: "warn", text: "b" }]);
  await store.audit.record([auditEntry("a")]);
  await store.audit.seal(linksFor(await store.audit.pending(1)));
  await store.logs.read(key, { after: 0, limit: 1 });
  await store.journal.row(key);
  await store.journal.snapshot(key);
  await store.journal.inbox(key);
  await store.journal.list(key, { limit: 1 });
  assert.deepEqual(calls, ["create", "takeOver", "mark", "post", "append", "log", "record", "seal"]);
});

test("a crash in the middle of a read ends the read", async () => {
  const { store } = await faulty();
  await store.journal.append([append]);
  await assert.rejects(
    async () => {
      for await (const _ of store.journal.read(key, 1)) store.crash();
    },
    (error) => hasCode(error, "journal.closed"),
  );
});
