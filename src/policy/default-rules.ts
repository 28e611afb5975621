import type { PolicyRule } from "./rule.ts";

/**
 * What holds where a project has no rules of its own: one person at their own machine, who wrote the file or read it. `docs/policy.md` has
 * the reasons.
 *
 * Agents are in none of them, and so denied, until this build carries them out.
 */
export const defaultRules: readonly PolicyRule[] = [
  { id: "default.models", effect: "allow", when: { kind: ["model"] } },
  { id: "default.functions", effect: "allow", when: { kind: ["function"] } },
  // A command of the shell can do whatever the person can: only a rule of one's own lets it out.
  { id: "default.tools", effect: "allow", when: { kind: ["tool"] }, if: '!(target.startsWith("shell@"))' },
  // What a model chose may be what a stranger wrote into a mail, and this cannot be taken back.
  {
    id: "default.model-writes",
    effect: "needs_approval",
    approvals: { count: 1, roles: ["requester"] },
    when: { kind: ["tool"], class: ["irreversible"], by_model: true },
  },
  { id: "default.secrets", effect: "allow", when: { kind: ["secret"], by_model: false } },
  { id: "default.approvals", effect: "allow", when: { kind: ["approval"] } },
];
