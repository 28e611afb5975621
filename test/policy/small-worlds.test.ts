// Every rule of a small world, alone and together with others, against every request of it: the product must decide as a plain reference does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPolicy } from "../../src/policy/policy.ts";
import type { PolicyRule, RuleScope } from "../../src/policy/rule.ts";
import type { PolicyDecision, PolicyRequest } from "../../src/ports/policy.ts";
import { conditions, expected } from "./reference.ts";

const effects: readonly Pick<PolicyRule, "effect" | "approvals">[] = [
  { effect: "allow" },
  { effect: "deny" },
  { effect: "needs_approval", approvals: { count: 1, roles: ["lead"] } },
];

/** One value of each field that a scope can have, and the field left out. */
const scopes: readonly RuleScope[] = product<RuleScope>([
  [{}, { kind: ["tool"] }, { kind: ["model", "secret"] }],
  [{}, { target: ["a@1/x"] }, { target: ["a@*", "b@1/y"] }, { target: ["*/x"] }],
  [{}, { class: ["read"] }, { class: ["write"] }, { class: ["irreversible"] }],
  [{}, { role: ["lead"] }],
]);
const rarer: readonly RuleScope[] = [
  { tenant: ["t1"] },
  { workspace: ["w*"] },
  { workflow: ["tri*", "other"] },
  { principal: ["local:ada"] },
  { draft: true },
  { draft: false },
  { by_model: true },
  { by_model: false },
];
const texts = [undefined, ...Object.keys(conditions)];

const requests: readonly PolicyRequest[] = product<Partial<PolicyRequest>>([
  [{ kind: "tool" }, { kind: "model" }],
  [{ target: "a@1/x" }, { target: "a@2/y" }, { target: "b@1/y" }],
  [{}, { effect: "read" }, { effect: "keyed" }, { effect: "blind", irreversible: true }],
  [{}, { roles: [] }, { roles: ["lead"] }, { roles: ["*"] }],
  [{}, { arguments: { a: "x", n: 2 }, principal: "local:ada" }, { arguments: { n: "2" }, draft: true, byModel: true }],
  [{}, { tenant: "t1", workspace: "w", workflow: "triage" }],
]).map((over) => ({
  tenant: "t2",
  workspace: "v",
  principal: "local:eve",
  workflow: "none",
  version: "1",
  path: "p",
  kind: "tool",
  target: "a@1/x",
  ...over,
}));

function product<T extends object>(choices: readonly (readonly T[])[]): readonly T[] {
  return choices.reduce<readonly T[]>(
    (made, next) => made.flatMap((one) => next.map((each) => ({ ...one, ...each }))),
    [{} as T],
  );
}

function rulesOf(scopesOf: readonly RuleScope[], textsOf: readonly (string | undefined)[]): readonly PolicyRule[] {
  return effects.flatMap((effect) =>
    scopesOf.flatMap((when) =>
      textsOf.map((text, at) => ({
        id: `${effect.effect}-${JSON.stringify(when)}-${at}`,
        ...effect,
        when,
        ...(text !== undefined && { if: text }),
      })),
    ),
  );
}

type Decide = (rules: readonly PolicyRule[]) => (request: PolicyRequest) => PolicyDecision;

/** How many decisions differ from what they must be, and how many there were of each outcome. */
function compare(
  sets: Iterable<readonly PolicyRule[]>,
  asked: readonly PolicyRequest[],
  decide: Decide = (rules) => {
    const policy = createPolicy(rules);
    return (request) => policy.decide(request);
  },
): { readonly different: readonly string[]; readonly seen: ReadonlyMap<string, number> } {
  const different: string[] = [];
  const seen = new Map<string, number>();
  for (const rules of sets) {
    const decideBy = decide(rules);
    for (const request of asked) {
      const { outcome, rules: ids } = decideBy(request);
      const wanted = expected(rules, request);
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      if ([outcome, ...ids].join("\n") !== wanted.join("\n") && different.length < 5)
        different.push(JSON.stringify({ rules, request, outcome, ids, wanted }));
    }
  }
  return { different, seen };
}

test("every rule alone decides every request as the reference does", () => {
  const single = [...rulesOf(scopes, texts), ...rulesOf(rarer, texts)];
  const { different, seen } = compare(
    single.map((rule) => [rule]),
    requests,
  );
  assert.deepEqual(different, []);
  for (const outcome of ["allow", "deny", "needs_approval"])
    assert.ok((seen.get(outcome) ?? 0) > 5000, `${outcome}: ${seen.get(outcome) ?? 0}`);
});

test("every two and every three of a choice of rules decide as the reference does, in whatever order", () => {
  const few = rulesOf(
    [{}, { kind: ["tool"] }, { target: ["a@1/x"] }, { target: ["a@*"] }, { class: ["write"] }, { role: ["lead"] }],
    [undefined, "arguments.n > 1"],
  );
  const fewest = rulesOf([{}, { target: ["a@1/x"] }], [undefined, 'arguments.a == "x"']);
  const pairs = few.flatMap((one) => few.flatMap((other) => (one === other ? [] : [[one, other]])));
  const triples = fewest.flatMap((a) =>
    fewest.flatMap((b) => fewest.flatMap((c) => (new Set([a, b, c]).size < 3 ? [] : [[a, b, c]]))),
  );
  const some = requests.filter((_, at) => at % 7 === 0);
  const { different, seen } = compare([...pairs, ...triples], some);
  assert.deepEqual(different, []);
  for (const outcome of ["allow", "deny", "needs_approval"]) assert.ok((seen.get(outcome) ?? 0) > 5000, outcome);
});

test("control: a policy in which allow goes before deny, one whose conditions fail open and one that takes all for reads are found", () => {
  const rules = rulesOf([{}, { class: ["read"] }], [undefined, "arguments.n > 1"]);
  const pairs = rules.flatMap((one) => rules.flatMap((other) => (one === other ? [] : [[one, other]])));
  const wrong: readonly Decide[] = [
    (set) => {
      const [own, strict] = [createPolicy(set.filter(({ effect }) => effect === "allow")), createPolicy(set)];
      return (request) => {
        const first = own.decide(request);
        return first.outcome === "allow" ? first : strict.decide(request);
      };
    },
    (set) => (request) => {
      const holds = set.filter((rule) => rule.if === undefined || conditions[rule.if]?.(request) === true);
      return createPolicy(holds.map(({ if: _condition, ...rule }) => rule)).decide(request);
    },
    (set) => (request) => createPolicy(set).decide({ ...request, effect: "read" }),
  ];
  for (const decide of wrong) assert.ok(compare(pairs, requests.slice(0, 40), decide).different.length > 0);
});
