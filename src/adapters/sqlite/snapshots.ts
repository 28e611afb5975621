import type { RunKey } from "../../base/ids.ts";
import { keyColumns, snapshotColumns, snapshotIn } from "../../ports/journal-rows.ts";
import type { Journal, Snapshot } from "../../ports/journal.ts";
import type { Database } from "./database.ts";
import { ofRun } from "./statements.ts";

/** Reads the snapshot of a run. */
export function createSnapshotReader(database: Database): Journal["snapshot"] {
  const snapshot = database.prepare(`SELECT ${snapshotColumns} FROM snapshot WHERE ${ofRun}`);

  return async ({ tenant, workspace, run }) =>
    database.reading(() => {
      const found = snapshot.get(tenant, workspace, run);
      return found === undefined ? undefined : snapshotIn(found);
    });
}

/** Puts a snapshot in the place of the run's earlier one, within a transaction. */
export function createPutSnapshot(database: Database): (key: RunKey, snapshot: Snapshot) => void {
  const put = database.prepare(
    `INSERT INTO snapshot (${keyColumns}, ${snapshotColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at, form = excluded.form, body = excluded.body`,
  );
  return ({ tenant, workspace, run }, { seq, hash, at, form, body }) =>
    put.run(tenant, workspace, run, seq, hash, at, form, body);
}
