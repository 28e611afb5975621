import type { RunKey } from "../../base/ids.ts";
import type { RunHead } from "../../ports/journal-rules.ts";
import { headColumns, headIn } from "../../ports/journal-rows.ts";
import type { Segment } from "../../ports/journal.ts";
import type { Database } from "./database.ts";

/** The condition for one run; its values are those of the key, in order. */
export const ofRun = "tenant = ? AND workspace = ? AND run = ?";

/** Reads the head of a run. */
export function createHeadOf(database: Database): (key: RunKey) => RunHead | undefined {
  const head = database.prepare(`SELECT ${headColumns} FROM run WHERE ${ofRun}`);
  return ({ tenant, workspace, run }) => {
    const found = head.get(tenant, workspace, run);
    return found === undefined ? undefined : headIn(found);
  };
}

/** Puts a segment at the end of the journal. */
export function createAddSegment(database: Database): (key: RunKey, segment: Segment) => void {
  const insert = database.prepare(
    "INSERT INTO segment (tenant, workspace, run, seq, count, at, events, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  return ({ tenant, workspace, run }, { seq, count, at, events, hash }) =>
    insert.run(tenant, workspace, run, seq, count, at, events, hash);
}
