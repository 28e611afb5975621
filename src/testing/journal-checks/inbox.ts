import assert from "node:assert/strict";
import { limits } from "../../base/limits.ts";
import type { InboxOutcome } from "../../ports/journal.ts";
import {
  answerOf,
  appendOf,
  driven,
  entryOf,
  keyOf,
  newRun,
  other,
  refused,
  segmentsOf,
  summaryOf,
  type Check,
} from "./world.ts";

const done = { ok: true } as const;
const tooLate = { ok: false, code: "gate.decided", message: "Somebody else was first." } as const;

/** Checks of `post`, `inbox` and `outcome`, and of what an append does to them. */
export const inboxChecks: readonly Check[] = [
  {
    name: "what was posted lies in the inbox, oldest first, with rising ids",
    async run(open) {
      await using store = await open();
      const { key } = await driven(store.journal, "r1");
      const kinds = ["decide", "pause", "resume", "cancel"] as const;
      const rows = [];
      for (const kind of kinds)
        rows.push(await store.journal.post(key, entryOf(kind, { path: "a[ü/ 😀]", note: null })));
      assert.deepEqual(await store.journal.inbox(key), rows);
      assert.deepEqual(
        rows.map(({ kind, body, principal, at }) => ({ kind, body, principal, at })),
        kinds.map((kind) => entryOf(kind, { path: "a[ü/ 😀]", note: null })),
      );
      for (const [index, row] of rows.entries()) assert.ok(index === 0 || row.id > (rows[index - 1]?.id ?? 0));
    },
  },
  {
    name: "fifty posts at the same time all arrive, each with its own id",
    async run(open) {
      await using store = await open();
      const { key } = await driven(store.journal, "r1");
      const posts = Array.from({ length: 50 }, (_, index) => store.journal.post(key, entryOf("decide", { index })));
      const rows = await Promise.all(posts);
      assert.deepEqual(
        await store.journal.inbox(key),
        rows.toSorted((left, right) => left.id - right.id),
      );
      assert.equal(new Set(rows.map(({ id }) => id)).size, 50);
    },
  },
  {
    name: "a row is unread until an append takes it in, and then has its outcome",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const first = await store.journal.post(lease.key, entryOf("decide"));
      const second = await store.journal.post(lease.key, entryOf("decide"));
      const third = await store.journal.post(lease.key, entryOf("resume"));
      assert.equal(await store.journal.outcome(lease.key, first.id), undefined);

      const consumed: readonly InboxOutcome[] = [
        { id: second.id, outcome: tooLate },
        { id: first.id, outcome: done },
      ];
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { consumed })]), ["ok"]);
      assert.deepEqual(await store.journal.outcome(lease.key, first.id), done);
      assert.deepEqual(await store.journal.outcome(lease.key, second.id), tooLate);
      assert.equal(await store.journal.outcome(lease.key, third.id), undefined);
      assert.deepEqual(await store.journal.inbox(lease.key), [third]);
    },
  },
  {
    name: "an append that is refused takes nothing in",
    async run(open) {
      await using store = await open();
      const slow = await driven(store.journal, "r1");
      const row = await store.journal.post(slow.key, entryOf("cancel"));
      const consumed = [{ id: row.id, outcome: done }];
      const lease = await store.journal.takeOver(slow.key);
      const batch = [appendOf(slow, 2, { consumed }), appendOf(lease, 5, { consumed })];
      assert.deepEqual(await store.journal.append(batch), ["fenced", "conflict"]);
      assert.deepEqual(await store.journal.inbox(slow.key), [row]);
      assert.equal(await store.journal.outcome(slow.key, row.id), undefined);
    },
  },
  {
    name: "a row is taken in once",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const { id } = await store.journal.post(lease.key, entryOf("decide"));
      const consumed = [{ id, outcome: done }];
      const twice = [...consumed, { id, outcome: tooLate }];
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { consumed: twice })]), ["conflict"]);
      const batch = [appendOf(lease, 2, { consumed }), appendOf(lease, 3, { consumed })];
      assert.deepEqual(await store.journal.append(batch), ["ok", "conflict"]);
      assert.deepEqual(await store.journal.outcome(lease.key, id), done);
      assert.equal((await segmentsOf(store.journal, lease.key)).length, 2);
    },
  },
  {
    name: "a row can be answered without an event, and the seq stays",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const { id } = await store.journal.post(lease.key, entryOf("decide"));
      const consumed = [{ id, outcome: tooLate }];
      const batch = [
        answerOf(lease, { consumed, wakeAt: 8 }),
        answerOf(lease, { consumed }),
        answerOf({ ...lease, epoch: 9 }),
        appendOf(lease, 2, { wakeAt: 9 }),
      ];
      assert.deepEqual(await store.journal.append(batch), ["ok", "conflict", "fenced", "ok"]);
      assert.deepEqual(await store.journal.outcome(lease.key, id), tooLate);
      assert.deepEqual(await store.journal.append([answerOf(lease, { wakeAt: 10 })]), ["ok"]);
      const row = await store.journal.row(lease.key);
      assert.equal(row?.lastSeq, 2);
      assert.equal(row.wakeAt, 10);
      assert.equal((await segmentsOf(store.journal, lease.key)).length, 2);
    },
  },
  {
    name: "a row that is not there, or is another run's, cannot be taken in",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const neighbour = await driven(store.journal, "r2");
      const { id } = await store.journal.post(neighbour.key, entryOf("decide"));
      for (const missing of [id, 77]) {
        const consumed = [{ id: missing, outcome: done }];
        assert.deepEqual(await store.journal.append([appendOf(lease, 2, { consumed })]), ["conflict"]);
      }
      assert.equal((await store.journal.inbox(neighbour.key)).length, 1);
    },
  },
  {
    name: "a run that has ended takes no more entries",
    async run(open) {
      await using store = await open();
      for (const status of ["completed", "failed", "cancelled"] as const) {
        const lease = await driven(store.journal, status);
        await store.journal.append([appendOf(lease, 2, { summary: summaryOf(status) })]);
        await refused(store.journal.post(lease.key, entryOf("cancel")), "run.ended");
        assert.deepEqual(await store.journal.inbox(lease.key), []);
      }
    },
  },
  {
    name: "rows still unread when their run ends are told so, and wake nobody",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const decided = await store.journal.post(lease.key, entryOf("decide"));
      const late = await store.journal.post(lease.key, entryOf("cancel"));
      const consumed = [{ id: decided.id, outcome: done }];
      await store.journal.append([appendOf(lease, 2, { consumed, summary: summaryOf("completed") })]);
      assert.deepEqual(await store.journal.outcome(lease.key, decided.id), done);
      const outcome = await store.journal.outcome(lease.key, late.id);
      assert.equal(outcome?.ok === false && outcome.code, "run.ended");
      assert.deepEqual(await store.journal.inbox(lease.key), []);
      assert.deepEqual(await store.journal.waking(undefined, 10), []);
    },
  },
  {
    name: "the inbox of a run is bounded, and takes entries again once some were read",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      await driven(store.journal, "r2");
      const posts = Array.from({ length: limits.inboxRowsMax }, () => store.journal.post(lease.key, entryOf("decide")));
      const rows = await Promise.all(posts);
      await refused(store.journal.post(lease.key, entryOf("decide")), "inbox.full");
      await store.journal.post(keyOf("r2"), entryOf("decide"));

      assert.ok(rows[0]);
      await store.journal.append([appendOf(lease, 2, { consumed: [{ id: rows[0].id, outcome: done }] })]);
      await store.journal.post(lease.key, entryOf("decide"));
      await refused(store.journal.post(lease.key, entryOf("decide")), "inbox.full");
    },
  },
  {
    name: "an inbox that is not there, or is another tenant's, is not found",
    async run(open) {
      await using store = await open();
      const { key } = await driven(store.journal, "r1");
      const { id } = await store.journal.post(key, entryOf("cancel"));
      for (const foreign of [keyOf("r2"), keyOf("r1", other)]) {
        await refused(store.journal.post(foreign, entryOf("cancel")), "run.not-found");
        await refused(store.journal.inbox(foreign), "run.not-found");
        await refused(store.journal.outcome(foreign, id), "run.not-found");
      }
    },
  },
  {
    name: "the same run id in two tenants has two inboxes",
    async run(open) {
      await using store = await open();
      const ours = await driven(store.journal, "r1");
      const theirs = await driven(store.journal, "r1", newRun("r1", { key: keyOf("r1", other) }));
      const { id } = await store.journal.post(ours.key, entryOf("cancel"));
      assert.deepEqual(await store.journal.inbox(theirs.key), []);
      assert.deepEqual(await store.journal.append([appendOf(theirs, 2, { startsCalls: true })]), ["ok"]);
      const consumed = [{ id, outcome: done }];
      assert.deepEqual(await store.journal.append([appendOf(theirs, 3, { consumed })]), ["conflict"]);
    },
  },
];
