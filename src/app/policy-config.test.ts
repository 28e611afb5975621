import assert from "node:assert/strict";
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { loadConfig } from "./config.ts";
import { runCases, simulate } from "./policy-cases.ts";
import { loadPolicy } from "./project-policy.ts";

function project(files: Readonly<Record<string, string>>): Disposable & { readonly path: string } {
  const folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-policy-"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder.path, file)), { recursive: true });
    writeFileSync(path.join(folder.path, file), text);
  }
  return folder;
}

async function rulesIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  using folder = project(files);
  const { rules } = loadPolicy(await loadConfig(folder.path, {}));
  return rules.map(({ rule, from }) => `${rule.id} ${from}`);
}

/** The message with which the policy of these files is refused. */
async function refused(files: Readonly<Record<string, string>>): Promise<string> {
  try {
    await rulesIn(files);
  } catch (error) {
    assert.ok(hasCode(error, "config.invalid"), String(error));
    return error.message;
  }
  throw new Error("It was not refused.");
}

const reads = "{ id: reads, effect: allow, when: { class: read } }";
const config = "roles: { lead: [local:ada] }\n";

test("without rules those of the product hold; rules of one's own take their place, or stand beside them", async () => {
  assert.ok((await rulesIn({})).includes("default.models built in"));
  assert.deepEqual(await rulesIn({ "policies/a.yaml": `rules:\n  - ${reads}\n` }), ["reads policies/a.yaml:2"]);
  const beside = await rulesIn({ "policies/a.yml": `extends: default\nrules:\n  - ${reads}\n` });
  assert.ok(beside.includes("default.models built in") && beside.includes("reads policies/a.yml:3"));
  assert.deepEqual(await rulesIn({ "policies/a.yaml": "# nothing yet\n" }), [], "an empty file denies everything");
});

test("rules come from the files that the configuration names, or stand in it; cases are no rules", async () => {
  const files = {
    "policies/a.yaml": `rules: [${reads}]\n`,
    "policies/a.test.yaml": "cases: []\n",
    "other/b.yaml": "rules: [{ id: all, effect: allow }]\n",
  };
  assert.deepEqual(await rulesIn(files), ["reads policies/a.yaml:1"]);
  const named = (policy: string) => rulesIn({ ...files, "runwright.config.yaml": `policy: ${policy}\n` });
  assert.deepEqual(await named("other/*.yaml"), ["all other/b.yaml:1"]);
  assert.deepEqual(await named("[other/b.yaml, policies/a.yaml]"), ["all other/b.yaml:1", "reads policies/a.yaml:1"]);
  assert.deepEqual(await named("{ rules: [{ id: own, effect: allow }] }"), ["own runwright.config.yaml:1"]);
});

test("rules that are meant and not found are never taken for none", async () => {
  assert.match(
    await refused({ "runwright.config.yaml": "policy: policies/*.yaml\n" }),
    /There is no file policies\/\*\.yaml/,
  );
  assert.match(
    await refused({ "runwright.config.yaml": "policy: [a.yaml, b.yaml]\n", "a.yaml": `rules: [${reads}]\n` }),
    /There is no file b\.yaml/,
  );
  assert.match(
    await refused({ "runwright.config.yaml": "policy: pol*/a.yaml\n" }),
    /:1:9 +a file of rules ends in \.yaml/,
  );
  const twice = { "policies/a.yaml": `rules: [${reads}]\n`, "policies/b.yaml": `rules: [${reads}]\n` };
  assert.match(await refused(twice), /The rule 'reads' is in policies\/a\.yaml:1 and in policies\/b\.yaml:1/);
  const named = { "policies/a.yaml": "extends: default\nrules: [{ id: default.tools, effect: deny }]\n" };
  assert.match(await refused(named), /'default\.tools' is in built in and in policies\/a\.yaml:2/);
});

test("every mistake of a file of rules is told at once, with its place and what to do", async () => {
  const text = `rule: []
extends: mine
unreviewed_writes: no
rules:
  - { effect: allow }
  - { id: Big, effect: alow }
  - { id: a, effect: needs_approval }
  - { id: b, effect: deny, approvals: { roles: [lead] } }
  - { id: c, effect: needs_approval, approvals: { count: 0, roles: [laed] } }
  - { id: d, effect: allow, when: { knd: tool, kind: tol, class: [], target: [], role: boss } }
  - { id: e, effect: allow, if: "arguments.n > 1 && targt == 'x'" }
  - { id: e, effect: allow }
  - all
  - { id: f }
`;
  const message = await refused({ "runwright.config.yaml": config, "policies/a.yaml": text });
  for (const line of [
    /policies\/a\.yaml:1:1 +unknown key 'rule' in a policy[^]*did you mean 'rules'/,
    /:2:10 +extends is default, not 'mine'/,
    /:3:20 +unreviewed_writes is warn or deny, not 'no'/,
    /:5:5 +the rule has no id[^]*decisions and tests name it/,
    /:6:11 +'Big' is not the id of a rule/,
    /:6:24 +effect is allow, deny or needs_approval, not 'alow'[^]*did you mean 'allow'/,
    /:7:5 +needs_approval does not say whose approval/,
    /:8:28 +'approvals' belongs to needs_approval, not to deny/,
    /:9:58 +'count' is a whole number from 1 to 20/,
    /:9:69 +there is no role 'laed'[^]*did you mean 'lead'/,
    /:10:37 +unknown key 'knd' under when[^]*did you mean 'kind'/,
    /:10:54 +kind is model, tool, function, secret, agent or approval, not 'tol'/,
    /:10:66 +'class' is empty: no request would fit/,
    /:10:78 +'target' is empty: no request would fit/,
    /:10:88 +there is no role 'boss'[^]*add it under roles: in runwright\.config\.yaml/,
    /:11:53 +unknown name 'targt'[^]*did you mean 'target'/,
    /:12:7 +the rule 'e' is there twice/,
    /:13:5 +a rule is a map, not text/,
    /:14:5 +the rule does not say its effect/,
  ])
    assert.match(message, line);
});

test("where the configuration names no roles any name is taken, as at gates", async () => {
  const text = "rules:\n  - { id: a, effect: needs_approval, approvals: { roles: [leads] }, when: { role: boss } }\n";
  assert.deepEqual(await rulesIn({ "policies/a.yaml": text }), ["a policies/a.yaml:2"]);
  assert.match(await refused({ "runwright.config.yaml": config, "policies/a.yaml": text }), /there is no role 'leads'/);
});

test("a person has the roles that the configuration gives them", async () => {
  using folder = project({
    "runwright.config.yaml": config,
    "policies/a.yaml": "rules: [{ id: leads, effect: allow, when: { role: lead } }]\n",
  });
  const own = await loadConfig(folder.path, {});
  const outcome = (principal?: string): string =>
    simulate(own, { kind: "tool", target: "a@1/b", ...(principal !== undefined && { principal }) }).outcome;
  assert.equal(outcome("local:ada"), "allow");
  assert.equal(outcome("local:eve"), "deny");
  assert.equal(outcome(), "deny", "who types the command does not matter");
});

test("cases say whether the rules decide as expected, and by which rules", async () => {
  using folder = project({
    "policies/a.yaml": `extends: default
rules:
  - { id: large, effect: needs_approval, approvals: { roles: [requester] }, when: { kind: tool, class: write }, if: arguments.n > 100 }
`,
    "policies/a.test.yaml": `cases:
  - { kind: tool, target: a@1/b, class: write, arguments: { n: 5 }, expect: allow, rules: default.tools }
  - { name: large, kind: tool, target: a@1/b, class: write, arguments: { n: 500 }, expect: needs_approval, rules: [large] }
  - { name: wrong, kind: tool, target: a@1/b, class: read, expect: deny }
  - { name: other rule, kind: model, target: a/b, expect: allow, rules: [large] }
  - { kind: tool, target: a@1/b, class: irreversible, by_model: true, arguments: { n: 1 }, expect: needs_approval }
`,
  });
  const results = runCases(await loadConfig(folder.path, {}));
  assert.deepEqual(
    results.map(({ name, from, ok }) => [name, from, ok]),
    [
      ["tool a@1/b", "policies/a.test.yaml:2", true],
      ["large", "policies/a.test.yaml:3", true],
      ["wrong", "policies/a.test.yaml:4", false],
      ["other rule", "policies/a.test.yaml:5", false],
      ["tool a@1/b", "policies/a.test.yaml:6", true],
    ],
  );
});

test("a mistake in a file of cases is told like one in a workflow", async () => {
  const cases =
    "cases:\n  - { knd: tool, target: a, expect: allow }\n  - { kind: tool, target: a, expect: yes }\n  - x\n";
  using folder = project({ "policies/a.test.yaml": cases });
  const own = await loadConfig(folder.path, {});
  assert.throws(
    () => runCases(own),
    (error) => {
      assert.ok(hasCode(error, "config.invalid"));
      assert.match(error.message, /a\.test\.yaml:2:7 +unknown key 'knd' in a case/);
      assert.match(error.message, /:2:5 +the case has no 'kind'/);
      assert.match(error.message, /:3:38 +expect is allow, deny or needs_approval, not 'yes'/);
      assert.match(error.message, /:4:5 +a case is a map, not text/);
      return true;
    },
  );
});
