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
