// Requests made to slip past rules: other tenants, other spellings, letters that look alike. None is let out that the rules do not name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isJsonObject, type Json } from "../../src/base/json.ts";
import { createPolicy } from "../../src/policy/policy.ts";
import type { PolicyRule } from "../../src/policy/rule.ts";
import type { Policy, PolicyRequest } from "../../src/ports/policy.ts";

const count = 10_000;

const rules: readonly PolicyRule[] = [
  {
    id: "desk",
    effect: "allow",
    when: {
      kind: ["tool"],
      target: ["zendesk@3.2.0/get_ticket", "zendesk@3.2.0/update_ticket", "github-issues@1.*"],
      class: ["read", "write"],
      tenant: ["acme"],
      workspace: ["support"],
      workflow: ["triage"],
      principal: ["oidc:ada@acme.example"],
      draft: false,
    },
    if: "!(has(arguments.url)) && size(arguments) <= 2",
  },
  { id: "no-models-choice", effect: "deny", when: { by_model: true, class: ["write"] } },
  { id: "no-delete", effect: "deny", when: { target: ["*delete*"] } },
];

const good: PolicyRequest = {
  tenant: "acme",
  workspace: "support",
  principal: "oidc:ada@acme.example",
  workflow: "triage",
  version: "v",
  path: "write",
  kind: "tool",
  target: "zendesk@3.2.0/get_ticket",
  effect: "read",
  arguments: { id: "7" },
};

/** Whether the rules name a request: by plain equality, which no spelling gets past. */
function isNamed(request: PolicyRequest): boolean {
  const { tenant, workspace, principal, workflow, kind, target, effect, irreversible, byModel, draft } = request;
  const own = [tenant, workspace, principal, workflow, kind].join("\n");
  if (own !== "acme\nsupport\noidc:ada@acme.example\ntriage\ntool" || draft === true) return false;
  if (!isNamedTarget(target) || !areNamedArguments(request.arguments ?? {})) return false;
  return effect === "read" || (irreversible !== true && byModel !== true);
}

function isNamedTarget(target: string): boolean {
  if (target === "zendesk@3.2.0/get_ticket" || target === "zendesk@3.2.0/update_ticket") return true;
  return /^github-issues@1\.[^]*$/.test(target) && !/delete|\p{Cc}|\p{Cf}|\p{Cs}/u.test(target);
}

function areNamedArguments(given: Json): boolean {
  return isJsonObject(given) && !Object.hasOwn(given, "url") && Object.keys(given).length <= 2;
}

/** A generator of numbers below 1 that gives the same for the same seed. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const lookAlike: Readonly<Record<string, string>> = {
  a: "а",
  e: "е",
  o: "о",
  c: "с",
  i: "і",
  "/": "∕",
  "@": "＠",
  ".": "․",
};

type Change = (text: string, chance: () => number) => string;

const changes: readonly Change[] = [
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(encodeURIComponent(text)),
  (text) => Buffer.from(text).toString("base64"),
  (text) => text.toUpperCase(),
  (text) => text.normalize("NFD").replace("e", "e\u0301").normalize("NFKD"),
  (text) => text.replace(/[aeoci/@.]/, (char) => lookAlike[char] ?? char),
  (text) => text.replace(/./u, (char) => String.fromCodePoint(0xfee0 + (char.codePointAt(0) ?? 0))),
  (text) => `${text}\u0000`,
  (text) => `${text}\n`,
  (text) => ` ${text}`,
  (text) => `${text}\u200b`,
  (text) => `\u202e${text}`,
  (text) => `${text}/`,
  (text) => `${text}/../delete_ticket`,
  (text) => `./${text}`,
  (text) => text.replace("/", "//"),
  (text) => text.replace("/", "\\"),
  (text) => `*${text}*`,
  () => "*",
  () => "**",
  () => "",
  () => "__proto__",
  () => "constructor",
  (text, chance) => text.slice(0, Math.floor(chance() * text.length)),
  (text, chance) => text + text.slice(Math.floor(chance() * text.length)),
  (text) => `${text},${text}`,
  (text) => `${text} zendesk@3.2.0/update_ticket`,
  (text) => text.repeat(400),
];

const whole: readonly Partial<PolicyRequest>[] = [
  { tenant: "globex" },
  { tenant: "acme/support" },
  { tenant: "acmé" },
  { workspace: "sales" },
  { workflow: "triage2" },
  { principal: "oidc:eve@acme.example" },
  { kind: "model" },
  { kind: "secret" },
  { kind: "agent" },
  { kind: "Tool" as never },
  { kind: ["tool"] as never },
  { target: ["zendesk@3.2.0/get_ticket"] as never },
  { target: { toString: () => "zendesk@3.2.0/get_ticket" } as never },
  { target: "zendesk@3.2.0/delete_ticket" },
  { target: "zendesk@4.0.0/get_ticket" },
  { target: "github-issues@1.0.0/delete_issue" },
  { target: "github-issues@2.0.0/get_issue" },
  { effect: "blind", irreversible: true },
  { effect: "keyed", byModel: true },
  { draft: true },
  { arguments: { url: "http://169.254.169.254/" } },
  { arguments: { id: "7", url: null } },
  { arguments: { a: 1, b: 2, c: 3 } },
  { arguments: [] },
  { arguments: "id" },
  { arguments: null },
  { roles: ["*", "admin"], tenant: "globex" },
];

const fields = ["target", "tenant", "workspace", "workflow", "principal"] as const;

/** A request that differs from one that is allowed, in one field or in several. */
function hostile(chance: () => number): PolicyRequest {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
  let request: PolicyRequest = {
    ...good,
    target: pick([good.target, "zendesk@3.2.0/update_ticket", "github-issues@1.0.0/get_issue"]),
  };
  const times = 1 + Math.floor(chance() * 3);
  for (let time = 0; time < times; time += 1) {
    const field = pick(fields);
    const text: unknown = request[field];
    const isWhole = chance() < 0.4 || typeof text !== "string";
    request = isWhole ? { ...request, ...pick(whole) } : { ...request, [field]: pick(changes)(text, chance) };
  }
  return request;
}

/** Requests that were let out though the rules do not name them, and how many were named and let out. */
function campaign(policy: Policy, seed: number): { readonly beyond: readonly PolicyRequest[]; readonly named: number } {
  const chance = chances(seed);
  const beyond: PolicyRequest[] = [];
  let named = 0;
  for (let made = 0; made < count; made += 1) {
    const request = hostile(chance);
    const isLetOut = policy.decide(request).outcome !== "deny";
    if (isLetOut && !isNamed(request)) beyond.push(request);
    if (isLetOut && isNamed(request)) named += 1;
  }
  return { beyond, named };
}

test(`of ${count} hostile requests none is let out that the rules do not name`, () => {
  const policy = createPolicy(rules);
  assert.equal(policy.decide(good).outcome, "allow", "control: the good one is");
  const { beyond, named } = campaign(policy, 5);
  assert.deepEqual(beyond.slice(0, 3), []);
  assert.ok(named < count / 10, `${named} of them were no attack at all`);
});

test("control: a policy that tidies texts up before it looks, and one that forgets a field, let some out", () => {
  const policy = createPolicy(rules);
  const tidy = (text: string): string => decodeURIComponent(text.normalize("NFKC").trim().toLowerCase());
  const tidying: Policy = {
    decide(request) {
      try {
        return policy.decide({ ...request, target: tidy(request.target) });
      } catch {
        return policy.decide(request);
      }
    },
  };
  assert.ok(campaign(tidying, 5).beyond.length > 0);
  for (const field of ["tenant", "workspace", "workflow", "principal", "target", "class", "draft"] as const) {
    const open = rules.map((rule) => {
      const { [field]: _field, ...when } = rule.when ?? {};
      return rule.effect === "allow" ? { ...rule, when } : rule;
    });
    assert.ok(campaign(createPolicy(open), 5).beyond.length > 0, field);
  }
  for (const id of ["no-models-choice", "no-delete"])
    assert.ok(campaign(createPolicy(rules.filter((rule) => rule.id !== id)), 5).beyond.length > 0, id);
});
