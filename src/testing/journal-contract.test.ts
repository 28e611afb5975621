// Would the contract notice? Each store here has one guard taken out, and the checks that are named for it must turn red.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore, type MemoryStore } from "../adapters/memory/memory-store.ts";
import type { Scope } from "../base/ids.ts";
import type { Audit } from "../ports/audit.ts";
import type { Catalog } from "../ports/catalog.ts";
import type { Append, AppendResult, Journal } from "../ports/journal.ts";
import type { Logs } from "../ports/logs.ts";
import type { Store } from "../ports/store.ts";
import { journalChecks, type OpenStore } from "./journal-contract.ts";
import { acme } from "./journal-checks/world.ts";

interface Control {
  readonly without: string;
  readonly red: readonly string[];
  journal?(real: Journal, store: MemoryStore): Partial<Journal>;
  logs?(real: Logs): Partial<Logs>;
  audit?(real: Audit): Partial<Audit>;
  catalog?(real: Catalog): Partial<Catalog>;
}

async function currentEpoch({ lease }: Append, store: MemoryStore): Promise<number> {
  const taken = await store.journal.takeOver(lease.key).catch(() => lease);
  return taken.epoch;
}

/** Appends one by one, each changed on its way. */
async function appendEach(
  real: Journal,
  batch: readonly Append[],
  change: (append: Append) => Promise<Append>,
): Promise<readonly AppendResult[]> {
  const results: AppendResult[] = [];
  for (const append of batch) results.push(...(await real.append([await change(append)])));
  return results;
}

const ours = <T extends object>(key: T): T & Scope => ({ ...key, ...acme });

const controls: readonly Control[] = [
  {
    without: "the fence",
    red: ["a driver that was replaced cannot write", "a driver of an epoch that never was cannot write"],
    journal: (real, store) => ({
      append: (batch) =>
        appendEach(real, batch, async (append) => ({
          ...append,
          lease: { ...append.lease, epoch: await currentEpoch(append, store) },
        })),
    }),
  },
  {
    without: "the hold",
    red: ["a call cannot start while a cancel or a pause is unread", "taking in one of two cancels still holds"],
    journal: (real) => ({
      append: (batch) => real.append(batch.map((append) => ({ ...append, startsCalls: false }))),
    }),
  },
  {
    without: "the seq",
    red: [
      "an append with the wrong seq is a conflict and leaves no trace",
      "appends of one run in one batch are taken in order",
    ],
    journal: (real) => ({
      append: (batch) =>
        appendEach(real, batch, async (append) => {
          const seq = ((await real.row(append.lease.key))?.lastSeq ?? 0) + 1;
          return append.segment === undefined ? append : { ...append, segment: { ...append.segment, seq } };
        }),
    }),
  },
  {
    without: "independence within a batch",
    red: ["a fenced, a held and a conflicting run do not hold up the others of their batch"],
    journal: (real) => ({
      async append(batch) {
        const results: AppendResult[] = [];
        for (const append of batch) {
          const stuck = results.some((earlier) => earlier !== "ok");
          results.push(...(stuck ? (["conflict"] as const) : await real.append([append])));
        }
        return results;
      },
    }),
  },
  {
    without: "the taking in of inbox rows",
    red: ["a row is unread until an append takes it in, and then has its outcome", "a row is taken in once"],
    journal: (real) => ({
      append: (batch) => real.append(batch.map((append) => ({ ...append, consumed: [] }))),
    }),
  },
  {
    without: "dedupe keys",
    red: [
      "of two runs with one dedupe key the first wins, and the second leaves no trace",
      "twenty starts at the same time with one dedupe key make one run",
    ],
    journal: (real) => ({
      create: (batch) => real.create(batch.map((run) => ({ ...run, dedupeKey: run.key.run }))),
    }),
  },
  {
    without: "tenants",
    red: [
      "two tenants use the same run id and the same dedupe key without meeting",
      "a run that is not there, or is another tenant's, is not found",
      "the same run id in two tenants has two inboxes",
      "a tenant or workspace lists only its own runs",
      "each run has its own snapshot, and another tenant's is not seen",
      "a tenant's workspaces share its blobs, and another tenant does not see them",
      "each run has its own lines, other tenants see none, and a run that is not there takes none",
    ],
    journal: (real) => {
      return {
        create: (batch) => real.create(batch.map((run) => ({ ...run, key: ours(run.key) }))),
        append: (batch) =>
          real.append(batch.map((append) => ({ ...append, lease: { ...append.lease, key: ours(append.lease.key) } }))),
        takeOver: (key) => real.takeOver(ours(key)),
        read: (key, fromSeq) => real.read(ours(key), fromSeq),
        post: (key, entry) => real.post(ours(key), entry),
        inbox: (key) => real.inbox(ours(key)),
        outcome: (key, id) => real.outcome(ours(key), id),
        row: (key) => real.row(ours(key)),
        snapshot: (key) => real.snapshot(ours(key)),
        blobs: (scope, digests) => real.blobs(ours(scope), digests),
        list: (scope, query) => real.list(ours(scope), query),
      };
    },
    logs: (real) => ({
      write: (batch) => real.write(batch.map((entry) => ({ ...entry, key: ours(entry.key) }))),
      read: (key, query) => real.read(ours(key), query),
    }),
  },
  {
    without: "the wake-up by an unread row",
    red: ["an unread row makes its run due at once, and a read one no longer"],
    journal: (real) => ({
      waking: async (after, limit) => (await real.waking(after, limit)).filter(({ wakeAt }) => wakeAt > 0),
    }),
  },
  {
    without: "exclusive page cursors",
    red: ["runs are listed newest first, in pages"],
    journal: (real) => ({
      list: (scope, { before, ...query }) =>
        real.list(scope, before === undefined ? query : { ...query, before: `${before}0` }),
    }),
  },
  {
    without: "the count of take-overs",
    red: ["take-overs in a row are counted, as rows show, and the count outlives a restart"],
    journal: (real) => ({
      async takeOver(key) {
        const lease = await real.takeOver(key);
        await real.mark(lease, -1);
        return lease;
      },
    }),
  },
  {
    without: "an append that sets the count back",
    red: ["events that are written set the count back, and an append without any takes one off"],
    journal: (real) => ({
      async append(batch) {
        const results = await real.append(batch);
        for (const { lease } of batch) await real.takeOver(lease.key);
        return results;
      },
    }),
  },
  {
    without: "marks",
    red: ["a mark adds one or takes one off, never below none, and keeps the lease"],
    journal: () => ({ mark: async () => {} }),
  },
  {
    without: "the lease of a mark",
    red: ["a mark under an old lease, or of a run that is not there, does nothing"],
    journal: (real) => ({
      mark: async ({ key }, by) => {
        for (let epoch = 1; epoch < 9; epoch += 1) await real.mark({ key, epoch }, by);
      },
    }),
  },
  {
    without: "snapshots and blobs in the commit of their append",
    red: ["an append that is refused leaves no snapshot", "an append or a start that is refused leaves no blob"],
    journal: (real) => ({
      async append(batch) {
        const results = await real.append(batch);
        for (const { lease, summary, snapshot, blobs = [] } of batch) {
          const taken = await real.takeOver(lease.key).catch(() => lease);
          const aids = { lease: taken, summary, consumed: [], startsCalls: false, blobs };
          await real.append([snapshot === undefined ? aids : { ...aids, snapshot }]);
        }
        return results;
      },
    }),
  },
  {
    without: "a snapshot that takes the earlier one's place",
    red: ["a snapshot comes back as it was, and the next one takes its place"],
    journal: (real) => ({
      append: (batch) =>
        appendEach(real, batch, async ({ snapshot, ...append }) => {
          const first = (await real.snapshot(append.lease.key)) ?? snapshot;
          return first === undefined ? append : { ...append, snapshot: first };
        }),
    }),
  },
  {
    without: "the naming of a blob that is lost",
    red: ["a blob that is not there is damage, and is named"],
    journal: (real) => ({ blobs: (scope, digests) => real.blobs(scope, digests).catch(() => new Map()) }),
  },
  {
    without: "the end of a step's name",
    red: ["lines are read by instance: its own and those of what lies below it, and of no other"],
    logs: (real) => ({
      read: async (key, { path = "", ...query }) =>
        (await real.read(key, query)).filter((line) => line.path.startsWith(path)),
    }),
  },
  {
    without: "levels",
    red: ["lines are read by level, also together with an instance"],
    logs: (real) => ({ read: (key, { levels: _levels, ...query }) => real.read(key, query) }),
  },
  {
    without: "the bound of a log",
    red: ["of a run that has logged its fill the rest is left out, and one last line says so"],
    logs: (real) => ({
      write: (batch) => real.write(batch.map((entry) => ({ ...entry, text: entry.text.slice(0, 100) }))),
    }),
  },
  {
    without: "audit rows in the commit of their append",
    red: [
      "a fenced, a held and a conflicting append write no audit row",
      "audit rows are written with their append, in order, and come back as they were",
    ],
    journal: (real, store) => ({
      async append(batch) {
        for (const { audit = [] } of batch.toReversed()) await store.audit.record(audit);
        return real.append(batch.map(({ audit: _audit, ...append }) => append));
      },
    }),
  },
  {
    without: "one sealer at a time",
    red: [
      "of two sealers one goes on, and the other writes nothing",
      "a link that does not follow the last one is refused, with all that came with it",
    ],
    audit: (real) => ({ seal: (seals) => real.seal(seals).then(() => true) }),
  },
  {
    without: "the place of the last link",
    red: ["each tenant has its own chain, read in pages, and what is linked waits no longer"],
    audit: (real) => ({ pending: (limit) => real.unsealed(0, limit + 1) }),
  },
  {
    without: "tenants of audit rows",
    red: ["each tenant has its own chain, read in pages, and what is linked waits no longer"],
    audit: (real) => ({ record: (entries) => real.record(entries.map((entry) => ({ ...entry, ...acme }))) }),
  },
  {
    without: "one number for one digest",
    red: [
      "a digest that was published keeps its number, time and publisher",
      "publishers at the same time get different numbers, and of one version the same",
    ],
    catalog: (real) => {
      let published = 0;
      return {
        publish: (scope, version, signature) =>
          real.publish(scope, { ...version, digest: `${version.digest}#${(published += 1)}` }, signature),
      };
    },
  },
  {
    without: "numbers of each workflow",
    red: ["a workflow's versions are numbered from 1 on without gaps, each workflow for itself, also after a restart"],
    catalog: (real) => ({
      publish: (scope, version, signature) => real.publish(scope, { ...version, workflow: "all" }, signature),
    }),
  },
  {
    without: "tenants of releases",
    red: ["another tenant or workspace has numbers of its own, and sees no others"],
    catalog: (real) => ({
      numbered: (_scope, workflow, number) => real.numbered(acme, workflow, number),
      workflows: (_scope, after) => real.workflows(acme, after),
    }),
  },
  {
    without: "exclusive cursors of releases",
    red: ["what a workflow was published as is listed newest first, in pages"],
    catalog: (real) => ({
      versions: (scope, workflow, { before, limit }) =>
        real.versions(scope, workflow, { limit, ...(before !== undefined && { before: before + 1 }) }),
    }),
  },
];

for (const control of controls) {
  for (const name of control.red) {
    test(`control: without ${control.without} this turns red: ${name}`, async () => {
      const check = journalChecks.find((candidate) => candidate.name === name);
      assert.ok(check, "there is no such check");
      await check.run(async () => reopenable(createMemoryStore()));
      await assert.rejects(check.run(async () => reopenable(createMemoryStore(), control)));
    });
  }
}

test("control: a store that forgets at a restart is found", async () => {
  const forgetful = async (): Promise<OpenStore> => ({ ...createMemoryStore(), reopen: forgetful });
  const names = new Set([
    "everything that was answered is there after a restart",
    "epochs and inbox ids go on after a restart",
  ]);
  for (const check of journalChecks.filter(({ name }) => names.has(name))) await assert.rejects(check.run(forgetful));
});

test("no two checks have the same name", () => {
  assert.equal(new Set(journalChecks.map(({ name }) => name)).size, journalChecks.length);
});

function reopenable(store: MemoryStore, control?: Control): OpenStore {
  const journal: Journal = { ...store.journal, ...control?.journal?.(store.journal, store) };
  const logs: Logs = { ...store.logs, ...control?.logs?.(store.logs) };
  const audit: Audit = { ...store.audit, ...control?.audit?.(store.audit) };
  const catalog: Catalog = { ...store.catalog, ...control?.catalog?.(store.catalog) };
  const shown: Store = { ...store, journal, logs, audit, catalog };
  return { ...shown, reopen: async () => reopenable(store.crash(), control) };
}
