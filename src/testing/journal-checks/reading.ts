import assert from "node:assert/strict";
import { limits } from "../../base/limits.ts";
import type { Waking } from "../../ports/journal.ts";
import {
  acme,
  appendOf,
  driven,
  entryOf,
  idsOf,
  keyOf,
  newRun,
  other,
  refused,
  segmentOf,
  segmentsOf,
  summaryOf,
  type Check,
} from "./world.ts";

/** Checks of `read`, `row`, `list` and `waking`. */
export const readingChecks: readonly Check[] = [
  {
    name: "reading begins with the segment that holds the asked seq",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1", { segment: segmentOf(1, 3) });
      await store.journal.append([appendOf(lease, 4, { segment: segmentOf(4, 2) }), appendOf(lease, 6)]);
      const firstSeqs = async (from: number) =>
        (await segmentsOf(store.journal, lease.key, from)).map(({ seq }) => seq);
      assert.deepEqual(await firstSeqs(0), [1, 4, 6]);
      assert.deepEqual(await firstSeqs(1), [1, 4, 6]);
      assert.deepEqual(await firstSeqs(3), [1, 4, 6]);
      assert.deepEqual(await firstSeqs(4), [4, 6]);
      assert.deepEqual(await firstSeqs(5), [4, 6]);
      assert.deepEqual(await firstSeqs(6), [6]);
      assert.deepEqual(await firstSeqs(7), []);
    },
  },
  {
    name: "a long run is read in order and without a gap",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const batch = Array.from({ length: 700 }, (_, index) => appendOf(lease, index + 2));
      await store.journal.append(batch);
      const segments = await segmentsOf(store.journal, lease.key);
      assert.deepEqual(
        segments.map(({ seq }) => seq),
        Array.from({ length: 701 }, (_, index) => index + 1),
      );
    },
  },
  {
    name: "a reader that stops early, and writers meanwhile, do not disturb each other",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      await store.journal.append([appendOf(lease, 2), appendOf(lease, 3)]);
      const seen: number[] = [];
      for await (const { seq } of store.journal.read(lease.key, 1)) {
        seen.push(seq);
        if (seq === 2) break;
        assert.deepEqual(await store.journal.append([appendOf(lease, 4)]), ["ok"]);
      }
      assert.deepEqual(seen, [1, 2]);
      assert.equal((await segmentsOf(store.journal, lease.key)).length, 4);
    },
  },
  {
    name: "a segment of one mebibyte comes back as it was",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const big = segmentOf(2, 1, "", "0123456789abcdef".repeat(65_536));
      assert.ok(big.events.length > 1_048_576);
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { segment: big }), appendOf(lease, 3)]), [
        "ok",
        "ok",
      ]);
      assert.deepEqual(await segmentsOf(store.journal, lease.key, 2), [big, segmentOf(3)]);
    },
  },
  {
    name: "every letter comes back as it was",
    async run(open) {
      await using store = await open();
      const text = "ä ß \u0000 \u001f \" ' \\ {a,b} %_ \r\n\t \u2028 漢字 עברית 😀 \ud83d e\u0301";
      const lease = await driven(store.journal, "r1", {
        workflow: "wörk-flöw",
        startedBy: "local:Zoë O'Neil",
        dedupeKey: 'ключ \\ "1"',
      });
      const segment = segmentOf(2, 1, "", text);
      const error = { code: "step.failed", message: text.toWellFormed(), path: "a[ü]" };
      const summary = { ...summaryOf("failed"), error };
      const { id } = await store.journal.post(
        lease.key,
        entryOf("decide", { [text.toWellFormed()]: text.toWellFormed() }),
      );
      const consumed = [{ id, outcome: { ok: false, code: "gate.decided", message: text.toWellFormed() } as const }];
      assert.deepEqual(await store.journal.append([appendOf(lease, 2, { segment, summary, consumed })]), ["ok"]);
      assert.deepEqual(await segmentsOf(store.journal, lease.key, 2), [segment]);
      const row = await store.journal.row(lease.key);
      assert.deepEqual(row?.summary, summary);
      assert.equal(row.workflow, "wörk-flöw");
      assert.equal(row.startedBy, "local:Zoë O'Neil");
      assert.deepEqual(await store.journal.outcome(lease.key, id), consumed[0]?.outcome);
      const [again] = await store.journal.create([newRun("r2", { dedupeKey: 'ключ \\ "1"' })]);
      assert.equal(again?.created, false);
    },
  },
  {
    name: "a run that is not there, or is another tenant's, is not found",
    async run(open) {
      await using store = await open();
      await driven(store.journal, "r1");
      for (const key of [keyOf("r2"), keyOf("r1", other), keyOf("r1", { tenant: "acme", workspace: "side" })]) {
        assert.equal(await store.journal.row(key), undefined);
        await refused(segmentsOf(store.journal, key), "run.not-found");
      }
    },
  },
  {
    name: "runs are listed newest first, in pages",
    async run(open) {
      await using store = await open();
      const ids = Array.from({ length: 25 }, (_, index) => `r${String(index).padStart(3, "0")}`);
      await store.journal.create(ids.toSorted(() => -1).map((id) => newRun(id)));
      const seen: string[] = [];
      for (const length of [10, 10, 5, 0]) {
        const before = seen.at(-1);
        const page = await store.journal.list(acme, { limit: 10, ...(before === undefined ? {} : { before }) });
        assert.equal(page.length, length);
        seen.push(...idsOf(page));
      }
      assert.deepEqual(seen, ids.toReversed());
    },
  },
  {
    name: "runs are listed by workflow and by status, also both at once",
    async run(open) {
      await using store = await open();
      const leases = await Promise.all(
        ["r1", "r2", "r3", "r4"].map((id) => driven(store.journal, id, { workflow: id < "r3" ? "audit" : "report" })),
      );
      const ended = leases.filter(({ key }) => key.run === "r2" || key.run === "r3");
      await store.journal.append(ended.map((lease) => appendOf(lease, 2, { summary: summaryOf("completed") })));
      const listed = async (query: object) => idsOf(await store.journal.list(acme, { limit: 9, ...query }));
      assert.deepEqual(await listed({}), ["r4", "r3", "r2", "r1"]);
      assert.deepEqual(await listed({ workflow: "audit" }), ["r2", "r1"]);
      assert.deepEqual(await listed({ status: "completed" }), ["r3", "r2"]);
      assert.deepEqual(await listed({ status: "completed", workflow: "report" }), ["r3"]);
      assert.deepEqual(await listed({ status: "completed", before: "r3" }), ["r2"]);
      assert.deepEqual(await listed({ status: "paused" }), []);
      assert.deepEqual(await listed({ limit: 1 }), ["r4"]);
    },
  },
  {
    name: "a list row is the row that the run itself shows",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      await store.journal.append([appendOf(lease, 2, { wakeAt: 7 })]);
      assert.deepEqual(await store.journal.list(acme, { limit: 9 }), [await store.journal.row(lease.key)]);
    },
  },
  {
    name: "no list is longer than its bound",
    async run(open) {
      await using store = await open();
      const runs = Array.from({ length: limits.pageRowsMax + 5 }, (_, index) => newRun(`r${index}`, { wakeAt: 0 }));
      await store.journal.create(runs);
      assert.equal((await store.journal.list(acme, { limit: 10 ** 9 })).length, limits.pageRowsMax);
      assert.equal((await store.journal.waking(undefined, 10 ** 9)).length, limits.pageRowsMax);
      assert.deepEqual(await store.journal.list(acme, { limit: 0 }), []);
    },
  },
  {
    name: "a tenant or workspace lists only its own runs",
    async run(open) {
      await using store = await open();
      const side = { tenant: "acme", workspace: "side" };
      await driven(store.journal, "r1");
      await driven(store.journal, "r2", { key: keyOf("r2", other) });
      await driven(store.journal, "r3", { key: keyOf("r3", side) });
      for (const [scope, run] of [
        [acme, "r1"],
        [other, "r2"],
        [side, "r3"],
      ] as const) {
        assert.deepEqual(idsOf(await store.journal.list(scope, { limit: 9 })), [run]);
        assert.deepEqual(idsOf(await store.journal.list(scope, { limit: 9, workflow: "audit", status: "created" })), [
          run,
        ]);
      }
    },
  },
  {
    name: "waking runs come by wake time, then run id, of all tenants, in pages",
    async run(open) {
      await using store = await open();
      const due: readonly (readonly [string, number | undefined])[] = [
        ["r3", 0],
        ["r1", 50],
        ["r2", 50],
        ["r4", 7],
        ["r5", undefined],
      ];
      for (const scope of [acme, other]) {
        await store.journal.create(
          due.map(([run, wakeAt]) =>
            newRun(run, { key: keyOf(run, scope), ...(wakeAt === undefined ? {} : { wakeAt }) }),
          ),
        );
      }
      const expected = [
        ["r3", 0],
        ["r4", 7],
        ["r1", 50],
        ["r2", 50],
      ] as const;
      const seen: Waking[] = [];
      for (const length of [3, 3, 2, 0]) {
        const page = await store.journal.waking(seen.at(-1), 3);
        assert.equal(page.length, length);
        seen.push(...page);
      }
      assert.deepEqual(
        seen,
        expected.flatMap(([run, wakeAt]) =>
          [acme, other].map((scope) => ({ key: keyOf(run, scope), wakeAt, tries: 0 })),
        ),
      );
    },
  },
  {
    name: "an unread row makes its run due at once, and a read one no longer",
    async run(open) {
      await using store = await open();
      const idle = await driven(store.journal, "r1");
      const timed = await driven(store.journal, "r2", { wakeAt: 500 });
      const rows = [
        await store.journal.post(idle.key, entryOf("resume")),
        await store.journal.post(timed.key, entryOf("resume")),
      ];
      assert.deepEqual(await store.journal.waking(undefined, 9), [
        { key: idle.key, wakeAt: 0, tries: 0 },
        { key: timed.key, wakeAt: 0, tries: 0 },
      ]);
      assert.equal((await store.journal.row(timed.key))?.wakeAt, 500);
      await store.journal.append(
        [idle, timed].map((lease, index) => {
          const consumed = [{ id: rows[index]?.id ?? 0, outcome: { ok: true } as const }];
          return appendOf(lease, 2, { consumed, ...(lease === timed ? { wakeAt: 600 } : {}) });
        }),
      );
      assert.deepEqual(await store.journal.waking(undefined, 9), [{ key: timed.key, wakeAt: 600, tries: 0 }]);
    },
  },
];
