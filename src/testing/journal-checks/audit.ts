import assert from "node:assert/strict";
import type { Scope } from "../../base/ids.ts";
import { limits } from "../../base/limits.ts";
import { entryIn } from "../../ports/audit-rules.ts";
import type { Audit, AuditEntry, AuditRow, Seal } from "../../ports/audit.ts";
import { acme, appendOf, driven, entryOf, keyOf, newRun, other, type Check } from "./world.ts";

/** An entry of ada's. */
export function auditEntry(object: string, scope: Scope = acme, changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    tenant: scope.tenant,
    workspace: scope.workspace,
    at: 1_763_700_000_000,
    actor: "local:ada",
    action: "tool.call",
    object,
    outcome: "allowed",
    ...changes,
  };
}

/** Links for these rows as a sealer makes them, but with a hash that is easy to read. */
export function linksFor(rows: readonly AuditRow[], heads: readonly Seal[] = []): readonly Seal[] {
  const last = new Map(heads.map((head) => [head.tenant, head]));
  return rows.map(({ position, tenant }) => {
    const before = last.get(tenant);
    const n = (before?.n ?? 0) + 1;
    const seal: Seal = { position, tenant, n, prev: before?.hash ?? "", hash: `${tenant}-${n}` };
    last.set(tenant, seal);
    return seal;
  });
}

/** What rows tell of, in order. */
export function objectsOf(rows: readonly AuditRow[]): readonly string[] {
  return rows.map(({ text }) => entryIn(text).object);
}

async function sealAll(audit: Audit): Promise<void> {
  const rows = await audit.pending(limits.pageRowsMax);
  const heads = await Promise.all(
    Array.from(new Set(rows.map(({ tenant }) => tenant)), (tenant) => audit.head(tenant)),
  );
  const links = linksFor(
    rows,
    heads.flatMap((head) => head ?? []),
  );
  assert.equal(await audit.seal(links), true);
}

/** The audit log: rows come with their append or not at all, and links follow each other. */
export const auditChecks: readonly Check[] = [
  {
    name: "audit rows are written with their append, in order, and come back as they were",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      const whole = auditEntry("a", acme, {
        policy: { rules: ["r1", "r2"], version: "v1" },
        payload: "d1",
        outcome: "denied\u0000 \ud800 “x”",
      });
      const batch = [appendOf(lease, 2, { audit: [whole, auditEntry("b")] }), appendOf(lease, 3)];
      const last = appendOf(lease, 4, { audit: [auditEntry("c")] });
      assert.deepEqual(await store.journal.append([...batch, last]), ["ok", "ok", "ok"]);
      const rows = await store.audit.pending(9);
      assert.deepEqual(objectsOf(rows), ["a", "b", "c"]);
      assert.deepEqual(entryIn(rows[0]?.text ?? ""), whole);
      assert.deepEqual(rows, await store.audit.unsealed(0, 9));
      assert.ok(rows.every((row, index) => index === 0 || row.position > (rows[index - 1]?.position ?? 0)));
    },
  },
  {
    name: "audit rows of a new run are written with it, and only by the one that made it",
    async run(open) {
      await using store = await open();
      const first = newRun("r1", { dedupeKey: "once", audit: [auditEntry("a"), auditEntry("b")] });
      const again = newRun("r2", { dedupeKey: "once", audit: [auditEntry("c")] });
      const results = await store.journal.create([first, again]);
      assert.deepEqual(
        results.map(({ created }) => created),
        [true, false],
      );
      assert.deepEqual(objectsOf(await store.audit.pending(9)), ["a", "b"]);
    },
  },
  {
    name: "a fenced, a held and a conflicting append write no audit row",
    async run(open) {
      await using store = await open();
      const fenced = await driven(store.journal, "r1");
      const held = await driven(store.journal, "r2");
      const conflict = await driven(store.journal, "r3");
      const fine = await driven(store.journal, "r4");
      await store.journal.takeOver(fenced.key);
      await store.journal.post(held.key, entryOf("cancel"));
      const results = await store.journal.append([
        appendOf(fenced, 2, { audit: [auditEntry("fenced")] }),
        appendOf(held, 2, { startsCalls: true, audit: [auditEntry("held")] }),
        appendOf(conflict, 7, { audit: [auditEntry("conflict")] }),
        appendOf(fine, 2, { audit: [auditEntry("fine")] }),
      ]);
      assert.deepEqual(results, ["fenced", "held", "conflict", "ok"]);
      assert.deepEqual(objectsOf(await store.audit.pending(9)), ["fine"]);
    },
  },
  {
    name: "an append without audit rows writes none, and neither does a start",
    async run(open) {
      await using store = await open();
      const lease = await driven(store.journal, "r1");
      await store.journal.append([appendOf(lease, 2), appendOf(lease, 3, { audit: [] })]);
      await store.audit.record([]);
      assert.deepEqual(await store.audit.pending(9), []);
    },
  },
  {
    name: "what belongs to no run is recorded by itself, and lasts",
    async run(open) {
      const store = await open();
      await store.audit.record([auditEntry("v1"), auditEntry("v2", other)]);
      await using next = await store.reopen();
      assert.deepEqual(objectsOf(await next.audit.pending(9)), ["v1", "v2"]);
    },
  },
  {
    name: "each tenant has its own chain, read in pages, and what is linked waits no longer",
    async run(open) {
      await using store = await open();
      const { audit } = store;
      await audit.record([auditEntry("a"), auditEntry("x", other), auditEntry("b"), auditEntry("c")]);
      assert.equal((await audit.pending(2)).length, 2);
      assert.equal(await audit.head("acme"), undefined);
      await sealAll(audit);
      assert.deepEqual(await audit.pending(9), []);
      assert.deepEqual(await audit.unsealed(0, 9), []);
      assert.deepEqual(await audit.tenants(undefined, 9), ["acme", "other"]);
      assert.deepEqual(await audit.tenants("acme", 9), ["other"]);
      const page = await audit.rows("acme", 1, 1);
      assert.deepEqual(
        page.map(({ n, prev, hash, row }) => [n, prev, hash, entryIn(row?.text ?? "{}").object]),
        [[2, "acme-1", "acme-2", "b"]],
      );
      assert.equal((await audit.rows("acme", 0, 9)).length, 3);
      assert.equal((await audit.head("acme"))?.n, 3);
      assert.equal((await audit.head("other"))?.n, 1);
      assert.deepEqual(await audit.rows("nobody", 0, 9), []);
    },
  },
  {
    name: "the chain goes on after a restart, over what was written before it",
    async run(open) {
      const store = await open();
      await store.audit.record([auditEntry("a")]);
      await sealAll(store.audit);
      await store.audit.record([auditEntry("b")]);
      await using next = await store.reopen();
      await next.audit.record([auditEntry("c")]);
      assert.deepEqual(objectsOf(await next.audit.pending(9)), ["b", "c"]);
      await sealAll(next.audit);
      assert.deepEqual(
        (await next.audit.rows("acme", 0, 9)).map(({ n, prev }) => [n, prev]),
        [
          [1, ""],
          [2, "acme-1"],
          [3, "acme-2"],
        ],
      );
    },
  },
  {
    name: "of two sealers one goes on, and the other writes nothing",
    async run(open) {
      await using store = await open();
      const { audit } = store;
      await audit.record([auditEntry("a"), auditEntry("b")]);
      const links = linksFor(await audit.pending(9));
      const results = await Promise.all([audit.seal(links), audit.seal(links)]);
      assert.deepEqual(
        results.toSorted((a, b) => Number(a) - Number(b)),
        [false, true],
      );
      assert.equal((await audit.rows("acme", 0, 9)).length, 2);
      assert.equal(await audit.seal([]), true);
    },
  },
  {
    name: "a link that does not follow the last one is refused, with all that came with it",
    async run(open) {
      await using store = await open();
      const { audit } = store;
      await audit.record([auditEntry("a"), auditEntry("b")]);
      const [first, second] = linksFor(await audit.pending(9));
      assert.ok(first !== undefined && second !== undefined);
      const wrong = [{ ...second, prev: "other" }, { ...second, n: 3 }, first];
      for (const seal of wrong) assert.equal(await audit.seal([first, seal]), false);
      assert.deepEqual(await audit.rows("acme", 0, 9), []);
      assert.equal(await audit.seal([first, second]), true);
    },
  },
  {
    name: "a text that is too long is cut, and never refused",
    async run(open) {
      await using store = await open();
      const rules = Array.from({ length: 1000 }, () => "r");
      await store.audit.record([
        auditEntry("x".repeat(100_000), acme, { policy: { rules, version: "v".repeat(2000) } }),
      ]);
      const [row] = await store.audit.pending(1);
      const { object, policy } = entryIn(row?.text ?? "");
      assert.equal(object, `${"x".repeat(limits.auditTextCharsMax - 1)}…`);
      assert.equal(policy?.rules.length, limits.auditRulesMax);
    },
  },
  {
    name: "many rows of many runs fit one batch, and each is linked once",
    async run(open) {
      await using store = await open();
      const runs = Array.from({ length: 200 }, (_, index) => newRun(`r${index}`));
      await store.journal.create(runs);
      const appends = runs.map(({ key }) =>
        appendOf({ key: keyOf(key.run), epoch: 1 }, 2, {
          audit: [auditEntry(`${key.run} a`), auditEntry(`${key.run} b`)],
        }),
      );
      await Promise.all([store.journal.append(appends.slice(0, 100)), store.journal.append(appends.slice(100))]);
      await sealAll(store.audit);
      const rows = await store.audit.rows("acme", 0, 1000);
      assert.equal(new Set(rows.map(({ row }) => row?.text)).size, 400);
      assert.deepEqual(await store.audit.unsealed(0, 9), []);
    },
  },
];
