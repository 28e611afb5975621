import type { SQLInputValue } from "node:sqlite";
import type { RunKey } from "../../base/ids.ts";
import { pageRows, runNotFound } from "../../ports/journal-rules.ts";
import {
  entryColumns,
  entryIn,
  outcomeIn,
  rowColumns,
  rowIn,
  wakingColumns,
  wakingIn,
} from "../../ports/journal-rows.ts";
import type { JournalReader, RunQuery } from "../../ports/journal.ts";
import { createBlobReader } from "./blobs.ts";
import type { Database, Statement } from "./database.ts";
import { createSegmentReader } from "./segments.ts";
import { createSnapshotReader } from "./snapshots.ts";
import { ofRun } from "./statements.ts";

/** Reads a journal through one connection. */
export function createReader(database: Database): JournalReader {
  const byFilter = new Map<string, Statement>();
  const rowOfKey = database.prepare(`SELECT ${rowColumns} FROM run WHERE ${ofRun}`);
  const unread = database.prepare(
    `SELECT ${entryColumns} FROM inbox INDEXED BY inbox_unread WHERE ${ofRun} AND outcome IS NULL ORDER BY id`,
  );
  const outcomeOfId = database.prepare(`SELECT outcome FROM inbox WHERE ${ofRun} AND id = ?`);
  const due = database.prepare(`
    SELECT ${wakingColumns} FROM run
    WHERE due IS NOT NULL AND (due, run, tenant, workspace) > (?, ?, ?, ?) ORDER BY due, run, tenant, workspace LIMIT ?`);

  return {
    read: createSegmentReader(database),
    async inbox(key) {
      return database.reading(() => {
        const rows = Array.from(unread.iterate(key.tenant, key.workspace, key.run), entryIn);
        if (rows.length === 0) assertRun(key);
        return rows;
      });
    },
    async outcome(key, id) {
      return database.reading(() => {
        const found = outcomeOfId.get(key.tenant, key.workspace, key.run, id);
        if (found === undefined) assertRun(key);
        return outcomeIn(found);
      });
    },
    async row(key) {
      return database.reading(() => {
        const found = rowOfKey.get(key.tenant, key.workspace, key.run);
        return found === undefined ? undefined : rowIn(found);
      });
    },
    snapshot: createSnapshotReader(database),
    blobs: createBlobReader(database),
    async list(scope, query) {
      return database.reading(() => {
        const values: SQLInputValue[] = [scope.tenant, scope.workspace];
        for (const value of [query.workflow, query.status, query.before]) if (value !== undefined) values.push(value);
        return Array.from(listing(query).iterate(...values, pageRows(query.limit)), rowIn);
      });
    },
    async waking(after, limit) {
      const { key, wakeAt } = after ?? { key: { tenant: "", workspace: "", run: "" }, wakeAt: -1 };
      return database.reading(() =>
        Array.from(due.iterate(wakeAt, key.run, key.tenant, key.workspace, pageRows(limit)), wakingIn),
      );
    },
  };

  function assertRun(key: RunKey): void {
    if (rowOfKey.get(key.tenant, key.workspace, key.run) === undefined) throw runNotFound(key.run);
  }

  function listing({ workflow, status, before }: RunQuery): Statement {
    const filters = ["tenant = ?", "workspace = ?"];
    if (workflow !== undefined) filters.push("workflow = ?");
    if (status !== undefined) filters.push("status = ?");
    if (before !== undefined) filters.push("run < ?");
    const where = filters.join(" AND ");
    // Said outright, since SQLite has no statistics here and would read a tenant's whole list to find its few failed runs.
    const byWorkflow = workflow === undefined ? "" : "INDEXED BY run_by_workflow";
    const index = status === undefined ? byWorkflow : "INDEXED BY run_by_status";
    const statement =
      byFilter.get(where) ??
      database.prepare(`SELECT ${rowColumns} FROM run ${index} WHERE ${where} ORDER BY run DESC LIMIT ?`);
    byFilter.set(where, statement);
    return statement;
  }
}
