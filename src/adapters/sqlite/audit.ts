import {
  auditRowColumns,
  auditRowIn,
  entryText,
  followHeads,
  sealColumns,
  sealedRowColumns,
  sealedRowIn,
  sealIn,
} from "../../ports/audit-rules.ts";
import type { Audit, AuditEntry, AuditReader, Seal } from "../../ports/audit.ts";
import { pageRows } from "../../ports/journal-rules.ts";
import type { Database } from "./database.ts";
import type { TurnCommit } from "./turn-commit.ts";

/** Adds rows to the audit log within a transaction. */
export function createAddAudit(database: Database): (entries: readonly AuditEntry[]) => void {
  const insert = database.prepare("INSERT INTO audit_row (tenant, entry) VALUES (?, ?)");
  return (entries) => {
    for (const entry of entries) insert.run(entry.tenant, entryText(entry));
  };
}

/** Reads the audit log from the journal's own file. */
export function createAuditReader(database: Database): AuditReader {
  // One look into the index for each tenant, where a list without doubles would read every link.
  const nextTenant = database.prepare("SELECT tenant FROM audit_seal WHERE tenant > ? ORDER BY tenant LIMIT 1");
  const sealed = database.prepare(
    `SELECT ${sealedRowColumns} FROM audit_seal AS seal LEFT JOIN audit_row AS row ON row.position = seal.position
     WHERE seal.tenant = ? AND seal.n > ? ORDER BY seal.n LIMIT ?`,
  );
  const unsealed = database.prepare(
    `SELECT ${auditRowColumns} FROM audit_row WHERE position > ? AND position NOT IN (SELECT position FROM audit_seal)
     ORDER BY position LIMIT ?`,
  );

  return {
    async tenants(after = "", limit) {
      return database.reading(() => {
        const tenants: string[] = [];
        for (let last = after; tenants.length < pageRows(limit);) {
          const found = nextTenant.get(last);
          if (found === undefined) break;
          last = String(found[0]);
          tenants.push(last);
        }
        return tenants;
      });
    },
    async rows(tenant, after, limit) {
      return database.reading(() => Array.from(sealed.iterate(tenant, after, pageRows(limit)), sealedRowIn));
    },
    async unsealed(after, limit) {
      return database.reading(() => Array.from(unsealed.iterate(after, pageRows(limit)), auditRowIn));
    },
  };
}

/** Keeps the audit log in the journal's own file. */
export function createAudit(database: Database, commit: TurnCommit): Audit {
  const addRows = createAddAudit(database);
  // Positions are given in the order of the commits, and links in the order of positions: what lies behind the last link has none.
  const pending = database.prepare(
    `SELECT ${auditRowColumns} FROM audit_row WHERE position > (SELECT coalesce(max(position), 0) FROM audit_seal)
     ORDER BY position LIMIT ?`,
  );
  const head = database.prepare(`SELECT ${sealColumns} FROM audit_seal WHERE tenant = ? ORDER BY n DESC LIMIT 1`);
  const insertSeal = database.prepare(`INSERT INTO audit_seal (${sealColumns}) VALUES (?, ?, ?, ?, ?)`);
  const headOf = (tenant: string): Seal | undefined => {
    const found = head.get(tenant);
    return found === undefined ? undefined : sealIn(found);
  };

  return {
    ...createAuditReader(database),
    async record(entries) {
      if (entries.length > 0) await commit.soon(() => addRows(entries));
    },
    async pending(limit) {
      return database.reading(() => Array.from(pending.iterate(pageRows(limit)), auditRowIn));
    },
    async head(tenant) {
      return database.reading(() => headOf(tenant));
    },
    async seal(seals) {
      return seals.length === 0 || commit.soon(() => sealAll(seals));
    },
  };

  function sealAll(seals: readonly Seal[]): boolean {
    if (!followHeads(seals, headOf)) return false;
    for (const { position, tenant, n, prev, hash } of seals) insertSeal.run(position, tenant, n, prev, hash);
    return true;
  }
}
