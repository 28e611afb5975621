// Which statements an append costs: it is what runs write most, and a large value or a snapshot may only cost those who bring one.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { Append } from "../../ports/journal.ts";
import { auditEntry } from "../../testing/journal-checks/audit.ts";
import { appendOf, entryOf, keyOf, newRun, segmentOf } from "../../testing/journal-checks/world.ts";
import { makeDatabase, openDatabase, type Database } from "./database.ts";
import { createTurnCommit } from "./turn-commit.ts";
import { createWriter } from "./writing.ts";

/** The database, with a note of each statement that is run: its verb and its table. */
function noting(database: Database, seen: string[]): Database {
  return {
    ...database,
    prepare(sql) {
      const statement = database.prepare(sql);
      const [words = sql] =
        /^(?:INSERT INTO|UPDATE|SELECT .*? FROM) \w+(?: SET \w+ = \?, \w+ = \?(?=,| WHERE))?/s.exec(sql) ?? [];
      const note = `${words.replace(/^SELECT .* FROM/s, "SELECT")}${sql.includes("due = ?") ? " and all" : ""}`;
      return {
        run: (...values) => (seen.push(note), statement.run(...values)),
        get: (...values) => (seen.push(note), statement.get(...values)),
        iterate: (...values) => (seen.push(note), statement.iterate(...values)),
      };
    },
  };
}

test("an ordinary append is two statements, and only what it brings costs more", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "runwright-appending-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "journal.db");
  makeDatabase(file);
  const seen: string[] = [];
  using database = noting(openDatabase(file, "full"), seen);
  const journal = createWriter(database, createTurnCommit(database, { assertRoom() {}, committed() {} }));
  const lease = { key: keyOf("r1"), epoch: 1 };
  await journal.create([newRun("r1")]);
  const first: Append = appendOf(lease, 2);
  const costOf = async (append: Append): Promise<readonly string[]> => {
    seen.length = 0;
    assert.deepEqual(await journal.append([append]), ["ok"]);
    return [...seen];
  };
  const [asked, added] = ["UPDATE run SET last_seq = ?, summary = ?", "INSERT INTO segment"];
  const ordinary = [asked, added];
  const whole = [asked, "SELECT run", added, "UPDATE run SET last_seq = ?, summary = ? and all"];

  assert.deepEqual(await costOf(first), whole, "control: the status changes");
  assert.deepEqual(await costOf(appendOf(lease, 3)), ordinary);
  const aids = {
    snapshot: { seq: 4, hash: segmentOf(4).hash, at: 4, form: 1, body: "{}" },
    blobs: [{ digest: "d", body: "{}" }],
  };
  assert.deepEqual(
    (await costOf(appendOf(lease, 4, aids))).toSorted(),
    [...ordinary, "INSERT INTO blob", "INSERT INTO snapshot"].toSorted(),
  );
  assert.deepEqual(await costOf(appendOf(lease, 5)), ordinary);

  const rows = { audit: [auditEntry("a"), auditEntry("b")] };
  const audited = ["INSERT INTO audit_row", "INSERT INTO audit_row"];
  assert.deepEqual((await costOf(appendOf(lease, 6, rows))).toSorted(), [...ordinary, ...audited].toSorted());
  assert.deepEqual(await costOf(appendOf(lease, 7)), ordinary, "and one without pays nothing");

  const taken = await journal.takeOver(lease.key);
  assert.deepEqual(await costOf(appendOf(taken, 8)), whole, "the first after a take-over");
  assert.deepEqual(await costOf(appendOf(taken, 9)), ordinary);
  await journal.post(lease.key, entryOf("decide"));
  assert.deepEqual(await costOf(appendOf(taken, 10)), ordinary);
});
