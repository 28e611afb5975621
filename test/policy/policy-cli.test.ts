// What people see of the rules: the commands, and what the checker says of a file that they do not let run.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { documentOf, openProject } from "../cli/project.ts";

const rules = `extends: default
rules:
  - id: refunds
    effect: needs_approval
    approvals: { count: 2, roles: [lead] }
    when: { kind: tool, target: "pay@*/refund*", class: write }
    if: arguments.amount > 100
  - { id: no-delete, effect: deny, when: { kind: tool, target: "*/delete_*" } }
`;
const cases = `cases:
  - { kind: tool, target: pay@1.0.0/refund, class: write, arguments: { amount: 5 }, expect: allow }
  - { name: a large refund, kind: tool, target: pay@1.0.0/refund, class: write, arguments: { amount: 500 }, expect: needs_approval, rules: refunds }
`;
const config = "roles: { lead: [local:ada] }\n";
const files = { "runwright.config.yaml": config, "policies/desk.yaml": rules };

test("policy show says every rule in force and where it stands", async () => {
  await using project = openProject(files);
  const text = await project.run("policy", "show");
  assert.equal(text.code, 0, text.stderr);
  assert.match(
    text.stdout,
    /refunds +needs_approval \(2 of lead\) +tool, target pay@\*\/refund\*, class write, if arg.* policies\/desk\.yaml:3/,
  );
  assert.match(text.stdout, /default\.models +allow +model +built in/);
  const document = documentOf(await project.run("policy", "show", "--json"));
  assert.equal((document["rules"] as readonly unknown[]).length, 8);
  await using bare = openProject({});
  assert.match((await bare.run("policy", "show")).stderr, /built in: there is no file in policies\//);
});

test("policy test runs the cases, and a case that is decided otherwise ends it with 1 and says why", async () => {
  await using project = openProject({ ...files, "policies/desk.test.yaml": cases });
  const good = await project.run("policy", "test");
  assert.equal(good.code, 0, good.stdout);
  assert.match(good.stderr, /2 cases: as expected/);
  await using wrong = openProject({
    ...files,
    "policies/desk.test.yaml": `${cases}  - { kind: agent, target: codex, expect: allow }\n`,
  });
  const bad = await wrong.run("policy", "test");
  assert.equal(bad.code, 1);
  assert.match(
    bad.stdout,
    /policies\/desk\.test\.yaml:4 +'agent codex' is deny by no rule, not allow\n +=.*No rule allows agent codex/,
  );
  assert.equal(documentOf({ ...(await wrong.run("policy", "test", "--json")), code: 0 })["ok"], false);
});

test("policy test says what the rules would do with one request, as its exit code too", async () => {
  await using project = openProject(files);
  const ask = (...args: readonly string[]) => project.run("policy", "test", "--kind", "tool", ...args);
  const refund = ["--target", "pay@1.0.0/refund", "--class", "write", "--arguments"];
  assert.equal((await ask(...refund, '{"amount":5}')).code, 0);
  const large = await ask(...refund, '{"amount":500}');
  assert.deepEqual([large.code, /approvals +2 of lead/.test(large.stdout)], [6, true], large.stdout);
  const denied = await ask("--target", "zendesk@3.2.0/delete_ticket");
  assert.deepEqual([denied.code, /^deny\n +rules +no-delete/.test(denied.stdout)], [8, true], denied.stdout);
  assert.equal((await ask("--target", "x@1/y", "--class", "irreversible", "--by-model")).code, 6);
});

test("what is asked wrongly is said, with what was expected", async () => {
  await using project = openProject(files);
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await project.run("policy", "test", ...args);
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(await refused(), /There are no cases in policies\/\*\.test\.yaml/);
  assert.match(await refused("--kind", "tool"), /needs --kind and --target/);
  assert.match(await refused("--role", "lead"), /needs --kind and --target/);
  assert.match(await refused("--kind", "tol", "--target", "x"), /--kind is one of model, tool/);
  assert.match(
    await refused("--kind", "tool", "--target", "x", "--class", "w"),
    /--class is one of read, write, irreversible/,
  );
  assert.match(await refused("--kind", "tool", "--target", "x", "--arguments", "{"), /--arguments takes JSON/);
  await using broken = openProject({ "policies/a.yaml": "rules: [{ id: a, efect: allow }]\n" });
  const shown = await broken.run("policy", "show");
  assert.equal(shown.code, 4);
  assert.match(shown.stderr, /policies\/a\.yaml:1:18 +unknown key 'efect'/);
});

const unseen = `workflow: unseen
models: { fast: openai/gpt-5-mini-2025-08-07 }
connectors: { desk: { use: zendesk@3.2.0, with: { subdomain: acme, email: a@acme.example, token: "\${secrets.DESK}" } } }
secrets: [DESK]
policy: { auto_write: true }
steps:
  - id: answer
    llm: fast
    prompt: Answer it
  - id: write
    tool: desk.update_ticket
    with: { id: "7", comment: "\${answer.output}" }
`;

test("a policy makes an unreviewed write an error, also where the file says that it may", async () => {
  const check = async (policy: string) => {
    await using project = openProject({ "unseen.workflow.yml": unseen, "policies/a.yaml": policy });
    return documentOf({ ...(await project.run("validate", "unseen.workflow.yml", "--json")), code: 0 });
  };
  const codesOf = (document: Readonly<Record<string, unknown>>): readonly string[] =>
    (document["files"] as readonly { diagnostics: readonly { severity: string; code: string }[] }[]).flatMap(
      ({ diagnostics }) => diagnostics.map(({ severity, code }) => `${severity} ${code}`),
    );
  assert.ok(!codesOf(await check("extends: default\n")).some((each) => each.endsWith("W070")), "control");
  assert.ok(codesOf(await check("extends: default\nunreviewed_writes: deny\n")).includes("error W070"));
});

test("a tool that no rule can let out is an error of the file that uses it", async () => {
  const rule = "rules: [{ id: reads, effect: allow, when: { kind: [tool, model], class: read } }]\n";
  await using project = openProject({ "unseen.workflow.yml": unseen, "policies/a.yaml": rule });
  const { code, stderr } = await project.run("validate", "unseen.workflow.yml");
  assert.equal(code, 4, stderr);
  assert.match(
    stderr,
    /E071.*this workspace does not allow desk\.update_ticket \(zendesk\.update_ticket\)[^]*it allows: /,
  );
  await using free = openProject({ "unseen.workflow.yml": unseen });
  assert.doesNotMatch((await free.run("validate", "unseen.workflow.yml")).stderr, /E071/);
});

test("the rules, the cases and the secrets of the documents do what these say", async () => {
  const blocks = (page: string): readonly string[] => {
    const text = readFileSync(path.resolve(import.meta.dirname, "../../docs", page), "utf8");
    return [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, block = ""]) => block);
  };
  const [desk = "", shell = "", tests = ""] = blocks("policy.md");
  const [secrets = ""] = blocks("secrets.md");
  const project = { "runwright.config.yaml": config + secrets, "policies/desk.yaml": desk };
  await using first = openProject({ ...project, "policies/desk.test.yaml": tests });
  const good = await first.run("policy", "test");
  assert.deepEqual([good.code, good.stderr], [0, "1 case: as expected\n"], good.stdout);
  assert.equal((await first.run("policy", "test", "--kind", "tool", "--target", "shell@1.0.0/run")).code, 8);
  await using second = openProject({ "policies/desk.yaml": shell });
  assert.equal((await second.run("policy", "test", "--kind", "tool", "--target", "shell@1.0.0/run")).code, 0);
});
