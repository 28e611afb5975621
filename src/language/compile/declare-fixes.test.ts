import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import type { World } from "../world.ts";

const world: Partial<World> = {
  functions: ["audit"],
  roles: ["reviewers"],
  agents: ["codex"],
  connectors: [{ name: "zendesk", version: "3.2.0", title: "Tickets", actions: {} }],
};

/** What is offered as an edit, put into the file. */
function mended(text: string): string {
  const { diagnostics } = compileWorkflow({ file: "x.workflow.yml", text }, world);
  const [first, ...others] = diagnostics;
  assert.equal(others.length, 0, diagnostics.map(({ message }) => message).join("\n"));
  const fix = first?.fix;
  assert.ok(fix !== undefined, `${first?.message ?? "nothing was said"}: no edit`);
  return `${text.slice(0, fix.range.start)}${fix.text}${text.slice(fix.range.end)}`;
}

const mistakes: Readonly<Record<string, readonly [line: string, mended: string]>> = {
  "a connector without a version": ["connectors: { d: zendesk }", "connectors: { d: zendesk@3.2.0 }"],
  "a misspelt connector": ['connectors: { d: "zendesc@3.2.0" }', 'connectors: { d: "zendesk@3.2.0" }'],
  "a misspelt kind of agent": ["agents: { a: { use: codx@0.63.0 } }", "agents: { a: { use: codex@0.63.0 } }"],
  "a misspelt document": [
    "documents: { backlog: {} }\nentities: { epic: { from: backlg.epics, key: id } }",
    "documents: { backlog: {} }\nentities: { epic: { from: backlog.epics, key: id } }",
  ],
  "a misspelt acceptor": [
    "documents: { idea: { accept: { by: [reviewrs] } } }",
    "documents: { idea: { accept: { by: [reviewers] } } }",
  ],
  "a path without its slash": [
    'secrets: [KEY]\non: { webhook: { path: mail, auth: { token: "${secrets.KEY}" } } }',
    'secrets: [KEY]\non: { webhook: { path: /mail, auth: { token: "${secrets.KEY}" } } }',
  ],
  "a misspelt secret": [
    'secrets: [MAIL_KEY]\non: { webhook: { path: /mail, auth: { token: "${secrets.MAIL_KY}" } } }',
    'secrets: [MAIL_KEY]\non: { webhook: { path: /mail, auth: { token: "${secrets.MAIL_KEY}" } } }',
  ],
  "the name of a secret where the secret is meant": [
    "secrets: [MAIL_KEY]\non: { webhook: { path: /mail, auth: { token: MAIL_KEY } } }",
    'secrets: [MAIL_KEY]\non: { webhook: { path: /mail, auth: { token: "${secrets.MAIL_KEY}" } } }',
  ],
  "a short word of another cron": ['on: { schedule: { cron: "@daily" } }', 'on: { schedule: { cron: "0 0 * * *" } }'],
  "a misspelt time zone": [
    "on: { schedule: { cron: 0 7 * * *, timezone: America/New_Yrok } }",
    "on: { schedule: { cron: 0 7 * * *, timezone: America/New_York } }",
  ],
  "a misspelt input of a trigger": [
    "inputs: { subject?: string }\non: { schedule: { every: 1h, inputs: { subjct: a } } }",
    "inputs: { subject?: string }\non: { schedule: { every: 1h, inputs: { subject: a } } }",
  ],
};

for (const [name, [line, wanted]] of Object.entries(mistakes)) {
  test(`${name}: the edit that is offered mends the file`, () => {
    const file = (head: string): string => `workflow: x\n${head}\nsteps:\n  - function: audit\n`;
    const text = mended(file(line));
    assert.equal(text, file(wanted));
    assert.deepEqual(compileWorkflow({ file: "x.workflow.yml", text }, world).diagnostics, []);
  });
}
