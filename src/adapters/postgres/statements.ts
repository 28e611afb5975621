import type { RunKey } from "../../base/ids.ts";
import { headColumns, keyColumns, segmentColumns, type Columns } from "../../ports/journal-rows.ts";
import type { Segment } from "../../ports/journal.ts";
import type { Send, Value } from "./server.ts";

/** The keys that `keyLists` gives, as rows; they are the first three values of a statement. */
export const givenKeys = "unnest($1::text[], $2::text[], $3::text[])";

/**
 * Locks runs against every other writer: columns of the key, then of the head.
 *
 * In the order of the keys, whatever order they were asked in, so that two writers that overlap wait for each other and never deadlock.
 */
export async function lockHeads(send: Send, name: string, keys: readonly RunKey[]): Promise<readonly Columns[]> {
  return send(
    `SELECT ${keyColumns}, ${headColumns} FROM ${name}.run
     WHERE (${keyColumns}) IN (SELECT * FROM ${givenKeys})
     ORDER BY ${keyColumns} FOR UPDATE`,
    keyLists(keys),
  );
}

/** Adds segments of any runs to the journal. */
export async function insertSegments(
  send: Send,
  name: string,
  rows: readonly { readonly key: RunKey; readonly segment: Segment }[],
): Promise<void> {
  await send(
    `INSERT INTO ${name}.segment (${keyColumns}, ${segmentColumns})
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::int[], $6::bigint[], $7::text[], $8::text[])`,
    [
      ...keyLists(rows.map(({ key }) => key)),
      ...lists(rows, ({ segment }) => [segment.seq, segment.count, segment.at, segment.events, segment.hash]),
    ],
  );
}

/** Rows as columns, for `unnest`. */
export function lists<T>(
  rows: readonly T[],
  columnsOf: (row: T) => readonly (string | number | null)[],
): readonly Value[] {
  const byRow = rows.map(columnsOf);
  return (byRow[0] ?? []).map((_, column) => byRow.map((columns) => columns[column] ?? null));
}

/** Keys as columns, for `unnest`. */
export function keyLists(keys: readonly RunKey[]): readonly Value[] {
  return [keys.map(({ tenant }) => tenant), keys.map(({ workspace }) => workspace), keys.map(({ run }) => run)];
}
