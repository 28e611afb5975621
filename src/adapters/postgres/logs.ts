import { runKeyText } from "../../base/ids.ts";
import { keyColumns, keyIn, lineColumns, lineIn } from "../../ports/journal-rows.ts";
import { pageRows } from "../../ports/journal-rules.ts";
import { below, byRun, takeLines, type LogHead, type RunLines } from "../../ports/log-rules.ts";
import type { Logs } from "../../ports/logs.ts";
import type { Send, Server, Value } from "./server.ts";
import { givenKeys, keyLists, lists } from "./statements.ts";

/** Keeps what steps log in the schema `name`. */
export function createLogs(server: Server, name: string): Logs {
  return {
    async write(batch) {
      const runs = byRun(batch);
      if (runs.length > 0) await server.transact((send) => writeAll(send, name, runs));
    },
    async read(key, { after, path, levels, limit }) {
      const values: Value[] = [key.tenant, key.workspace, key.run, after];
      const filters = ["tenant = $1 AND workspace = $2 AND run = $3 AND n > $4"];
      if (path !== undefined) {
        const length = Array.from(path).length + 1;
        filters.push(
          `(path = $${values.push(path)} OR substr(path, 1, $${values.push(length)}) = ANY($${values.push(below(path))}))`,
        );
      }
      if (levels !== undefined) filters.push(`level = ANY($${values.push(levels)})`);
      const rows = await server.read(
        `SELECT ${lineColumns} FROM ${name}.log WHERE ${filters.join(" AND ")} ORDER BY n LIMIT ${pageRows(limit)}`,
        values,
      );
      return rows.map((columns) => lineIn(key, columns));
    },
  };
}

/** A handful of statements for a batch of any size. The rows of the runs are locked in one order, as every writer does. */
async function writeAll(send: Send, name: string, runs: readonly RunLines[]): Promise<void> {
  const locked = await send(
    `SELECT ${keyColumns}, log_lines, log_bytes FROM ${name}.run
     WHERE (${keyColumns}) IN (SELECT * FROM ${givenKeys}) ORDER BY ${keyColumns} FOR UPDATE`,
    keyLists(runs.map(({ key }) => key)),
  );
  const heads = new Map<string, LogHead>(
    locked.map((columns) => [runKeyText(keyIn(columns)), { lines: Number(columns[3]), bytes: Number(columns[4]) }]),
  );
  const taken = runs.flatMap(({ key, entries }) => {
    const head = heads.get(runKeyText(key));
    return head === undefined ? [] : [{ key, ...takeLines(head, entries) }];
  });
  const rows = taken.flatMap((run) => run.rows);
  if (rows.length === 0) return;
  await send(
    `INSERT INTO ${name}.log (${keyColumns}, ${lineColumns})
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::int[], $7::bigint[], $8::text[], $9::text[])`,
    [
      ...keyLists(rows.map(({ key }) => key)),
      ...lists(rows, ({ n, path, attempt, at, level, text }) => [n, path, attempt, at, level, JSON.stringify(text)]),
    ],
  );
  await send(
    `UPDATE ${name}.run AS run SET log_lines = new.lines, log_bytes = new.bytes
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS new (${keyColumns}, lines, bytes)
     WHERE run.tenant = new.tenant AND run.workspace = new.workspace AND run.run = new.run`,
    [...keyLists(taken.map(({ key }) => key)), ...lists(taken, ({ head }) => [head.lines, head.bytes])],
  );
}
