import type { Scope } from "../base/ids.ts";

/** What somebody did, or what was done for them. It holds no payload, only its digest. */
export interface AuditEntry extends Scope {
  readonly at: number;
  /** A principal: `local:ada`. */
  readonly actor: string;
  /** `tool.call`, `tool.result`, `model.call`, `model.result`, `gate.decided`, `run.cancelled`, `version.published` … */
  readonly action: string;
  /** What it was done to: `r01…/writeback#1 zendesk@3.2.0/update_ticket`. */
  readonly object: string;
  readonly outcome: string;
  /** Rules and digest of the policy that let it pass, or did not. */
  readonly policy?: { readonly rules: readonly string[]; readonly version: string };
  /** Digest of what was sent, shown or received. */
  readonly payload?: string;
}

/** An entry as stored, in the commit of what it tells of. Rows are never changed and never taken away. */
export interface AuditRow {
  /** Names the row in its store. */
  readonly position: number;
  readonly tenant: string;
  /** The entry, as `entryText` writes it: links are made over this text and not over what it says. */
  readonly text: string;
}

/** A link of the chain of one tenant. It stands beside the row and not in it: what was committed stays as it was. */
export interface Seal {
  /** Position of the row. */
  readonly position: number;
  readonly tenant: string;
  /** 1 for the first row of the tenant, then one more each. */
  readonly n: number;
  /** Hash of the link before; empty for the first. */
  readonly prev: string;
  readonly hash: string;
}

/** A link with its row; undefined where the row is gone. */
export interface SealedRow extends Seal {
  readonly row: AuditRow | undefined;
}

/** The half of an audit log that changes nothing. */
export interface AuditReader {
  /** A page of the tenants that have links, by name; `after` is exclusive. */
  tenants(after: string | undefined, limit: number): Promise<readonly string[]>;
  /** A page of a tenant's links, by `n`; `after` is exclusive, 0 = from the first. */
  rows(tenant: string, after: number, limit: number): Promise<readonly SealedRow[]>;
  /** A page of the rows of all tenants that no link names, by position; `after` is exclusive. Reads the whole log: for people, not for a timer. */
  unsealed(after: number, limit: number): Promise<readonly AuditRow[]>;
}

/**
 * What was done, and by whom: rows that only grow, and one chain of links over them for each tenant.
 *
 * Rows are written unchained, with what they tell of (`Append.audit`) or by `record`, so that no run waits for another's. The one sealer of the
 * store links them a moment later. Errors are those of the journal. No page is longer than `limits.pageRowsMax`.
 */
export interface Audit extends AuditReader {
  /** Writes entries of what belongs to no run, in order and in one commit. */
  record(entries: readonly AuditEntry[]): Promise<void>;
  /** Rows that were written and wait for their link, oldest first. Costs the same however long the log is. */
  pending(limit: number): Promise<readonly AuditRow[]>;
  /** The last link of a tenant. */
  head(tenant: string): Promise<Seal | undefined>;
  /** Adds links in one commit. False, and nothing is written, when one does not follow the last of its tenant: another sealer was here. */
  seal(seals: readonly Seal[]): Promise<boolean>;
}
