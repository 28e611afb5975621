import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import type { Plan } from "../plan.ts";

const world = { functions: ["audit"], assignments: [], roles: [] };

function compile(head: string, steps = "  - function: audit\n"): ReturnType<typeof compileWorkflow> {
  const text = `workflow: x\nmodels: { fast: openai/gpt-5-mini-2025-08-07 }\n${head}\nsteps:\n${steps}`;
  return compileWorkflow({ file: "x.workflow.yml", text }, world);
}

function said(head: string, steps?: string): readonly string[] {
  return compile(head, steps).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

function planOf(head: string): Plan {
  const { plan } = compile(head);
  assert.ok(plan !== undefined, said(head).join("\n"));
  return plan;
}

test("limits come into the Plan with their defaults, and none when none are written", () => {
  assert.equal(planOf("").limits, undefined);
  assert.deepEqual(planOf("limits: { cost_usd: 0.5, deadline: 2d }").limits, {
    runtimeMs: 86_400_000,
    deadlineMs: 172_800_000,
    depth: 5,
    costUsd: 0.5,
    onBudget: "pause",
  });
  assert.deepEqual(
    planOf("limits: { runtime: 4h, steps: 30, tokens: 3000000, depth: 2, parallel: 8, on_budget: fail }").limits,
    { runtimeMs: 14_400_000, steps: 30, depth: 2, tokens: 3_000_000, parallel: 8, onBudget: "fail" },
  );
});

test("concurrency, retain and policy come into the Plan where they say more than the default", () => {
  const plan = planOf(
    "inputs: { customer: string }\nconcurrency: { key: inputs.customer, max: 1, when_full: reject }\nretain: metadata\npolicy: { auto_write: true }",
  );
  assert.equal(plan.concurrency?.key?.text, "inputs.customer");
  assert.deepEqual({ ...plan.concurrency, key: undefined }, { key: undefined, max: 1, whenFull: "reject" });
  assert.equal(plan.retain, "metadata");
  assert.deepEqual(plan.policy, { autoWrite: true });
  const plain = planOf("concurrency: { max: 3 }\nretain: full\npolicy: { auto_write: false }");
  assert.deepEqual(plain.concurrency, { max: 3, whenFull: "queue" });
  assert.ok(!("retain" in plain) && !("policy" in plain));
});

const wrong: Readonly<Record<string, readonly [head: string, said: RegExp]>> = {
  "a limit of no time": ["limits: { runtime: 0s }", /^E015 runtime is longer than no time at all/],
  "a limit of half a step": ["limits: { steps: 1.5 }", /^E015 steps is a whole number from 1/],
  "a misspelt limit": ["limits: { cost: 5 }", /^E010 unknown key 'cost' in limits$/],
  "concurrency without max": ["concurrency: { when_full: queue }", /^E015 concurrency has no max$/],
  "a key that is no text": [
    "inputs: { tags: [string] }\nconcurrency: { key: inputs.tags, max: 1 }",
    /^E303 concurrency, key: 'inputs.tags' is list of text, not text or a number$/,
  ],
  "a key that reads a step": [
    "concurrency: { key: audit.output, max: 1 }",
    /^E301 concurrency, key: unknown name 'audit'/,
  ],
  "a policy that is no map": ["policy: auto_write", /^E015 policy is a map of fields, not 'auto_write'$/],
  "another way to retain": ["retain: nothing", /^E015 retain is full or metadata, not 'nothing'$/],
  "a default cache without a time": [
    "defaults: { cache: { store: full } }",
    /^E015 cache does not say how long a result is used again$/,
  ],
  "a default that is sensitive in words": ["defaults: { sensitive: maybe }", /^E015 sensitive is true or false/],
};

for (const [name, [head, message]] of Object.entries(wrong)) {
  test(`${name} is refused, once`, () => {
    const found = said(head);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", message);
  });
}

const body = (verb: string): string => `  - id: a
    loop: { max_iters: 3, stop_when: iter.n > 1 }
    do:
      - id: b
        do:
          - id: c
            ${verb}
`;

test("a loop needs limits when a model, an agent, a plan or another workflow is in it, however deep", () => {
  for (const verb of [
    "llm: fast\n            prompt: Hello",
    "agent: coder\n            prompt: Hello",
    "workflow: other@1",
  ])
    assert.ok(said("", body(verb)).includes("E072 a looping or planned workflow has no limits"), verb);
  for (const verb of ["function: audit", "set: { n: 1 }", "wait: 1s", "approve: Go on?\n            by: [requester]"])
    assert.deepEqual(said("", body(verb)), [], verb);
});

test("a plan needs limits, and a file is told once, at the first place", () => {
  const plan = "  - id: p\n    plan: fast\n    goal: Help\n    allow: { max_steps: 3 }\n";
  const { diagnostics } = compile("", `${body("llm: fast\n            prompt: Hello")}${plan}`);
  const asked = diagnostics.filter(({ code }) => code === "E072");
  assert.deepEqual(
    asked.map(({ path }) => path),
    ["steps[0].loop"],
  );
  assert.ok(said("", plan).includes("E072 a looping or planned workflow has no limits"));
  assert.deepEqual(
    said("limits: { cost_usd: 2 }", plan).filter((one) => one.startsWith("E072")),
    [],
  );
});

test("a loop beside a model needs no limits, and neither does a for-each", () => {
  const model = "  - id: m\n    llm: fast\n    prompt: Hello\n";
  assert.deepEqual(
    said("", `${model}${body("set: { n: 1 }")}`).filter((one) => one.startsWith("E072")),
    [],
  );
  assert.deepEqual(
    said("inputs: { cities: [string] }", `${model}    for_each: inputs.cities\n`).filter((one) =>
      one.startsWith("E072"),
    ),
    [],
  );
});

test("only limits that end a run are limits in this sense, and a misspelt one is one mistake", () => {
  const steps = body("llm: fast\n            prompt: Hello");
  const isAsked = (head: string): boolean => said(head, steps).some((one) => one.startsWith("E072"));
  for (const limit of ["cost_usd: 5", "tokens: 100", "steps: 10", "runtime: 1h", "deadline: 1h"])
    assert.ok(!isAsked(`limits: { ${limit} }`), limit);
  for (const limit of ["", "parallel: 2", "on_budget: fail", "depth: 2"])
    assert.ok(isAsked(`limits: { ${limit} }`), limit);
  assert.ok(!isAsked("limit: { cost_usd: 5 }"));
  assert.ok(!isAsked("limits: { cost_us: 5 }"));
});
