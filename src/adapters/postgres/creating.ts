import { runKeyText, type Scope } from "../../base/ids.ts";
import { keyColumns, keyIn, rowColumns, rowIn, type Columns } from "../../ports/journal-rows.ts";
import { firstEpoch, rowOfNew } from "../../ports/journal-rules.ts";
import type { CreateResult, NewRun, RunRow } from "../../ports/journal.ts";
import { insertAudit } from "./audit.ts";
import type { TenantBlob } from "./blobs.ts";
import type { Send } from "./server.ts";
import { givenKeys, insertSegments, keyLists, lists } from "./statements.ts";

/**
 * `Journal.create` within a transaction: in rounds, each of runs with different ids and dedupe keys, so that one that repeats an earlier
 * run of its batch meets it as a stored one. Nearly always one round.
 */
export async function createAll(send: Send, name: string, batch: readonly NewRun[]): Promise<readonly CreateResult[]> {
  const results = new Map<NewRun, CreateResult>();
  for (let rest = batch; rest.length > 0;) {
    const { round, repeats } = split(rest);
    for (const [run, result] of await createDifferent(send, name, round)) results.set(run, result);
    rest = repeats;
  }
  return batch.map((run) => results.get(run) ?? lost(run));
}

/** The blobs of the runs of a batch that were made: they are for the end of the transaction. */
export function blobsOfMade(batch: readonly NewRun[], results: readonly CreateResult[]): readonly TenantBlob[] {
  return batch.flatMap(({ key: { tenant }, blobs = [] }, index) =>
    results[index]?.created === true ? blobs.map((blob) => ({ tenant, blob })) : [],
  );
}

async function createDifferent(
  send: Send,
  name: string,
  runs: readonly NewRun[],
): Promise<ReadonlyMap<NewRun, CreateResult>> {
  const inserted = new Set(await insertRuns(send, name, runs));
  const made = runs.filter(({ key }) => inserted.has(runKeyText(key)));
  if (made.length > 0) await insertSegments(send, name, made);
  await insertAudit(
    send,
    name,
    made.flatMap(({ audit = [] }) => audit),
  );
  const known = runs.filter(({ key }) => !inserted.has(runKeyText(key)));
  const rows = known.length === 0 ? [] : await findRuns(send, name, known);
  const results = new Map<NewRun, CreateResult>();
  for (const run of made) results.set(run, { row: rowOfNew(run), created: true });
  for (const run of known) results.set(run, { row: sameRun(rows, run), created: false });
  return results;
}

/**
 * The ids of the runs that were not there yet. An insert waits for another transaction that is about to make the same run; all wait in
 * one order, by dedupe key first since that is what two starts have in common.
 */
async function insertRuns(send: Send, name: string, runs: readonly NewRun[]): Promise<readonly string[]> {
  const rows = await send(
    `INSERT INTO ${name}.run (${rowColumns}, status, dedupe_key, epoch, due)
     SELECT *, ${firstEpoch}, wake_at
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],
         $10::int[], $11::text[], $12::text[], $13::text[]) AS made (${rowColumns}, status, dedupe_key)
     ORDER BY tenant, workspace, dedupe_key, run ON CONFLICT DO NOTHING RETURNING ${keyColumns}`,
    [
      ...keyLists(runs.map(({ key }) => key)),
      ...lists(
        runs,
        ({ workflow, version, createdAt, startedBy, segment, wakeAt = null, summary, dedupeKey = null }) => [
          workflow,
          version,
          createdAt,
          startedBy,
          segment.count,
          wakeAt,
          0,
          JSON.stringify(summary),
          summary.status,
          dedupeKey,
        ],
      ),
    ],
  );
  return rows.map((columns) => runKeyText(keyIn(columns)));
}

/** The stored runs with the same id or the same dedupe key as one of these; the dedupe key comes last in a row. */
async function findRuns(send: Send, name: string, runs: readonly NewRun[]): Promise<readonly Columns[]> {
  const columns = `${rowColumns}, dedupe_key`;
  return send(
    `SELECT ${columns} FROM ${name}.run WHERE (${keyColumns}) IN (SELECT * FROM ${givenKeys})
     UNION SELECT ${columns} FROM ${name}.run
     WHERE (tenant, workspace, dedupe_key) IN (SELECT * FROM unnest($1::text[], $2::text[], $4::text[]))`,
    [...keyLists(runs.map(({ key }) => key)), runs.map(({ dedupeKey = null }) => dedupeKey)],
  );
}

function sameRun(rows: readonly Columns[], run: NewRun): RunRow {
  const dedupe = dedupeText(run.key, run.dedupeKey);
  const found =
    rows.find((columns) => dedupe !== undefined && dedupeText(keyIn(columns), columns.at(-1)) === dedupe) ??
    rows.find((columns) => runKeyText(keyIn(columns)) === runKeyText(run.key));
  return found === undefined ? lost(run) : rowIn(found);
}

/** The runs that repeat no id and no dedupe key of an earlier one, and the others. */
function split(runs: readonly NewRun[]): { readonly round: readonly NewRun[]; readonly repeats: readonly NewRun[] } {
  const seen = new Set<string>();
  const round: NewRun[] = [];
  const repeats: NewRun[] = [];
  for (const run of runs) {
    const names = [runKeyText(run.key), dedupeText(run.key, run.dedupeKey)].filter((text) => text !== undefined);
    (names.some((text) => seen.has(text)) ? repeats : round).push(run);
    for (const text of names) seen.add(text);
  }
  return { round, repeats };
}

function dedupeText({ tenant, workspace }: Scope, dedupeKey: unknown): string | undefined {
  return typeof dedupeKey === "string" ? JSON.stringify([tenant, workspace, dedupeKey]) : undefined;
}

function lost(run: NewRun): never {
  throw new RangeError(`Run ${run.key.run} was neither made nor found.`);
}
