import type { PolicyRequest } from "../ports/policy.ts";

/** What a rule says of the requests that it is about. `deny` goes before `needs_approval`, and that before `allow`. */
export type RuleEffect = "allow" | "deny" | "needs_approval";

/** What a request is to a rule: derived from the effect class, so that nobody can call a write a read. */
export type RequestClass = "read" | "write" | "irreversible";

/** One kind of request. */
export type RequestKind = PolicyRequest["kind"];

/**
 * Which requests a rule is about: those that every field that is there fits, each by one of its values. Without any field: all requests.
 *
 * In texts `*` stands for any characters, also for none. `role` is the name of a role as it is.
 */
export interface RuleScope {
  readonly kind?: readonly RequestKind[];
  readonly target?: readonly string[];
  readonly class?: readonly RequestClass[];
  readonly workflow?: readonly string[];
  readonly tenant?: readonly string[];
  readonly workspace?: readonly string[];
  readonly principal?: readonly string[];
  readonly role?: readonly string[];
  readonly draft?: boolean;
  readonly by_model?: boolean;
}

/** One rule: plain JSON, so that all rules together have a digest. */
export interface PolicyRule {
  readonly id: string;
  readonly effect: RuleEffect;
  /** Of `needs_approval`, and there it is needed: how many people, of which roles. */
  readonly approvals?: { readonly count: number; readonly roles: readonly string[] };
  readonly when?: RuleScope;
  /** An expression; the rule is only about requests for which it is true. */
  readonly if?: string;
}

export const ruleEffects: readonly RuleEffect[] = ["allow", "deny", "needs_approval"];
export const requestClasses: readonly RequestClass[] = ["read", "write", "irreversible"];
export const requestKinds: readonly RequestKind[] = ["model", "tool", "function", "secret", "agent", "approval"];

/** The fields of a scope whose values are texts with `*`. */
export const textFields = ["target", "workflow", "tenant", "workspace", "principal"] as const;

/** Every bound of a policy. */
export const policyLimits = {
  rulesMax: 1000,
  /** Values of one field of a scope. */
  valuesMax: 100,
  /** Characters of a value, and of the texts of a request that rules are about. */
  textCharsMax: 1000,
  /** What all conditions together may take for one decision. */
  decisionStepsMax: 100_000,
  approvalsMax: 20,
} as const;

/**
 * The class of a request. Where nobody says what a call does it counts as a write; only what gives something out, or asks a person, is a read.
 */
export function classOf({ kind, effect, irreversible }: PolicyRequest): RequestClass {
  const changesNothing = kind === "model" || kind === "secret" || kind === "approval";
  if (effect === "read" || (effect === undefined && changesNothing)) return "read";
  return irreversible === true ? "irreversible" : "write";
}
