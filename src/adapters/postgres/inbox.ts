import type { RunKey } from "../../base/ids.ts";
import { entryColumns, keyColumns } from "../../ports/journal-rows.ts";
import { isHold } from "../../ports/journal-rules.ts";
import type { InboxEntry } from "../../ports/journal.ts";
import type { Send } from "./server.ts";

/** Adds a row to the inbox of a run that has not ended, within a transaction: its id, or undefined when there is no such run. */
export async function addEntry(
  send: Send,
  name: string,
  { tenant, workspace, run }: RunKey,
  { kind, body, principal, at }: InboxEntry,
): Promise<number | undefined> {
  const [row] = await send(
    `WITH counted AS (
       UPDATE ${name}.run SET last_entry = last_entry + 1, unread = unread + 1, holds = holds + $8, due = 0
       WHERE tenant = $1 AND workspace = $2 AND run = $3 AND status NOT IN ('completed', 'failed', 'cancelled')
       RETURNING last_entry)
     INSERT INTO ${name}.inbox (${keyColumns}, ${entryColumns})
     SELECT $1, $2, $3, last_entry, $4, $5, $6, $7 FROM counted RETURNING id`,
    [tenant, workspace, run, kind, JSON.stringify(body), principal, at, isHold(kind) ? 1 : 0],
  );
  return row === undefined ? undefined : Number(row[0]);
}
