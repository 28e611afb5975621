import { RunwrightError } from "../base/error.ts";
import type { Expression } from "../language/expression/tree.ts";
import type { PolicyRequest } from "../ports/policy.ts";
import { compileCondition } from "./condition.ts";
import { type PolicyRule, policyLimits, type RequestClass, type RuleScope, textFields } from "./rule.ts";
import { textPattern } from "./text-pattern.ts";

/** A request with what is derived from it once for all rules. */
export interface Asked {
  readonly request: PolicyRequest;
  readonly class: RequestClass;
  /** Undefined: nobody knows which roles whoever asks has. `*` among them: all. */
  readonly roles: readonly string[] | undefined;
}

/** A rule, ready to be held against requests. */
export interface CompiledRule {
  readonly rule: PolicyRule;
  /** Whether the request is one that its scope is about. Its condition is another matter. */
  readonly fits: (asked: Asked) => boolean;
  readonly condition: Expression | undefined;
}

type Test = (asked: Asked) => boolean;

/** Makes a rule ready. Throws `config.invalid` for one that cannot be used: no rule is left out silently. */
export function compileRule(rule: PolicyRule): CompiledRule {
  const { id, effect, approvals, when = {} } = rule;
  if ((effect === "needs_approval") !== (approvals !== undefined))
    throw invalid(id, "approvals go with needs_approval and with nothing else");
  if (approvals !== undefined && (approvals.count < 1 || approvals.roles.length === 0))
    throw invalid(id, "it takes one approval at least, of one role at least");
  const tests = [...textTests(when), ...wordTests(when, effect !== "allow")];
  return { rule, fits: (asked) => tests.every((test) => test(asked)), condition: conditionOf(rule) };
}

function conditionOf(rule: PolicyRule): Expression | undefined {
  if (rule.if === undefined) return undefined;
  const { expression, problems } = compileCondition(rule.if);
  if (expression !== undefined && problems.length === 0) return expression;
  throw invalid(rule.id, problems[0]?.message ?? "its condition cannot be read");
}

function textTests(when: RuleScope): readonly Test[] {
  return textFields.flatMap((field) => {
    const written = when[field];
    if (written === undefined) return [];
    const patterns = written.map((each) => textPattern(each));
    return [({ request }: Asked) => patterns.some((fits) => fits(request[field]))];
  });
}

function wordTests(
  { kind, class: classes, role, draft, by_model: byModel }: RuleScope,
  restricts: boolean,
): readonly Test[] {
  const tests: Test[] = [];
  if (kind !== undefined) tests.push(({ request }) => kind.includes(request.kind));
  // A rule that restricts writes restricts those too that nothing can undo; one that allows writes does not allow them.
  if (classes !== undefined)
    tests.push(
      (asked) =>
        classes.includes(asked.class) || (restricts && asked.class === "irreversible" && classes.includes("write")),
    );
  if (role !== undefined) tests.push(({ roles }) => hasRole(roles, role, restricts));
  if (draft !== undefined) tests.push(({ request }) => (request.draft === true) === draft);
  if (byModel !== undefined) tests.push(({ request }) => (request.byModel === true) === byModel);
  return tests;
}

/** Where nobody knows the roles a rule that restricts them holds, and one that allows does not. */
function hasRole(roles: readonly string[] | undefined, wanted: readonly string[], restricts: boolean): boolean {
  if (roles === undefined) return restricts;
  return roles.includes("*") || wanted.some((role) => roles.includes(role));
}

function invalid(id: string, what: string): RunwrightError {
  return new RunwrightError(
    "config.invalid",
    `Rule '${id.slice(0, policyLimits.textCharsMax)}' cannot be used: ${what}.`,
  );
}
