import type { SQLInputValue } from "node:sqlite";
import { keyColumns, lineColumns, lineIn } from "../../ports/journal-rows.ts";
import { pageRows } from "../../ports/journal-rules.ts";
import { below, byRun, takeLines, type LogHead, type RunLines } from "../../ports/log-rules.ts";
import type { LogQuery, Logs } from "../../ports/logs.ts";
import type { Database, Statement } from "./database.ts";
import { ofRun } from "./statements.ts";
import type { TurnCommit } from "./turn-commit.ts";

/** Reads what steps logged from the journal's own file. */
export function createLogReader(database: Database): Pick<Logs, "read"> {
  const byFilter = new Map<string, Statement>();

  return {
    async read(key, query) {
      const { after, path, levels, limit } = query;
      const values: SQLInputValue[] = [key.tenant, key.workspace, key.run, after];
      if (path !== undefined) values.push(path, Array.from(path).length + 1, ...below(path));
      values.push(...new Set(levels), pageRows(limit));
      return database.reading(() => Array.from(reading(query).iterate(...values), (columns) => lineIn(key, columns)));
    },
  };

  function reading({ path, levels }: LogQuery): Statement {
    const filters = [ofRun, "n > ?"];
    if (path !== undefined) filters.push("(path = ? OR substr(path, 1, ?) IN (?, ?, ?))");
    if (levels !== undefined) filters.push(`level IN (${Array.from(new Set(levels), () => "?").join(", ")})`);
    const where = filters.join(" AND ");
    const statement =
      byFilter.get(where) ?? database.prepare(`SELECT ${lineColumns} FROM log WHERE ${where} ORDER BY n LIMIT ?`);
    byFilter.set(where, statement);
    return statement;
  }
}

/** Keeps what steps log in the journal's own file. The lines of one turn share a commit, also with what else is written in it. */
export function createLogs(database: Database, commit: TurnCommit): Logs {
  const logHead = database.prepare(`SELECT log_lines, log_bytes FROM run WHERE ${ofRun}`);
  const updateHead = database.prepare(`UPDATE run SET log_lines = ?, log_bytes = ? WHERE ${ofRun}`);
  const insert = database.prepare(`INSERT INTO log (${keyColumns}, ${lineColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);

  return {
    ...createLogReader(database),
    async write(batch) {
      const runs = byRun(batch);
      if (runs.length > 0) await commit.soon(() => runs.forEach(writeRun));
    },
  };

  function writeRun({ key: { tenant, workspace, run }, entries }: RunLines): void {
    const found = logHead.get(tenant, workspace, run);
    if (found === undefined) return;
    const before: LogHead = { lines: Number(found[0]), bytes: Number(found[1]) };
    const { head, rows } = takeLines(before, entries);
    if (rows.length === 0) return;
    for (const { n, path, attempt, at, level, text } of rows)
      insert.run(tenant, workspace, run, n, path, attempt, at, level, JSON.stringify(text));
    updateHead.run(head.lines, head.bytes, tenant, workspace, run);
  }
}
