import type { Scope } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { EffectClass } from "../language/connector.ts";

/** What somebody or something wants to do. */
export interface PolicyRequest extends Scope {
  /** Who started the run, or who asks. */
  readonly principal: string;
  readonly roles?: readonly string[];
  readonly workflow: string;
  /** Digest of the version; a draft is marked. */
  readonly version: string;
  readonly draft?: true;
  /** Instance path of the step. */
  readonly path: string;
  readonly kind: "model" | "tool" | "function" | "secret" | "agent" | "approval";
  /** `anthropic/claude-haiku-4-5-20251001`, `zendesk@3.2.0/update_ticket`, the name of a secret … */
  readonly target: string;
  readonly effect?: EffectClass;
  /** A write that nothing can undo. */
  readonly irreversible?: true;
  /** A model chose the call and its arguments. */
  readonly byModel?: true;
  readonly arguments?: Json;
}

/** What the rules say. Plain JSON: it stands in the journal with the intent. */
export interface PolicyDecision {
  readonly outcome: "allow" | "deny" | "needs_approval";
  /** Ids of the rules that led to it. */
  readonly rules: readonly string[];
  /** Digest of the rules in force. */
  readonly version: string;
  /** Why, for people. */
  readonly reason: string;
  /** With `needs_approval`: how many, of which roles. */
  readonly approvals?: { readonly count: number; readonly roles: readonly string[] };
}

/** Decides about every model, tool, secret, agent and approval action. What no rule allows is denied. Never throws. */
export interface Policy {
  decide(request: PolicyRequest): PolicyDecision;
}
