import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { auditEntry, linksFor } from "../../testing/journal-checks/audit.ts";
import { appendOf, driven } from "../../testing/journal-checks/world.ts";
import { createFaultySqlite } from "../../../test/store-faults/faulty-sqlite.ts";
import { openSqliteReader, openSqliteStore } from "./sqlite-store.ts";

const base = mkdtempSync(path.join(tmpdir(), "runwright-audit-"));
after(() => rmSync(base, { recursive: true, force: true }));
const holder = { pid: process.pid, host: "here", startedAt: 0 };
const newFolder = () => mkdtempSync(path.join(base, "store-"));
const openIn = (folder: string) => openSqliteStore({ folder, holder, synchronous: "full" });

const changes = [
  "UPDATE audit_row SET entry = '{}'",
  "UPDATE audit_seal SET hash = ''",
  "DELETE FROM audit_row",
  "DELETE FROM audit_seal",
  "INSERT OR REPLACE INTO audit_row (position, tenant, entry) VALUES (1, 'acme', '{}')",
  "REPLACE INTO audit_seal (position, tenant, n, prev, hash) VALUES (1, 'acme', 1, '', '')",
  "REPLACE INTO audit_seal (position, tenant, n, prev, hash) VALUES (99, 'acme', 1, '', '')",
];

/** Which of the statements go through on a folder with two rows, one of them linked. */
async function goThrough(prepare: string): Promise<readonly string[]> {
  const folder = newFolder();
  {
    await using store = await openIn(folder);
    await store.audit.record([auditEntry("a"), auditEntry("b")]);
    await store.audit.seal(linksFor(await store.audit.pending(1)));
  }
  using connection = new DatabaseSync(path.join(folder, "journal.db"));
  connection.exec(prepare);
  return changes.filter((sql) => {
    connection.exec("BEGIN");
    try {
      connection.exec(sql);
      return true;
    } catch (error) {
      assert.match(String(error), /are only ever added/);
      return false;
    } finally {
      connection.exec("ROLLBACK");
    }
  });
}

test("rows of the audit log and their links can only be added", async () => {
  assert.deepEqual(await goThrough(""), []);
});

test("control: without the triggers each of those statements goes through", async () => {
  const drops = ["audit_row", "audit_seal"].flatMap((table) =>
    ["update", "delete", "replace"].map((kind) => `DROP TRIGGER ${table}_no_${kind};`),
  );
  assert.deepEqual(await goThrough(drops.join("")), changes);
});

test("a reader beside the holder sees rows and links", async () => {
  const folder = newFolder();
  await using store = await openIn(folder);
  await store.audit.record([auditEntry("a"), auditEntry("b")]);
  await store.audit.seal(linksFor(await store.audit.pending(1)));
  using reader = openSqliteReader(folder);
  assert.deepEqual(await reader.audit.tenants(undefined, 9), ["acme"]);
  assert.equal((await reader.audit.rows("acme", 0, 9)).length, 1);
  assert.equal((await reader.audit.unsealed(0, 9)).length, 1);
});

for (const kind of ["io-error", "io-error-after", "busy"] as const) {
  test(`where a call fails (${kind}), rows of the audit log are there exactly with the events of their append`, async () => {
    using faults = createFaultySqlite();
    let failed = 0;
    for (let nth = 1, met = true; met; nth += 1) {
      const folder = newFolder();
      const store = await openIn(folder);
      const lease = await driven(store.journal, "r1");
      faults.arm(kind, nth);
      const appended = await store.journal
        .append([appendOf(lease, 2, { audit: [auditEntry("a")] })])
        .catch(() => "failed");
      ({ met } = faults);
      faults.disarm();
      if (appended === "failed") failed += 1;
      await Promise.resolve(store[Symbol.asyncDispose]()).catch(() => {});
      await using next = await openIn(folder);
      const events = (await next.journal.row(lease.key))?.lastSeq;
      assert.equal((await next.audit.pending(9)).length, events === 2 ? 1 : 0, faults.where);
      if (appended !== "failed") assert.equal(events, 2);
    }
    assert.ok(failed > 0);
  });
}
