import { digestJson } from "../base/digest.ts";
import { messageOf, RunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { evaluateWithin } from "../language/expression/evaluate.ts";
import type { Names } from "../language/expression/tree.ts";
import type { Policy, PolicyDecision, PolicyRequest } from "../ports/policy.ts";
import { type Asked, type CompiledRule, compileRule } from "./compiled-rule.ts";
import { namesOf } from "./condition.ts";
import { classOf, type PolicyRule, policyLimits, requestKinds, textFields } from "./rule.ts";
import { indexRules } from "./rule-index.ts";

/** The roles of a principal, where the request does not say them; undefined: nobody knows. */
export type RolesOf = (principal: string) => readonly string[] | undefined;

/** What the rules that are about a request come to. */
interface Verdict {
  readonly holds: readonly PolicyRule[];
  /** Rules whose condition could not be worked out, with why. */
  readonly failed: readonly { readonly rule: PolicyRule; readonly why: string }[];
}

/**
 * A policy over these rules, and nothing else: what no rule allows is denied.
 *
 * It fails closed: a rule whose condition cannot be worked out denies, whatever it says, and so does a request that rules cannot be about.
 * Throws `config.invalid` for a rule that cannot be used.
 */
export function createPolicy(rules: readonly PolicyRule[], rolesOf: RolesOf = () => undefined): Policy {
  assertRules(rules);
  const version = digestJson(rules as unknown as Json);
  const index = indexRules(rules.map((rule) => compileRule(rule)));

  return {
    decide(request) {
      try {
        return { ...decided(request), version };
      } catch (error) {
        // Whoever asks must get an answer, and the safe one: nobody catches what a policy throws in front of every call.
        return { ...denied([], `The policy could not decide: ${messageOf(error)}`), version };
      }
    },
  };

  function decided(request: PolicyRequest): Said {
    const unfit = requestProblem(request);
    if (unfit !== undefined) return denied([], `No rule can be about this request: ${unfit}.`);
    const asked = { request, class: classOf(request), roles: request.roles ?? rolesOf(request.principal) };
    const about = index.of(request.kind, request.target).filter(({ fits }) => fits(asked));
    return saidOf(verdictOf(about, namesOf(request, asked.roles ?? [])), asked);
  }
}

type Said = Omit<PolicyDecision, "version">;

function assertRules(rules: readonly PolicyRule[]): void {
  if (rules.length > policyLimits.rulesMax)
    throw new RunwrightError(
      "config.invalid",
      `There are ${rules.length} rules; at most ${policyLimits.rulesMax} are kept.`,
    );
  const ids = new Set<string>();
  for (const { id } of rules) {
    if (ids.has(id))
      throw new RunwrightError("config.invalid", `Two rules have the id '${id}'; name one of them differently.`);
    ids.add(id);
  }
}

/** What is wrong with a request that does not come from our own code as it should. */
function requestProblem(request: PolicyRequest): string | undefined {
  if (!requestKinds.includes(request.kind)) return "it is of no kind that is known";
  for (const field of textFields) {
    const text: unknown = request[field];
    if (typeof text !== "string" || text === "") return `it has no ${field}`;
    if (text.length > policyLimits.textCharsMax)
      return `its ${field} has ${text.length} characters, and ${policyLimits.textCharsMax} are the most`;
    // Nobody sees these, and what only they tell apart would pass for the same.
    if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return `its ${field} has characters that cannot be seen`;
  }
  return undefined;
}

function verdictOf(about: readonly CompiledRule[], names: Names): Verdict {
  const budget = { stepsLeft: policyLimits.decisionStepsMax };
  const holds: PolicyRule[] = [];
  const failed: { readonly rule: PolicyRule; readonly why: string }[] = [];
  for (const { rule, condition } of about) {
    try {
      const value = condition === undefined || evaluateWithin(budget, condition, names);
      if (value === true) holds.push(rule);
      else if (value !== false) failed.push({ rule, why: "It gives neither true nor false." });
    } catch (error) {
      failed.push({ rule, why: messageOf(error) });
    }
  }
  return { holds, failed };
}

function saidOf({ holds, failed }: Verdict, asked: Asked): Said {
  const what = shown(asked);
  const deny = holds.filter(({ effect }) => effect === "deny");
  const [first] = failed;
  if (first !== undefined) {
    const ids = [...deny, ...failed.map(({ rule }) => rule)];
    return denied(
      ids,
      `The condition of rule '${first.rule.id}' cannot be worked out for ${what}, so it is denied. ${first.why}`,
    );
  }
  if (deny[0] !== undefined) return denied(deny, `Rule '${deny[0].id}' denies ${what}.`);

  const asks = holds.filter(({ effect }) => effect === "needs_approval");
  if (asks.length > 0) return approvalOf(asks, what);
  const allow = holds.filter(({ effect }) => effect === "allow");
  if (allow[0] === undefined) return denied([], `No rule allows ${what}.`);
  return { outcome: "allow", rules: idsOf(allow), reason: `Rule '${allow[0].id}' allows ${what}.` };
}

/** All that asks for approval asks for it at once: the most people, of roles that satisfy every rule. */
function approvalOf(rules: readonly PolicyRule[], what: string): Said {
  const asked = rules.flatMap(({ approvals }) => approvals ?? []);
  const count = Math.max(...asked.map((each) => each.count));
  const roles = [...new Set(asked[0]?.roles)].filter((role) => asked.every((each) => each.roles.includes(role)));
  if (roles.length === 0)
    return denied(
      rules,
      `Rules ${quoted(rules)} ask for approval of ${what} by people of different roles, and nobody can give all of it.`,
    );
  const people = count === 1 ? "one approval" : `${count} approvals`;
  const reason = `Rule ${quoted(rules)} asks for ${people} of ${roles.join(" or ")} for ${what}.`;
  return { outcome: "needs_approval", rules: idsOf(rules), reason, approvals: { count, roles } };
}

function denied(rules: readonly PolicyRule[], reason: string): Said {
  return { outcome: "deny", rules: idsOf(rules), reason };
}

function idsOf(rules: readonly PolicyRule[]): readonly string[] {
  return rules.map(({ id }) => id);
}

function quoted(rules: readonly PolicyRule[]): string {
  return rules.map(({ id }) => `'${id}'`).join(", ");
}

/** `tool zendesk@3.2.0/update_ticket (write) for local:ada`. */
function shown({ request, class: own }: Asked): string {
  const chosen = request.byModel === true ? ", chosen by a model" : "";
  return `${request.kind} ${request.target} (${own}${chosen}) for ${request.principal}`;
}
