import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import type { PolicyDecision, PolicyRequest } from "../ports/policy.ts";
import { defaultRules } from "./default-rules.ts";
import { createPolicy } from "./policy.ts";
import { type PolicyRule, policyLimits } from "./rule.ts";

const request: PolicyRequest = {
  tenant: "local",
  workspace: "default",
  principal: "local:ada",
  roles: [],
  workflow: "triage",
  version: "v1",
  path: "write",
  kind: "tool",
  target: "zendesk@3.2.0/update_ticket",
  effect: "keyed",
};

const allow: PolicyRule = { id: "allow", effect: "allow" };
const deny: PolicyRule = { id: "deny", effect: "deny" };
const ask: PolicyRule = { id: "ask", effect: "needs_approval", approvals: { count: 1, roles: ["lead"] } };

function decided(rules: readonly PolicyRule[], over: Partial<PolicyRequest> = {}): PolicyDecision {
  return createPolicy(rules).decide({ ...request, ...over });
}

function said(rules: readonly PolicyRule[], over: Partial<PolicyRequest> = {}): string {
  const { outcome, rules: ids } = decided(rules, over);
  return [outcome, ...ids].join(" ");
}

test("what no rule allows is denied, and the reason names what was asked", () => {
  assert.equal(said([]), "deny");
  assert.match(decided([]).reason, /No rule allows tool zendesk@3\.2\.0\/update_ticket \(write\) for local:ada\./);
  assert.equal(said([{ ...allow, when: { kind: ["model"] } }]), "deny");
  assert.equal(said([allow]), "allow allow");
});

test("deny goes before needs_approval, and that before allow, in whatever order they stand", () => {
  for (const rules of [
    [allow, ask, deny],
    [deny, ask, allow],
    [ask, deny, allow],
  ])
    assert.equal(said(rules), "deny deny");
  assert.equal(said([allow, ask]), "needs_approval ask");
  assert.equal(said([ask, allow]), "needs_approval ask");
});

test("the class is derived from the effect class, and nobody can call a write a read", () => {
  const reads: PolicyRule = { ...allow, when: { class: ["read"] } };
  assert.equal(said([reads], { effect: "read" }), "allow allow");
  for (const effect of ["keyed", "readback", "conditional", "idempotent", "blind"] as const)
    assert.equal(said([reads], { effect }), "deny", effect);
  const { effect: _effect, ...silent } = request;
  const policy = createPolicy([reads]);
  assert.equal(policy.decide(silent).outcome, "deny", "what a tool does not say it does counts as a write");
  for (const kind of ["function", "agent"] as const)
    assert.equal(policy.decide({ ...silent, kind }).outcome, "deny", kind);
  for (const kind of ["model", "secret", "approval"] as const)
    assert.equal(policy.decide({ ...silent, kind }).outcome, "allow", kind);
  assert.equal(policy.decide({ ...silent, kind: "model", effect: "blind" }).outcome, "deny");
});

test("a rule that allows writes does not allow what cannot be undone, and one that denies writes denies that too", () => {
  const writes = { when: { class: ["write"] } } as const;
  assert.equal(said([{ ...allow, ...writes }]), "allow allow");
  assert.equal(said([{ ...allow, ...writes }], { irreversible: true }), "deny");
  assert.equal(said([allow, { ...deny, ...writes }], { irreversible: true }), "deny deny");
  assert.equal(said([allow, { ...ask, ...writes }], { irreversible: true }), "needs_approval ask");
  assert.equal(said([allow, { ...deny, ...writes }], { effect: "read" }), "allow allow");
  const last = { when: { class: ["irreversible"] } } as const;
  assert.equal(said([allow, { ...deny, ...last }]), "allow allow");
  assert.equal(said([{ ...allow, ...last }], { irreversible: true }), "allow allow");
});

test("a condition that cannot be worked out denies, whatever its rule says, and the decision says so", () => {
  const broken = { if: "arguments.amount > 100" };
  for (const rule of [allow, deny, ask]) {
    const decision = decided([allow, { ...rule, id: "broken", ...broken }], { arguments: { amount: "many" } });
    assert.deepEqual([decision.outcome, decision.rules], ["deny", ["broken"]]);
    assert.match(decision.reason, /The condition of rule 'broken' cannot be worked out .* denied\. In the expression/);
    assert.equal(said([allow, { ...rule, id: "broken", ...broken, when: { kind: ["model"] } }]), "allow allow");
  }
  assert.equal(said([allow, { ...deny, ...broken }], { arguments: { amount: 101 } }), "deny deny");
  assert.equal(said([allow, { ...deny, ...broken }], { arguments: { amount: 100 } }), "allow allow");
  assert.equal(said([{ ...allow, if: "arguments.flag" }], { arguments: { flag: "true" } }), "deny allow");
});

test("a condition reads the whole request, and is checked before it is used", () => {
  const whole = `kind == "tool" && target.startsWith("zendesk@") && class == "write" && principal == "local:ada" && roles == ["lead"]
    && tenant == "local" && workspace == "default" && workflow == "triage" && version == "v1" && path == "write" && draft && by_model
    && arguments.id == "7"`;
  const asked = { roles: ["lead"], draft: true, byModel: true, arguments: { id: "7" } } as const;
  assert.equal(said([{ ...allow, if: whole }], asked), "allow allow");
  assert.equal(said([{ ...allow, if: whole }], { ...asked, arguments: { id: "8" } }), "deny");
  for (const text of ["argumnts.id", "kind == 'tol'", "target", "1 +", "inputs.x", "steps.a.output"])
    assert.throws(
      () => createPolicy([{ ...allow, if: text }]),
      (error) => hasCode(error, "config.invalid"),
      text,
    );
});

test("all conditions of a decision share one bound, beyond which it is denied", () => {
  const list = Array.from({ length: 4000 }, (_, index) => index);
  const walks = (count: number): readonly PolicyRule[] =>
    Array.from({ length: count }, (_, at) => ({ ...allow, id: `walk-${at}`, if: "arguments.list.all(x, x >= 0)" }));
  assert.equal(decided(walks(1), { arguments: { list } }).outcome, "allow");
  const many = decided(walks(40), { arguments: { list } });
  assert.equal(many.outcome, "deny");
  assert.match(many.reason, /needs more than 100000 steps/);
});

test("roles: one of them is enough, * has all, and where nobody knows them only rules that restrict hold", () => {
  const forLeads = { when: { role: ["lead", "boss"] } } as const;
  assert.equal(said([{ ...allow, ...forLeads }], { roles: ["boss"] }), "allow allow");
  assert.equal(said([{ ...allow, ...forLeads }], { roles: ["lea", "leads"] }), "deny");
  assert.equal(said([{ ...allow, ...forLeads }], { roles: ["*"] }), "allow allow");
  assert.equal(said([allow, { ...deny, ...forLeads }], { roles: ["*"] }), "deny deny");
  assert.equal(said([allow, { ...deny, ...forLeads }]), "allow allow");
  const { roles: _roles, ...unknown } = request;
  assert.equal(createPolicy([{ ...allow, ...forLeads }]).decide(unknown).outcome, "deny");
  assert.equal(createPolicy([allow, { ...deny, ...forLeads }]).decide(unknown).outcome, "deny");
  const known = createPolicy([{ ...allow, ...forLeads }], (who) => (who === "local:ada" ? ["lead"] : []));
  assert.equal(known.decide(unknown).outcome, "allow");
  assert.equal(known.decide({ ...unknown, principal: "local:eve" }).outcome, "deny");
  assert.equal(known.decide({ ...request, roles: [] }).outcome, "deny", "what the request says goes before");
});

test("several rules that ask for approval ask for the most people, of roles that satisfy all of them", () => {
  const two: PolicyRule = { id: "two", effect: "needs_approval", approvals: { count: 2, roles: ["boss", "lead"] } };
  const both = decided([ask, two]);
  assert.deepEqual([both.rules, both.approvals], [["ask", "two"], { count: 2, roles: ["lead"] }]);
  const other: PolicyRule = { id: "other", effect: "needs_approval", approvals: { count: 1, roles: ["boss"] } };
  assert.equal(said([ask, other]), "deny ask other");
  assert.equal(decided([allow]).approvals, undefined);
});

test("rules that name their targets in full are found without the others, and decide as they would alone", () => {
  const many = Array.from({ length: 900 }, (_, at): PolicyRule => ({
    id: `rule-${at}`,
    effect: at % 2 === 0 ? "allow" : "deny",
    when: { kind: ["tool"], target: [`a@1/${at}`, `b@1/${at}`] },
  }));
  const policy = createPolicy(many);
  for (let at = 0; at < 900; at += 1) {
    const decision = policy.decide({ ...request, target: `b@1/${at}` });
    assert.deepEqual([decision.outcome, decision.rules], [at % 2 === 0 ? "allow" : "deny", [`rule-${at}`]]);
  }
  assert.equal(policy.decide({ ...request, target: "b@1/900" }).outcome, "deny");
  assert.equal(policy.decide({ ...request, kind: "model", target: "b@1/0" }).outcome, "deny");
  const mixed: readonly PolicyRule[] = [
    { ...allow, when: { target: ["a@1/x"] } },
    { ...deny, when: { target: ["a@*"] } },
  ];
  assert.equal(said(mixed, { target: "a@1/x" }), "deny deny");
});

test("a decision never throws: what rules cannot be about is denied", () => {
  const policy = createPolicy([allow]);
  const unfit: readonly unknown[] = [
    undefined,
    null,
    {},
    { ...request, kind: "everything" },
    { ...request, target: undefined },
    { ...request, target: "" },
    { ...request, tenant: 7 },
    { ...request, target: "a".repeat(policyLimits.textCharsMax + 1) },
    { ...request, target: "zendesk@3.2.0/update\u200b_ticket" },
    { ...request, workflow: "a\u0000b" },
    { ...request, principal: "local:\u202eada" },
    new Proxy(request, {
      get: () => {
        throw new Error("gone");
      },
    }),
  ];
  for (const each of unfit) assert.equal(policy.decide(each as PolicyRequest).outcome, "deny");
  const roles = createPolicy([{ ...allow, when: { role: ["lead"] } }]);
  assert.equal(roles.decide({ ...request, roles: 7 as never }).outcome, "deny");
  assert.equal(policy.decide(request).outcome, "allow", "control");
});

test("rules that cannot be used are refused before anything is decided", () => {
  const wrong: readonly (readonly PolicyRule[])[] = [
    [allow, allow],
    [{ id: "a", effect: "needs_approval" }],
    [{ ...allow, approvals: { count: 1, roles: ["lead"] } }],
    [{ ...ask, approvals: { count: 0, roles: ["lead"] } }],
    [{ ...ask, approvals: { count: 1, roles: [] } }],
    Array.from({ length: policyLimits.rulesMax + 1 }, (_, at) => ({ ...allow, id: `r${at}` })),
  ];
  for (const rules of wrong)
    assert.throws(
      () => createPolicy(rules),
      (error) => hasCode(error, "config.invalid"),
    );
});

test("the version is the digest of the rules: any change of them shows, and the same rules have the same", () => {
  const { version } = decided([allow, deny]);
  assert.match(version, /^[0-9a-f]{64}$/);
  assert.equal(decided([{ ...allow }, { effect: "deny", id: "deny" }]).version, version);
  const others = [
    [allow],
    [deny, allow],
    [{ ...allow, when: { draft: true } }, deny],
    [{ ...allow, if: "draft" }, deny],
  ];
  for (const rules of others) assert.notEqual(decided(rules).version, version);
});

test("without rules of one's own models, functions, tools and secrets work; the shell, agents and a model's last word do not", () => {
  const outcome = (over: Partial<PolicyRequest>): string => decided(defaultRules, over).outcome;
  for (const kind of ["model", "tool", "function", "secret", "approval"] as const)
    assert.equal(outcome({ kind, target: "x@1/y" }), "allow", kind);
  assert.equal(outcome({ irreversible: true }), "allow");
  assert.equal(outcome({ byModel: true }), "allow");
  assert.equal(outcome({ byModel: true, irreversible: true }), "needs_approval");
  assert.equal(outcome({ kind: "secret", byModel: true }), "deny");
  assert.equal(outcome({ kind: "agent" }), "deny");
  assert.equal(outcome({ target: "shell@1.0.0/run" }), "deny");
  const names = ["models", "functions", "tools", "model-writes", "secrets", "approvals"];
  assert.deepEqual(
    defaultRules.map(({ id }) => id),
    names.map((name) => `default.${name}`),
  );
  const asked = decided(defaultRules, { byModel: true, irreversible: true });
  assert.match(
    asked.reason,
    /one approval of requester for tool \S+ \(irreversible, chosen by a model\) for local:ada/,
  );
  const opened = [...defaultRules, { ...allow, when: { target: ["shell@1.0.0/run"] } }];
  assert.equal(decided(opened, { target: "shell@1.0.0/run" }).outcome, "allow", "a rule of one's own lets it out");
});
