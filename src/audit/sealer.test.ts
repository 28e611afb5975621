import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore, type MemoryStore, type StoreFault } from "../adapters/memory/memory-store.ts";
import { RunwrightError } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import type { Seal } from "../ports/audit.ts";
import { auditEntry } from "../testing/journal-checks/audit.ts";
import { acme, other } from "../testing/journal-checks/world.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { openSealer } from "./sealer.ts";

interface World {
  readonly clock: ManualClock;
  readonly signed: (readonly Seal[])[];
  readonly troubles: unknown[];
  readonly open: (store: MemoryStore) => Promise<AsyncDisposable>;
  /** Moves by one turn of the sealer, and lets it end. */
  readonly turn: () => Promise<void>;
  /** What keeps checkpoints from being written. */
  broken?: Error;
}

function world(): World {
  const clock = createManualClock(1_763_700_000_000);
  const made: World = {
    clock,
    signed: [],
    troubles: [],
    open: (store) =>
      openSealer({
        audit: store.audit,
        clock,
        checkpoint: async (heads) => {
          if (made.broken !== undefined) throw made.broken;
          made.signed.push(heads);
        },
        trouble: (error) => made.troubles.push(error),
      }),
    turn: async () => {
      clock.runNext(limits.auditSealMs);
      for (let rounds = 0; rounds < 500; rounds += 1) await Promise.resolve();
    },
  };
  return made;
}

const entries = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => auditEntry(`${from + index}`, index % 3 === 2 ? other : acme));
const places = (heads: readonly Seal[] | undefined) => heads?.map(({ tenant, n }) => `${tenant} ${n}`);

test("a sealer links what waits when it opens, twice a second, and when it is closed", async () => {
  const store = createMemoryStore();
  const { open, turn, signed } = world();
  await store.audit.record(entries(0, 3));
  const sealer = await open(store);
  assert.deepEqual(await store.audit.pending(9), []);
  assert.deepEqual(signed.map(places), [["acme 2", "other 1"]]);

  await store.audit.record(entries(3, 2));
  assert.equal((await store.audit.pending(9)).length, 2);
  await turn();
  assert.deepEqual(await store.audit.pending(9), []);
  await turn();
  assert.deepEqual(signed.map(places), [["acme 2", "other 1"], ["acme 4"]], "a turn without rows signs nothing");

  await store.audit.record(entries(5, 1));
  await sealer[Symbol.asyncDispose]();
  assert.deepEqual(places(signed.at(-1)), ["acme 5"]);
});

test("a second is not waited for twice: the sealer looks at least every second", () => {
  assert.ok(limits.auditSealMs <= 1000 / 2);
});

test("many rows are linked in batches of one turn, in the order in which they lie", async () => {
  const store = createMemoryStore();
  const { open } = world();
  await store.audit.record(entries(0, 3 * limits.auditSealRowsMax + 1));
  await using _sealer = await open(store);
  assert.deepEqual(await store.audit.pending(9), []);
  const rows = await store.audit.rows("acme", 0, limits.pageRowsMax);
  assert.ok(rows.every((row, index) => index === 0 || (rows[index - 1]?.position ?? 0) < row.position));
});

test("links that a crash left unsigned are signed by the next sealer", async () => {
  const store = createMemoryStore();
  const first = world();
  first.broken = new Error("killed");
  await store.audit.record(entries(0, 2));
  await first.open(store);
  assert.deepEqual(await store.audit.pending(9), []);
  assert.deepEqual(first.signed, []);

  const next = world();
  await using _sealer = await next.open(store.crash());
  assert.deepEqual(next.signed.map(places), [["acme 2"]]);
});

test("where checkpoints cannot be written it is said once, and made good when they can", async () => {
  const store = createMemoryStore();
  const made = world();
  made.broken = new Error("no such place");
  await using _sealer = await made.open(store);
  for (let round = 0; round < 3; round += 1) {
    await store.audit.record(entries(round, 1));
    await made.turn();
  }
  assert.deepEqual(made.troubles.map(String), ["Error: no such place"]);
  assert.deepEqual(await store.audit.pending(9), [], "rows are linked all the same");
  delete made.broken;
  await made.turn();
  assert.deepEqual(made.signed.map(places), [["acme 3"]]);
});

test("a full store is tried again, and a closed one is left alone", async () => {
  let fault: StoreFault = "none";
  const store = createMemoryStore({ faults: { before: (call) => (call === "seal" ? fault : "none") } });
  const made = world();
  await using _sealer = await made.open(store);
  await store.audit.record(entries(0, 1));
  fault = "full";
  await made.turn();
  assert.equal((await store.audit.pending(9)).length, 1);
  fault = "none";
  await made.turn();
  assert.equal((await store.audit.pending(9)).length, 0);

  store.crash();
  await made.turn();
  assert.equal(made.troubles.length, 2);
  assert.ok(made.troubles.every((error) => error instanceof RunwrightError));
  assert.equal(made.clock.pending, 0);
});

test("of two sealers over one store each row is linked once", async () => {
  const store = createMemoryStore();
  const left = world();
  const right = world();
  await using _left = await left.open(store);
  await using _right = await right.open(store);
  for (let round = 0; round < 5; round += 1) {
    await store.audit.record(entries(round * 4, 4));
    await Promise.all([left.turn(), right.turn()]);
  }
  await Promise.all([left.turn(), right.turn()]);
  const rows = [...(await store.audit.rows("acme", 0, 100)), ...(await store.audit.rows("other", 0, 100))];
  assert.equal(new Set(rows.map(({ position }) => position)).size, 20);
  assert.equal(rows.length, 20);
});
