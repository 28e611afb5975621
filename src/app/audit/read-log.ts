import { existsSync } from "node:fs";
import path from "node:path";
import { openSqliteReader } from "../../adapters/sqlite/sqlite-store.ts";
import { type AuditItem, importLine, isExportHead } from "../../audit/export-line.ts";
import { RunwrightError } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import type { AuditReader } from "../../ports/audit.ts";
import type { Config } from "../config.ts";
import { linesOf } from "./lines.ts";

/**
 * The audit log of a data folder, whoever holds it: each tenant's chain in its order, then what has no link yet. Throws `run.not-found` where
 * nothing was ever run.
 */
export async function* readAuditLog(config: Config): AsyncGenerator<AuditItem> {
  if (!existsSync(path.join(config.data, "journal.db")))
    throw new RunwrightError("run.not-found", `There is no audit log in ${config.data}: nothing was run there yet.`);
  using store = openSqliteReader(config.data);
  yield* itemsOf(store.audit);
}

/** The same of a file that `audit export` wrote. Throws `usage.invalid` for any other. */
export async function* readAuditExport(file: string): AsyncGenerator<AuditItem> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    if (number === 1 && !isExportHead(line))
      throw new RunwrightError(
        "usage.invalid",
        `${file} is no export of an audit log: its first line is not that of one.`,
      );
    if (number === 1 || line === "") continue;
    const item = importLine(line);
    if (item === undefined) throw new RunwrightError("audit.damaged", `${file}:${number} is no row of an audit log.`);
    yield item;
  }
  if (number === 0) throw new RunwrightError("usage.invalid", `${file} is empty: an export has at least one line.`);
}

async function* itemsOf(audit: AuditReader): AsyncGenerator<AuditItem> {
  const size = limits.pageRowsMax;
  for await (const tenant of pages((last: string | undefined) => audit.tenants(last, size)))
    for await (const link of pages((last?: { readonly n: number }) => audit.rows(tenant, last?.n ?? 0, size)))
      yield { kind: "sealed", link };
  for await (const row of pages((last?: { readonly position: number }) =>
    audit.unsealed(last?.position ?? Number.MIN_SAFE_INTEGER, size),
  ))
    yield { kind: "unsealed", row };
}

async function* pages<T>(page: (last: T | undefined) => Promise<readonly T[]>): AsyncGenerator<T> {
  for (let found = await page(undefined); found.length > 0; found = await page(found.at(-1))) yield* found;
}
