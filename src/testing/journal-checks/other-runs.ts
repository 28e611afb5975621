import assert from "node:assert/strict";
import { limits } from "../../base/limits.ts";
import { answerOf, appendOf, type Check, driven, entryOf, keyOf, newRun, segmentsOf, summaryOf } from "./world.ts";

/** Checks of what an append does to other runs: those it creates, and those it tells something. */
export const otherRunsChecks: readonly Check[] = [
  {
    name: "an append creates runs and tells others something, all in its own commit",
    async run(open) {
      await using store = await open();
      const { journal } = store;
      const parent = await driven(journal, "r1");
      const told = await driven(journal, "r2");
      const child = newRun("r3");
      const creates = [child];
      const posts = [
        { key: told.key, entry: entryOf("child", { run: "r1" }) },
        { key: child.key, entry: entryOf("cancel") },
      ];
      assert.deepEqual(await journal.append([appendOf(parent, 2, { creates, posts })]), ["ok"]);
      await using next = await store.reopen();
      assert.equal((await segmentsOf(next.journal, child.key)).length, 1);
      const [row] = await next.journal.inbox(told.key);
      assert.deepEqual([row?.kind, row?.body], ["child", { run: "r1" }]);
      assert.equal((await next.journal.inbox(child.key)).length, 1);
      const waking = await next.journal.waking(undefined, 10);
      assert.deepEqual(
        waking.filter(({ wakeAt }) => wakeAt === 0).map(({ key }) => key.run),
        ["r2", "r3"],
      );
    },
  },
  {
    name: "an append that is refused creates nothing and tells nobody",
    async run(open) {
      await using store = await open();
      const { journal } = store;
      const old = await driven(journal, "r1");
      const told = await driven(journal, "r2");
      await journal.takeOver(old.key);
      const wrong = { creates: [newRun("r3")], posts: [{ key: told.key, entry: entryOf("child") }] };
      assert.deepEqual(await journal.append([appendOf(old, 2, wrong)]), ["fenced"]);
      assert.equal(await journal.row(keyOf("r3")), undefined);
      assert.deepEqual(await journal.inbox(told.key), []);
    },
  },
  {
    name: "a run that is there already stays as it is when an append creates it again",
    async run(open) {
      await using store = await open();
      const { journal } = store;
      const parent = await driven(journal, "r1");
      const child = await driven(journal, "r2");
      await journal.append([appendOf(child, 2)]);
      assert.deepEqual(await journal.append([appendOf(parent, 2, { creates: [newRun("r2")] })]), ["ok"]);
      assert.equal((await journal.row(child.key))?.lastSeq, 2);
    },
  },
  {
    name: "who has ended or does not exist is told nothing, and the append stands",
    async run(open) {
      await using store = await open();
      const { journal } = store;
      const parent = await driven(journal, "r1");
      const ended = await driven(journal, "r2");
      const posts = [
        { key: ended.key, entry: entryOf("child") },
        { key: keyOf("nobody"), entry: entryOf("child") },
      ];
      const batch = [appendOf(parent, 2, { posts }), appendOf(ended, 2, { summary: summaryOf("completed") })];
      assert.deepEqual(await journal.append(batch), ["ok", "ok"]);
      assert.deepEqual(await journal.inbox(ended.key), []);
    },
  },
  {
    name: "what runs tell each other finds room in an inbox that takes no more requests, and a cancel holds calls back",
    async run(open) {
      await using store = await open();
      const { journal } = store;
      const parent = await driven(journal, "r1");
      const full = await driven(journal, "r2");
      for (let n = 0; n < limits.inboxRowsMax; n += 1) await journal.post(full.key, entryOf("decide"));
      await journal.append([answerOf(parent, { posts: [{ key: full.key, entry: entryOf("cancel") }] })]);
      assert.equal((await journal.inbox(full.key)).length, limits.inboxRowsMax + 1);
      assert.deepEqual(await journal.append([appendOf(full, 2, { startsCalls: true })]), ["held"]);
    },
  },
];
