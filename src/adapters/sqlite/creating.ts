import { firstEpoch, rowOfNew } from "../../ports/journal-rules.ts";
import { rowColumns, rowIn } from "../../ports/journal-rows.ts";
import type { CreateResult, NewRun } from "../../ports/journal.ts";
import { createAddAudit } from "./audit.ts";
import { createAddBlobs } from "./blobs.ts";
import type { Database } from "./database.ts";
import { createAddSegment, ofRun } from "./statements.ts";

/** Creates one run within a transaction. */
export function createCreateOne(database: Database): (run: NewRun) => CreateResult {
  const addSegment = createAddSegment(database);
  const addBlobs = createAddBlobs(database);
  const addAudit = createAddAudit(database);
  const rowOfKey = database.prepare(`SELECT ${rowColumns} FROM run WHERE ${ofRun}`);
  const rowOfDedupeKey = database.prepare(
    `SELECT ${rowColumns} FROM run WHERE tenant = ? AND workspace = ? AND dedupe_key = ?`,
  );
  const insertRun = database.prepare(`
    INSERT INTO run (tenant, workspace, run, workflow, version, created_at, started_by, dedupe_key,
      epoch, last_seq, status, summary, wake_at, due, last_entry, unread, holds)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ${firstEpoch}, ?, ?, ?, ?, ?, 0, 0, 0)`);

  return (run) => {
    const { key, dedupeKey, segment, summary, wakeAt = null } = run;
    const { tenant, workspace } = key;
    const known =
      (dedupeKey === undefined ? undefined : rowOfDedupeKey.get(tenant, workspace, dedupeKey)) ??
      rowOfKey.get(tenant, workspace, key.run);
    if (known !== undefined) return { row: rowIn(known), created: false };

    const { workflow, version, createdAt, startedBy } = run;
    insertRun.run(
      tenant,
      workspace,
      key.run,
      workflow,
      version,
      createdAt,
      startedBy,
      dedupeKey ?? null,
      segment.count,
      summary.status,
      JSON.stringify(summary),
      wakeAt,
      wakeAt,
    );
    if (run.blobs !== undefined) addBlobs(tenant, run.blobs);
    if (run.audit !== undefined) addAudit(run.audit);
    addSegment(key, segment);
    return { row: rowOfNew(run), created: true };
  };
}
