import { digestJson } from "../base/digest.ts";
import type { AuditRow, Seal } from "../ports/audit.ts";

/** What the first link of a tenant names as the one before it. */
export const noLink = "";

/**
 * The hash of a link: SHA-256 over the canonical JSON of its tenant, its place in the chain, the position and text of its row and the hash before
 * it. So each stands for all that lies before, and a row that is changed, moved, taken away or given to another tenant shows in its own link.
 */
export function linkHash({ tenant, n, position, prev }: Omit<Seal, "hash">, text: string): string {
  return digestJson(["runwright audit 1", tenant, n, position, prev, text]);
}

/** Links for rows, in their order, behind the last links of their tenants. */
export function linkRows(rows: readonly AuditRow[], heads: ReadonlyMap<string, Seal>): readonly Seal[] {
  const last = new Map(heads);
  return rows.map(({ position, tenant, text }) => {
    const before = last.get(tenant);
    const link = { position, tenant, n: (before?.n ?? 0) + 1, prev: before?.hash ?? noLink };
    const seal = { ...link, hash: linkHash(link, text) };
    last.set(tenant, seal);
    return seal;
  });
}
