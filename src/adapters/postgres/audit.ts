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
import type { Audit, AuditEntry, Seal } from "../../ports/audit.ts";
import { pageRows } from "../../ports/journal-rules.ts";
import type { Send, Server } from "./server.ts";
import { lists } from "./statements.ts";

/** Two sealers at once must not both go on from the same link. */
const sealerLock = 7_786_012;

/** Adds rows to the audit log within a transaction, in their order. */
export async function insertAudit(send: Send, name: string, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await send(
    `INSERT INTO ${name}.audit_row (tenant, entry)
     SELECT tenant, entry FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS new (tenant, entry, nth) ORDER BY nth`,
    lists(entries, (entry) => [entry.tenant, entryText(entry)]),
  );
}

/** Keeps the audit log in the schema `name`. */
export function createAudit(server: Server, name: string): Audit {
  /** Every row that is written by an older transaction was seen, with its link. */
  let seenBefore = "0";

  return {
    async record(entries) {
      if (entries.length > 0) await server.transact((send) => insertAudit(send, name, entries));
    },
    async pending(limit) {
      const rows = await server.read(
        `SELECT pg_snapshot_xmin(pg_current_snapshot())::text, ${auditRowColumns} FROM (SELECT 1) AS one LEFT JOIN
           (SELECT ${auditRowColumns} FROM ${name}.audit_row AS row WHERE xid >= $1::text::xid8
              AND NOT EXISTS (SELECT 1 FROM ${name}.audit_seal AS seal WHERE seal.position = row.position)
            ORDER BY position LIMIT ${pageRows(limit)}) AS waiting ON true ORDER BY position`,
        [seenBefore],
      );
      const waiting = rows.filter(([, position]) => position !== null);
      // With nothing left to link, all that can still come is from transactions that are open now, or later ones.
      const oldest = rows[0]?.[0];
      if (waiting.length === 0 && typeof oldest === "string") seenBefore = oldest;
      return waiting.map((columns) => auditRowIn(columns.slice(1)));
    },
    head: (tenant) => headOf(server.read, name, tenant),
    async seal(seals) {
      return seals.length === 0 || server.transact((send) => sealAll(send, name, seals));
    },
    async tenants(after, limit) {
      const rows = await server.read(
        `WITH RECURSIVE found (tenant) AS (
           (SELECT tenant FROM ${name}.audit_seal WHERE tenant > $1 ORDER BY tenant LIMIT 1)
           UNION ALL SELECT (SELECT seal.tenant FROM ${name}.audit_seal AS seal WHERE seal.tenant > found.tenant ORDER BY seal.tenant LIMIT 1)
           FROM found WHERE found.tenant IS NOT NULL)
         SELECT tenant FROM found WHERE tenant IS NOT NULL LIMIT ${pageRows(limit)}`,
        [after ?? ""],
      );
      return rows.map(([tenant]) => String(tenant));
    },
    async rows(tenant, after, limit) {
      const rows = await server.read(
        `SELECT ${sealedRowColumns}
         FROM ${name}.audit_seal AS seal LEFT JOIN ${name}.audit_row AS row ON row.position = seal.position
         WHERE seal.tenant = $1 AND seal.n > $2 ORDER BY seal.n LIMIT ${pageRows(limit)}`,
        [tenant, after],
      );
      return rows.map(sealedRowIn);
    },
    async unsealed(after, limit) {
      const rows = await server.read(
        `SELECT ${auditRowColumns} FROM ${name}.audit_row AS row WHERE position > $1
           AND NOT EXISTS (SELECT 1 FROM ${name}.audit_seal AS seal WHERE seal.position = row.position)
         ORDER BY position LIMIT ${pageRows(limit)}`,
        [after],
      );
      return rows.map(auditRowIn);
    },
  };
}

async function headOf(send: Send, name: string, tenant: string): Promise<Seal | undefined> {
  const [row] = await send(`SELECT ${sealColumns} FROM ${name}.audit_seal WHERE tenant = $1 ORDER BY n DESC LIMIT 1`, [
    tenant,
  ]);
  return row === undefined ? undefined : sealIn(row);
}

async function sealAll(send: Send, name: string, seals: readonly Seal[]): Promise<boolean> {
  await send("SELECT pg_advisory_xact_lock($1, hashtext($2))", [sealerLock, name]);
  const heads = new Map<string, Seal | undefined>();
  for (const tenant of new Set(seals.map((seal) => seal.tenant))) heads.set(tenant, await headOf(send, name, tenant));
  if (!followHeads(seals, (tenant) => heads.get(tenant))) return false;
  await send(
    `INSERT INTO ${name}.audit_seal (${sealColumns})
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[])`,
    lists(seals, ({ position, tenant, n, prev, hash }) => [position, tenant, n, prev, hash]),
  );
  return true;
}
