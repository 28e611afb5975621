import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../base/json.ts";
import type { AuditRow, SealedRow } from "../ports/audit.ts";

/** One row of an audit log, as it is read: with its link, or still without. */
export type AuditItem =
  | { readonly kind: "sealed"; readonly link: SealedRow }
  | { readonly kind: "unsealed"; readonly row: AuditRow };

/** The first line of an export. */
export const exportHead: JsonObject = { kind: "runwright-audit", v: 1 };

/** A row as one line of an export. Its entry is an object to read, and its text only where that is not what was written. */
export function exportLine(item: AuditItem): JsonObject {
  if (item.kind === "unsealed") return { kind: "unsealed", position: item.row.position, ...rowFields(item.row) };
  const { tenant, n, position, prev, hash, row } = item.link;
  const link = { kind: "sealed", tenant, n, position, prev, hash };
  return row === undefined
    ? link
    : { ...rowFields(row), ...link, ...(row.tenant !== tenant && { rowTenant: row.tenant }) };
}

/** The row of a line; undefined for one that is none. */
export function importLine(line: string): AuditItem | undefined {
  const value = parsed(line);
  if (!isJsonObject(value)) return undefined;
  const { kind, tenant, position } = value;
  if (typeof position !== "number" || typeof tenant !== "string") return undefined;
  const row = rowIn(value, tenant, position);
  if (kind === "unsealed") return row === undefined ? undefined : { kind, row };
  const { n, prev, hash } = value;
  if (kind !== "sealed" || typeof n !== "number" || typeof prev !== "string" || typeof hash !== "string")
    return undefined;
  return { kind, link: { position, tenant, n, prev, hash, row } };
}

function rowIn(value: JsonObject, linked: string, position: number): AuditRow | undefined {
  const { entry, rowTenant } = value;
  const text = isJsonObject(entry) ? canonicalJson(entry) : value["text"];
  const tenant = typeof rowTenant === "string" ? rowTenant : linked;
  return typeof text === "string" ? { position, tenant, text } : undefined;
}

/** True for the first line of an export that this build reads. */
export function isExportHead(line: string): boolean {
  const value = parsed(line);
  return isJsonObject(value) && canonicalJson(value) === canonicalJson(exportHead);
}

function rowFields({ tenant, text }: AuditRow): JsonObject {
  const entry = parsed(text);
  return isJsonObject(entry) && canonicalJson(entry) === text ? { tenant, entry } : { tenant, text };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
