import { followHeads } from "../../ports/audit-rules.ts";
import type { AuditRow, Seal, SealedRow } from "../../ports/audit.ts";
import { pageRows } from "../../ports/journal-rules.ts";
import type { MemoryData } from "./memory-data.ts";

/** `Audit.tenants`, at once. */
export function tenantsPage(data: MemoryData, after: string | undefined, limit: number): readonly string[] {
  return Array.from(new Set(data.seals.map(({ tenant }) => tenant)))
    .filter((tenant) => after === undefined || tenant > after)
    .toSorted()
    .slice(0, pageRows(limit));
}

/** `Audit.rows`, at once. */
export function sealedRows(data: MemoryData, tenant: string, after: number, limit: number): readonly SealedRow[] {
  return data.seals
    .filter((seal) => seal.tenant === tenant && seal.n > after)
    .slice(0, pageRows(limit))
    .map((seal) => ({ ...seal, row: data.auditRows[seal.position - 1] }));
}

/** `Audit.unsealed`, at once. Links are given in the order of the rows, so that those behind the last one have none. */
export function unsealedRows(data: MemoryData, after: number, limit: number): readonly AuditRow[] {
  const from = Math.max(after, data.seals.at(-1)?.position ?? 0);
  return data.auditRows.slice(from, from + pageRows(limit));
}

/** `Audit.head`, at once. */
export function headSeal(data: MemoryData, tenant: string): Seal | undefined {
  return data.seals.findLast((seal) => seal.tenant === tenant);
}

/** `Audit.seal`, at once. */
export function addSeals(data: MemoryData, seals: readonly Seal[]): boolean {
  if (!followHeads(seals, (tenant) => headSeal(data, tenant))) return false;
  for (const seal of seals) data.seals.push({ ...seal });
  return true;
}
