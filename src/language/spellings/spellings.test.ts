// Each spelling beside the one of the language that means the same: both come to one Plan.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import type { ConnectorDescriptor } from "../connector.ts";
import type { Plan } from "../plan.ts";
import type { World } from "../world.ts";

const weather: ConnectorDescriptor = {
  name: "open-meteo",
  version: "1.0.4",
  title: "Weather",
  actions: {
    current: {
      title: "Current weather",
      effect: "read",
      input: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
        additionalProperties: false,
      },
      output: { type: "object", properties: { summary: { type: "string" } }, required: ["summary"] },
    },
  },
};

const world: Partial<World> = {
  functions: ["audit", "find"],
  assignments: ["create-app"],
  roles: ["editors"],
  connectors: [weather],
  pins: {
    models: { fast: "openai/gpt-5-mini-2025-08-07" },
    connectors: { weather: "open-meteo@1.0.4" },
    agents: { "claude-code": "claude-code@2.1.14" },
  },
};

const codes = (text: string): readonly string[] =>
  compileWorkflow({ file: "a.workflow.yml", text }, world).diagnostics.map(({ code }) => code);

/** The Plan without the words of its expressions, which are as they were written. */
function planOf(text: string): Plan {
  const { plan, diagnostics } = compileWorkflow({ file: "a.workflow.yml", text }, world);
  assert.deepEqual(diagnostics, [], text);
  assert.ok(plan !== undefined);
  return JSON.parse(JSON.stringify(plan, (key, value: unknown) => (key === "text" ? undefined : value))) as Plan;
}

const make = "  - id: make-plan\n    do:\n      - assignment: create-app\n";

const spellings: Readonly<Record<string, readonly [string, string]>> = {
  "#step.action": [
    `workflow: a\nsteps:\n${make}  - function: audit\n    with: { from: "#make-plan.create-app" }\n`,
    `workflow: a\nsteps:\n${make}  - function: audit\n    with: { from: "\${make_plan.output.create_app}" }\n`,
  ],
  "#step.action in an expression": [
    `workflow: a\nsteps:\n${make}  - function: audit\n    for_each: "#make-plan.create-app"\n    if: "#make-plan.create-app != null"\n`,
    `workflow: a\nsteps:\n${make}  - function: audit\n    for_each: make_plan.output.create_app\n    if: make_plan.output.create_app != null\n`,
  ],
  "#general is text": [
    `workflow: a\nsteps:\n  - id: s\n    set: { channel: "#general" }\n`,
    `workflow: a\nsteps:\n  - id: s\n    set: { channel: "\\x23general" }\n`,
  ],
  ".result": [
    "workflow: a\nsteps:\n  - function: find\n  - function: audit\n    if: find.result.count > 3\n    with: { found: '${find.result}' }\n",
    "workflow: a\nsteps:\n  - function: find\n  - function: audit\n    if: find.output.count > 3\n    with: { found: '${find.output}' }\n",
  ],
  condition: [
    "workflow: a\ninputs: { n: integer }\nsteps:\n  - function: audit\n    condition: inputs.n > 3\n",
    "workflow: a\ninputs: { n: integer }\nsteps:\n  - function: audit\n    if: inputs.n > 3\n",
  ],
  depends_on: [
    "workflow: a\nmode: parallel\nsteps:\n  - function: find\n  - function: audit\n    depends_on: [find]\n",
    "workflow: a\nmode: parallel\nsteps:\n  - function: find\n  - function: audit\n    needs: [find]\n",
  ],
  id: ["id: a\nsteps:\n  - function: audit\n", "workflow: a\nsteps:\n  - function: audit\n"],
  provider: [
    "workflow: a\nsteps:\n  - id: code\n    provider: claude-code\n    prompt: Go\n",
    "workflow: a\nsteps:\n  - id: code\n    agent: claude-code\n    prompt: Go\n",
  ],
  "retries and retry_backoff": [
    "workflow: a\nsteps:\n  - function: audit\n    retries: 4\n    retry_backoff: 5\n",
    "workflow: a\nsteps:\n  - function: audit\n    retry: { max: 4, delay: 5s }\n",
  ],
  triggers: [
    "workflow: a\ntriggers: { schedule: { every: 1h } }\nsteps:\n  - function: audit\n",
    "workflow: a\non: { schedule: { every: 1h } }\nsteps:\n  - function: audit\n",
  ],
  "${{ }} in with": [
    "workflow: a\ninputs: { n: integer }\nsteps:\n  - function: audit\n    with: { n: '${{ inputs.n }}', text: 'n is ${{inputs.n}}.' }\n",
    "workflow: a\ninputs: { n: integer }\nsteps:\n  - function: audit\n    with: { n: '${inputs.n}', text: 'n is ${inputs.n}.' }\n",
  ],
  "${{ }} in if, for_each, key and title": [
    "workflow: a\ninputs: { files: [string] }\nsteps:\n  - function: audit\n    if: ${{ size(inputs.files) > 1 }}\n    for_each: ${{ inputs.files }}\n    key: ${{ item }}\n    title: Look at ${{ item }}\n",
    "workflow: a\ninputs: { files: [string] }\nsteps:\n  - function: audit\n    if: size(inputs.files) > 1\n    for_each: inputs.files\n    key: item\n    title: Look at ${item}\n",
  ],
  "${{ }} in loop, gate, fail and output": [
    "workflow: a\nlimits: { cost_usd: 5 }\ninputs: { n: integer }\nsteps:\n  - id: l\n    loop: { max_iters: 2, stop_when: '${{ c.output.ok }}', next_stage: '${{ c.output.to }}' }\n    do:\n      - id: c\n        set: { ok: '${{ inputs.n > 1 }}', to: c }\n  - id: g\n    approve: Go ${{ inputs.n }}?\n    by: [editors]\n    show: ${{ l.output }}\n  - id: f\n    if: ${{ inputs.n > 9 }}\n    fail: Too many (${{ inputs.n }})\noutput: { n: '${{ inputs.n }}' }\n",
    "workflow: a\nlimits: { cost_usd: 5 }\ninputs: { n: integer }\nsteps:\n  - id: l\n    loop: { max_iters: 2, stop_when: c.output.ok, next_stage: c.output.to }\n    do:\n      - id: c\n        set: { ok: '${ inputs.n > 1 }', to: c }\n  - id: g\n    approve: Go ${ inputs.n }?\n    by: [editors]\n    show: ${ l.output }\n  - id: f\n    if: inputs.n > 9\n    fail: Too many (${inputs.n})\noutput: { n: '${inputs.n}' }\n",
  ],
  "a plan": [
    `{"subtasks":[{"id":"find","kind":"function","target":"find","depends_on":[]},{"id":"audit","kind":"function","target":"audit","depends_on":["find"],"condition":"find.result contains 'rain'","args":{"n":1}}]}`,
    "workflow: a\nmode: parallel\nsteps:\n  - id: find\n    function: find\n    needs: []\n  - id: audit\n    function: audit\n    needs: [find]\n    if: find.output contains 'rain'\n    with: { n: 1 }\noutput: { find: '${find.output}', audit: '${audit.output}' }\n",
  ],
  "stages with stageConfigs": [
    "stages: [plan, check]\nlimits: { cost_usd: 5 }\nloop: { max_iters: 3, fallback_next_stage: check, stop_when: $.done }\nstageConfigs:\n  plan: { provider: claude-code, role: planner, prompt: 'Plan ${vars.task}' }\n  check: { provider: claude-code, role: checker, prompt: Check }\n",
    `workflow: a
limits: { cost_usd: 5 }
inputs: { type: object, additionalProperties: true }
steps:
  - id: stages
    loop: { max_iters: 3, fallback_next_stage: check, stop_when: check.output.done }
    do:
      - id: plan
        agent: claude-code
        role: planner
        prompt: Plan \${vars.task}
      - id: check
        agent: claude-code
        role: checker
        prompt: Check
        output:
          done: boolean
          quality_score: { type: number, minimum: 0, maximum: 100 }
          summary: string
          issues?: [object]
          recommended_next_stage?: { type: [string, "null"], description: The stage to go on from }
output: \${stages.output}
`,
  ],
};

for (const [name, [written, usual]] of Object.entries(spellings)) {
  test(`${name} is another spelling of the usual one`, () => assert.deepEqual(planOf(written), planOf(usual)));
}

test("control: Plans that mean something else differ", () => {
  const usual = planOf("workflow: a\nsteps:\n  - function: find\n  - function: audit\n");
  assert.notDeepEqual(planOf("workflow: a\nmode: parallel\nsteps:\n  - function: find\n  - function: audit\n"), usual);
  const [, read] = spellings[".result"] ?? [];
  assert.notDeepEqual(planOf((read ?? "").replace("count > 3", "sum > 3")), planOf(read ?? ""));
});

test("contains asks a text or a list; of a value without a type it asks at run time, of an object it asks for a field", () => {
  const when = (type: string): string =>
    `workflow: a\nsteps:\n  - function: find${type}\n  - function: audit\n    if: find.result contains 'rain'\n`;
  assert.deepEqual(codes(when("")), []);
  assert.deepEqual(codes(when("\n    output: string")), []);
  assert.deepEqual(codes(when("\n    output: [string]")), []);
  assert.deepEqual(codes(when("\n    output: { summary: string }")), ["E303"]);
});

test("a for-each over what is no list is refused before it runs; over what has no type it is asked at run time", () => {
  const over = (type: string): string =>
    `workflow: a\ninputs: { x: ${type} }\nsteps:\n  - function: audit\n    for_each: inputs.x\n`;
  assert.deepEqual(codes(over("string")), ["E307"]);
  assert.deepEqual(codes(over("any")), []);
});

test("an unquoted # is a comment, which is said", () => {
  assert.deepEqual(
    codes(`workflow: a\nsteps:\n${make}  - function: audit\n    with:\n      from: #make-plan.create-app\n`),
    ["E017"],
  );
});
