import assert from "node:assert/strict";
import { test } from "node:test";
import type { ActionDescriptor, ConnectorDescriptor } from "../language/connector.ts";
import type { PolicyRequest } from "../ports/policy.ts";
import { defaultRules } from "./default-rules.ts";
import { createPolicy } from "./policy.ts";
import type { PolicyRule } from "./rule.ts";
import { reachableTools } from "./tool-reach.ts";

const action = (over: Partial<ActionDescriptor>): ActionDescriptor => ({
  title: "",
  effect: "read",
  input: {},
  ...over,
});

const desk: ConnectorDescriptor = {
  name: "desk",
  version: "1.0.0",
  title: "",
  actions: {
    get: action({}),
    update: action({ effect: "keyed", undo: "update" }),
    close: action({ effect: "blind" }),
  },
};
const other = { ...desk, name: "other" };
const all = ["desk.get", "desk.update", "desk.close", "other.get", "other.update", "other.close"];

function reached(...rules: readonly Omit<PolicyRule, "id">[]): readonly string[] {
  return (
    reachableTools(
      rules.map((rule, at) => ({ id: `r${at}`, ...rule })),
      [desk, other],
    ) ?? all
  );
}

test("without rules that name tools all can be reached, without any rule none", () => {
  assert.equal(reachableTools(defaultRules, [desk, other]), undefined);
  assert.deepEqual(reached({ effect: "allow" }), all);
  assert.deepEqual(reached(), []);
  assert.deepEqual(reached({ effect: "allow", when: { kind: ["model"] } }), []);
});

test("what rules let out by name or class can be reached, whatever else they ask for", () => {
  assert.deepEqual(reached({ effect: "allow", when: { target: ["desk@1.*/get", "other@*"] } }), [
    "desk.get",
    ...all.slice(3),
  ]);
  assert.deepEqual(reached({ effect: "allow", when: { class: ["read"], role: ["lead"] }, if: "draft" }), [
    "desk.get",
    "other.get",
  ]);
  const ask = {
    effect: "needs_approval",
    approvals: { count: 1, roles: ["lead"] },
    when: { target: ["desk@1.0.0/close"] },
  } as const;
  assert.deepEqual(reached(ask), ["desk.close"]);
});

test("a denial takes away what it is about in any case, and leaves what depends on more", () => {
  const allow = { effect: "allow" } as const;
  assert.deepEqual(reached(allow, { effect: "deny", when: { class: ["write"] } }), ["desk.get", "other.get"]);
  assert.deepEqual(
    reached(allow, { effect: "deny", when: { target: ["*/close"] } }),
    all.filter((name) => !name.endsWith("close")),
  );
  assert.deepEqual(reached(allow, { effect: "deny", when: { target: ["*/close"], draft: true } }), all);
  assert.deepEqual(reached(allow, { effect: "deny", when: { target: ["*/close"] }, if: "arguments.x == 1" }), all);
  assert.deepEqual(reached({ effect: "allow", when: { class: ["irreversible"] } }), ["desk.close", "other.close"]);
});

test("what is said not to be reached is denied to everybody who asks", () => {
  const rules: readonly PolicyRule[] = [
    { id: "a", effect: "allow", when: { kind: ["tool"], target: ["desk@*"], class: ["read", "write"] } },
    { id: "b", effect: "deny", when: { target: ["*/update"] } },
  ];
  const names = reachableTools(rules, [desk, other]) ?? [];
  assert.deepEqual(names, ["desk.get", "desk.close"], "a step may say how a close is undone");
  const policy = createPolicy(rules);
  for (const { name, actions } of [desk, other])
    for (const [key, { effect }] of Object.entries(actions)) {
      const base = {
        tenant: "t",
        workspace: "w",
        workflow: "f",
        principal: "p",
        version: "v",
        path: "s",
        roles: ["*"],
      };
      const asked: PolicyRequest = { ...base, kind: "tool", target: `${name}@1.0.0/${key}`, effect };
      const isLetOut = [asked, { ...asked, irreversible: true as const }].some(
        (each) => policy.decide(each).outcome !== "deny",
      );
      assert.equal(names.includes(`${name}.${key}`), isLetOut, `${name}.${key}`);
    }
});
