import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import type { Plan } from "../plan.ts";
import { render } from "../expression/template.ts";

const world = { functions: ["audit"] };

function compile(head: string): ReturnType<typeof compileWorkflow> {
  const text = `workflow: x\nsecrets: [KEY, OTHER]\nenv: [STAGE]\n${head}\nsteps:\n  - function: audit\n`;
  return compileWorkflow({ file: "x.workflow.yml", text }, world);
}

/** What is said about a file with these lines, one `code message` each. */
function said(head: string): readonly string[] {
  return compile(head).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

function planOf(head: string): Plan {
  const { plan } = compile(head);
  assert.ok(plan !== undefined, said(head).join("\n"));
  return plan;
}

const auth = 'auth: { hmac: "${secrets.KEY}" }';

test("each kind of trigger is one map or a list, and comes into the Plan with its defaults", () => {
  const plan = planOf(`on:
  manual: false
  webhook:
    - { path: /a, ${auth} }
    - { path: /b/c.d, auth: { token: "\${secrets.OTHER}" }, dedupe: trigger.body.id, respond: output }
  schedule: { cron: 0 7 * * MON-FRI, timezone: Europe/Berlin }
  event: { type: order.placed, match: trigger.data.total > 5 }
  workflow: { id: other, status: [failed, cancelled, failed] }`);
  assert.equal(plan.manual, false);
  const summary = plan.triggers?.map((trigger) => {
    switch (trigger.kind) {
      case "webhook":
        return [trigger.path, trigger.auth.scheme, trigger.dedupe?.text, trigger.respond];
      case "schedule":
        return [trigger.cron, trigger.timezone, trigger.overlap, trigger.catchup];
      case "event":
        return [trigger.type, trigger.match?.text];
      case "workflow":
        return [trigger.id, ...trigger.status];
    }
  });
  assert.deepEqual(summary, [
    ["/a", "standard", undefined, "accepted"],
    ["/b/c.d", "token", "trigger.body.id", "output"],
    ["0 7 * * MON-FRI", "Europe/Berlin", "skip", "one"],
    ["order.placed", "trigger.data.total > 5"],
    ["other", "failed", "cancelled"],
  ]);
});

test("the inputs of a trigger are computed from what happened", () => {
  const plan = planOf(
    `inputs: { subject: string, note?: string }\non: { webhook: { path: /a, ${auth}, inputs: { subject: "\${trigger.body.text} in \${trigger.headers['x-list']}" } } }`,
  );
  const [webhook] = plan.triggers ?? [];
  assert.ok(webhook !== undefined);
  const trigger = { body: { text: "Hello" }, headers: { "x-list": "news" } };
  const step = (): never => assert.fail("no step is read");
  assert.deepEqual(render(webhook.inputs, { name: (name) => (name === "trigger" ? trigger : null), step }), {
    subject: "Hello in news",
  });
});

test("without triggers a Plan says nothing about them, and people may start it", () => {
  for (const head of ["", "on: { manual: true }", "on: { manual: {} }"]) {
    const plan = planOf(head);
    assert.ok(!("triggers" in plan) && !("manual" in plan), head);
  }
});

const right: Readonly<Record<string, string>> = {
  "a schedule by seconds": "on: { schedule: { every: 1s } }",
  "a path of one letter": `on: { webhook: { path: /~a-1_, ${auth} } }`,
  "the scheme of GitHub": `on: { webhook: { path: /a, auth: { hmac: "\${secrets.KEY}", scheme: github } } }`,
  "spaces in the hole of a secret": `on: { webhook: { path: /a, auth: { hmac: "\${ secrets.KEY }" } } }`,
  "a required input with a default":
    "inputs: { limit: { type: integer, default: 3 } }\non: { schedule: { every: 1h } }",
  "one expression for all inputs": `inputs: { subject: string }\non: { webhook: { path: /a, ${auth}, inputs: "\${trigger.body}" } }`,
  "variables of the environment": `inputs: { stage: string }\non: { schedule: { every: 1h, inputs: { stage: "\${default(env.STAGE, 'test')}" } } }`,
  "the end of another workflow": `inputs: { text: string }\non: { workflow: { id: other, status: failed, inputs: { text: "\${trigger.run.id} \${trigger.status} \${default(trigger.error.message, '')}" } } }`,
};

for (const [name, head] of Object.entries(right))
  test(`${name}: nothing is said`, () => assert.deepEqual(said(head), []));

const wrong: Readonly<Record<string, readonly [head: string, ...said: RegExp[]]>> = {
  "no path": [`on: { webhook: { ${auth} } }`, /^E015 webhook has no path$/],
  "a misspelt path": [`on: { webhook: { paht: /a, ${auth} } }`, /^E010 /],
  "a path with a way up": [`on: { webhook: { path: /a/../b, ${auth} } }`, /^E015 path has parts of letters/],
  "a path with a question": [`on: { webhook: { path: "/a?b=1", ${auth} } }`, /^E015 path has parts of letters/],
  "a path with an empty part": [`on: { webhook: { path: /a//b, ${auth} } }`, /^E015 path has parts/],
  "a path of one webhook in another": [
    `on: { webhook: [{ path: /a, ${auth} }, { path: /a, ${auth} }] }`,
    /^E015 path '\/a' is used twice$/,
  ],
  "a secret that is a list": [`on: { webhook: { path: /a, auth: { token: [a] } } }`, /^E015 token is one /],
  "two ways to prove it": [
    `on: { webhook: { path: /a, auth: { hmac: "\${secrets.KEY}", token: "\${secrets.OTHER}" } } }`,
    /^E015 auth is hmac or token/,
  ],
  "a scheme without a signature": [
    `on: { webhook: { path: /a, auth: { token: "\${secrets.KEY}", scheme: github } } }`,
    /^E015 scheme means nothing without hmac$/,
  ],
  "a misspelt way to prove it": [`on: { webhook: { path: /a, auth: { hmca: "\${secrets.KEY}" } } }`, /^E010 /],
  "a secret with words around it": [
    `on: { webhook: { path: /a, auth: { token: "key \${secrets.KEY}" } } }`,
    /^E015 token is exactly one \$\{secrets\.NAME\}/,
  ],
  "a secret from the environment": [
    `on: { webhook: { path: /a, auth: { token: "\${env.STAGE}" } } }`,
    /^E015 token is exactly one/,
  ],
  "neither cron nor every": ["on: { schedule: { overlap: queue } }", /^E015 schedule names no times$/],
  "both cron and every": ['on: { schedule: { cron: "0 7 * * *", every: 1h } }', /^E015 a schedule has cron or every/],
  "a zone for every": ["on: { schedule: { every: 1h, timezone: UTC } }", /^E015 timezone means nothing without cron$/],
  "an event without a type": ["on: { event: { match: trigger.type != '' } }", /^E015 event has no type$/],
  "a match that is no condition": ["on: { event: { type: a, match: trigger.type } }", /^E303 event, match: /],
  "a workflow without an id": ["on: { workflow: { status: failed } }", /^E015 workflow has no id$/],
  "a workflow id that is none": ["on: { workflow: { id: Other One } }", /^E012 /],
  "a status that no run ends with": [
    "on: { workflow: { id: a, status: paused } }",
    /^E015 status is completed, failed/,
  ],
  "a trigger of another kind": ["on: { shedule: { every: 1h } }", /^E010 unknown key 'shedule' in on$/],
  "a list of kinds": ["on: [schedule]", /^E015 on is a map of triggers, not a list$/],
  "manual with a word": ["on: { manual: never }", /^E015 manual is true or false/],
  "an input that there is not": [
    "inputs: { subject?: string }\non: { schedule: { every: 1h, inputs: { sbject: a } } }",
    /^E302 schedule, inputs: this workflow has no input 'sbject'$/,
  ],
  "an input of another type": [
    'inputs: { limit: integer }\non: { schedule: { every: 1h, inputs: { limit: "${trigger.due}" } } }',
    /^E303 schedule, inputs: limit: expected number, got text$/,
  ],
  "an input outside its enum": [
    "inputs: { kind: { enum: [a, b] } }\non: { schedule: { every: 1h, inputs: { kind: c } } }",
    /^E303 schedule, inputs: kind: is 'c', but only a, b are allowed$/,
  ],
  "a step in a trigger": [
    'inputs: { a: string }\non: { schedule: { every: 1h, inputs: { a: "${audit.output}" } } }',
    /^E301 schedule, inputs: unknown name 'audit'$/,
  ],
  "an input in a trigger": [
    'inputs: { a?: string }\non: { schedule: { every: 1h, inputs: { a: "${inputs.a}" } } }',
    /^E301 schedule, inputs: 'inputs' are not known yet/,
  ],
  "a part of another kind of trigger": [
    'inputs: { a: string }\non: { schedule: { every: 1h, inputs: { a: "${trigger.body}" } } }',
    /^E302 schedule, inputs: trigger has no field 'body'$/,
  ],
};

for (const [name, [head, ...messages]] of Object.entries(wrong)) {
  test(`${name} is refused, once`, () => {
    const found = said(head);
    assert.equal(found.length, messages.length, found.join("\n"));
    for (const [index, message] of messages.entries()) assert.match(found[index] ?? "", message);
  });
}

test("`trigger` is known in triggers only", () => {
  const text = 'workflow: x\nsteps:\n  - id: a\n    set: { b: "${trigger.body}" }\noutput: ${trigger.body}\n';
  const { diagnostics } = compileWorkflow({ file: "x.workflow.yml", text }, world);
  assert.deepEqual(
    diagnostics.map(({ code, message }) => `${code} ${message}`),
    ["E301 step 'a', set: 'trigger' is known in triggers only", "E301 output: 'trigger' is known in triggers only"],
  );
});

test("a misspelt list of secrets is one mistake, and an unused secret is none", () => {
  const head = `on: { webhook: { path: /a, auth: { hmac: "\${secrets.NEW}" } } }`;
  const text = `workflow: x\nsecret: [NEW]\n${head}\nsteps:\n  - function: audit\n`;
  const { diagnostics } = compileWorkflow({ file: "x.workflow.yml", text }, world);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ["E010"],
  );
  assert.deepEqual(said(head), ["E080 auth, hmac: secret 'NEW' is not declared"]);
  assert.deepEqual(said(""), []);
});

test("a misspelt `inputs` of the file is one mistake", () => {
  assert.deepEqual(said("input: { a: string }\non: { schedule: { every: 1h, inputs: { a: b } } }"), [
    "E010 unknown key 'input' at the top level",
  ]);
});

test("a workflow has at most 100 triggers", () => {
  const schedules = (count: number): string =>
    `on: { schedule: [${Array.from({ length: count }, () => "{ every: 1h }").join(", ")}] }`;
  assert.equal(planOf(schedules(100)).triggers?.length, 100);
  assert.deepEqual(said(schedules(101)), ["E015 a workflow has at most 100 triggers, not 101"]);
});

test("the path of a webhook has 200 characters at most", () => {
  const path = (length: number): string => `on: { webhook: { path: /${"a".repeat(length - 1)}, ${auth} } }`;
  assert.deepEqual(said(path(200)), []);
  assert.equal(said(path(201)).length, 1);
});

test("misspelt inputs of a trigger are one slip", () => {
  const hook = `inputs: { subject: string }\non: { webhook: { path: /a, ${auth}, inptus: { subject: a } } }`;
  assert.deepEqual(
    said(hook).map((text) => text.slice(0, 4)),
    ["E010"],
  );
});
