import { canonicalJson, type JsonObject } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { AuditEntry, AuditRow, Seal, SealedRow } from "./audit.ts";
import type { Columns } from "./journal-rows.ts";

/**
 * An entry as every store keeps it: the fields that it may have and no other, each within its bound.
 *
 * A text that is too long is cut and not refused: what it tells of is done, and must not go untold.
 */
export function entryText({
  tenant,
  workspace,
  at,
  actor,
  action,
  object,
  outcome,
  policy,
  payload,
}: AuditEntry): string {
  const entry: JsonObject = {
    tenant,
    workspace,
    at,
    actor: bounded(actor),
    action: bounded(action),
    object: bounded(object),
    outcome: bounded(outcome),
    ...(policy !== undefined && {
      policy: { rules: policy.rules.slice(0, limits.auditRulesMax).map(bounded), version: bounded(policy.version) },
    }),
    ...(payload !== undefined && { payload: bounded(payload) }),
  };
  return canonicalJson(entry);
}

/** The entry of a stored text. */
export function entryIn(text: string): AuditEntry {
  return JSON.parse(text) as AuditEntry;
}

/** The columns that `auditRowIn` reads. */
export const auditRowColumns = "position, tenant, entry";

/** A row from the columns of `auditRowColumns`. */
export function auditRowIn([position, tenant, text]: Columns): AuditRow {
  return { position: Number(position), tenant: String(tenant), text: String(text) };
}

/** The columns that `sealIn` reads. */
export const sealColumns = "position, tenant, n, prev, hash";

/** A link from the columns of `sealColumns`. */
export function sealIn([position, tenant, n, prev, hash]: Columns): Seal {
  return { position: Number(position), tenant: String(tenant), n: Number(n), prev: String(prev), hash: String(hash) };
}

/** The columns that `sealedRowIn` reads, of links `seal` and rows `row`. */
export const sealedRowColumns =
  "seal.position, seal.tenant, seal.n, seal.prev, seal.hash, row.position, row.tenant, row.entry";

/** A link with its row from the columns of `sealedRowColumns`. */
export function sealedRowIn(columns: Columns): SealedRow {
  return { ...sealIn(columns), row: columns[5] === null ? undefined : auditRowIn(columns.slice(5)) };
}

/** True when each link follows the one before it of its tenant; `headOf` gives the last one that is stored. */
export function followHeads(seals: readonly Seal[], headOf: (tenant: string) => Seal | undefined): boolean {
  const heads = new Map<string, Seal | undefined>();
  return seals.every((seal) => {
    const head = heads.has(seal.tenant) ? heads.get(seal.tenant) : headOf(seal.tenant);
    heads.set(seal.tenant, seal);
    return seal.n === (head?.n ?? 0) + 1 && seal.prev === (head?.hash ?? "");
  });
}

function bounded(text: string): string {
  return text.length <= limits.auditTextCharsMax ? text : `${text.slice(0, limits.auditTextCharsMax - 1)}…`;
}
