import assert from "node:assert/strict";
import type { Journal, Lease } from "../../ports/journal.ts";
import { appendOf, answerOf, driven, entryOf, keyOf, newRun, other, refused, segmentOf, type Check } from "./world.ts";

/** How often each due run was taken over, as pages show it. */
async function triesOf(journal: Journal): Promise<readonly (readonly [string, number])[]> {
  return (await journal.waking(undefined, 10)).map(({ key, tries }) => [key.run, tries] as const);
}

/** Takes a run over so often; the last of the leases. */
async function takenOver(journal: Journal, { key }: Lease, times: number): Promise<Lease> {
  let lease: Lease = { key, epoch: 1 };
  for (let time = 1; time <= times; time += 1) lease = await journal.takeOver(key);
  return lease;
}

/** Checks of how take-overs are counted, and of `release`. */
export const takeoverChecks: readonly Check[] = [
  {
    name: "take-overs in a row are counted, as pages show, and the count outlives a restart",
    async run(open) {
      const store = await open();
      const lease = await driven(store.journal, "r1", { wakeAt: 0 });
      await driven(store.journal, "r2", { wakeAt: 0 });
      assert.equal((await store.journal.takeOver(lease.key)).tries, 1);
      assert.equal((await store.journal.takeOver(lease.key)).tries, 2);
      assert.deepEqual(await triesOf(store.journal), [
        ["r1", 2],
        ["r2", 0],
      ]);
      await using next = await store.reopen();
      assert.deepEqual(await triesOf(next.journal), [
        ["r1", 2],
        ["r2", 0],
      ]);
      assert.equal((await next.journal.takeOver(lease.key)).tries, 3);
    },
  },
  {
    name: "an append sets the count back, also one without an event",
    async run(open) {
      await using store = await open();
      for (const run of ["r1", "r2"]) {
        const lease = await takenOver(store.journal, await driven(store.journal, run, { wakeAt: 0 }), 3);
        const append = run === "r1" ? appendOf(lease, 2, { wakeAt: 0 }) : answerOf(lease, { wakeAt: 0 });
        assert.deepEqual(await store.journal.append([append]), ["ok"]);
        assert.equal((await store.journal.takeOver(lease.key)).tries, 1);
      }
    },
  },
  {
    name: "an append that is refused does not set the count back",
    async run(open) {
      await using store = await open();
      const old = await driven(store.journal, "r1", { wakeAt: 0 });
      const lease = await takenOver(store.journal, old, 2);
      await store.journal.post(lease.key, entryOf("cancel"));
      const batch = [appendOf(old, 2), appendOf(lease, 9), appendOf(lease, 2, { startsCalls: true })];
      assert.deepEqual(await store.journal.append(batch), ["fenced", "conflict", "held"]);
      assert.deepEqual(await triesOf(store.journal), [["r1", 2]]);
    },
  },
  {
    name: "what others write to a run does not set its count back",
    async run(open) {
      await using store = await open();
      const teller = await driven(store.journal, "r0");
      const lease = await takenOver(store.journal, await driven(store.journal, "r1", { wakeAt: 0 }), 2);
      await store.journal.post(lease.key, entryOf("resume"));
      const posts = [{ key: lease.key, entry: entryOf("child") }];
      await store.journal.append([appendOf(teller, 2, { posts, creates: [newRun("r1")] })]);
      assert.deepEqual(await triesOf(store.journal), [["r1", 2]]);
    },
  },
  {
    name: "a release sets the count back and keeps the lease, twice too",
    async run(open) {
      const store = await open();
      const lease = await takenOver(store.journal, await driven(store.journal, "r1", { wakeAt: 0 }), 2);
      await store.journal.release(lease);
      await store.journal.release(lease);
      assert.deepEqual(await triesOf(store.journal), [["r1", 0]]);
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { wakeAt: 0 })]), ["ok"]);
      await using next = await store.reopen();
      assert.deepEqual(await next.journal.append([appendOf(lease, 3, { segment: segmentOf(3) })]), ["ok"]);
    },
  },
  {
    name: "a release under an old lease, or of a run that is not there, does nothing",
    async run(open) {
      await using store = await open();
      const old = await takenOver(store.journal, await driven(store.journal, "r1", { wakeAt: 0 }), 1);
      await store.journal.takeOver(old.key);
      await store.journal.release(old);
      await store.journal.release({ key: keyOf("r1", other), epoch: 3 });
      await store.journal.release({ key: keyOf("r9"), epoch: 1 });
      assert.deepEqual(await triesOf(store.journal), [["r1", 2]]);
      await refused(store.journal.takeOver(keyOf("r9")), "run.not-found");
    },
  },
];
