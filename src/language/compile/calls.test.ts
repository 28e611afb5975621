// What the steps that call something become: their parts in the Plan, their defaults, and what others may read of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInConnectors } from "../../connectors/built-in.ts";
import { compileWorkflow } from "../compile.ts";
import type { Plan, StepPlan } from "../plan.ts";
import type { KnownWorkflow, World } from "../world.ts";

const head = `workflow: a
models: { fast: openai/gpt-5-mini-2025-08-07, strong: anthropic/claude-opus-4-5-20251101 }
agents: { coder: codex@0.63.0, writer: claude-code@2.1.14 }
connectors: { helpdesk: zendesk@3.2.0, my-desk: zendesk@3.2.0, mail: smtp@1.3.0 }
`;

/** A whole file of these lines; what may call models needs limits, and what writes by itself a word about it. */
function fileOf(text: string): string {
  return `${head}${text.includes("limits:") ? "" : "limits: { cost_usd: 5 }\n"}policy: { auto_write: true }\n${text}`;
}

const triage: KnownWorkflow = {
  id: "triage",
  version: "1",
  inputs: { type: "object", properties: { limit: { type: "integer", default: 5 } }, additionalProperties: false },
  output: { type: "object", properties: { done: { type: "boolean" } }, required: ["done"] },
  runs: [],
  hasDepth: false,
};
const world: Partial<World> = { functions: ["audit"], connectors: builtInConnectors, workflows: [triage] };

/** `E302 message` of every problem. */
function problems(text: string, known: Partial<World> = world): readonly string[] {
  const { diagnostics } = compileWorkflow({ file: "a.workflow.yml", text: fileOf(text) }, { ...world, ...known });
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

function plan(text: string): Plan {
  const { plan: made, diagnostics } = compileWorkflow({ file: "a.workflow.yml", text: fileOf(text) }, world);
  assert.deepEqual(
    diagnostics.map(({ code, message }) => `${code} ${message}`),
    [],
  );
  assert.ok(made !== undefined);
  return made;
}

function first(text: string): StepPlan {
  const step = plan(text).steps[0];
  assert.ok(step !== undefined);
  return step;
}

const literal = (value: string) => ({ kind: "literal", value });

test("a model call is in the Plan with everything it says", () => {
  const step = first(`steps:
  - id: s
    llm: [fast, strong]
    pick: { best: strong }
    prompt: Hello
    system: Be brief
    tools: [helpdesk.get_ticket, my-desk.*]
    temperature: 0.5
    max_tokens: 100
    ask: { by: [ada@example.com], max: 3, timeout: 1h, on_timeout: continue }
    output: { answer: string }
`);
  assert.deepEqual(step.verb, {
    kind: "llm",
    models: ["fast", "strong"],
    prompt: literal("Hello"),
    system: literal("Be brief"),
    tools: ["helpdesk.get_ticket", "my-desk.*"],
    temperature: 0.5,
    tokensMax: 100,
    ask: { by: ["ada@example.com"], max: 3, timeoutMs: 3_600_000, onTimeout: "continue" },
  });
  assert.deepEqual(step.pick, { best: "strong" });
  assert.deepEqual(step.output, { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] });
});

test("an agent works in the shared folder, and in one of its own when several are picked from", () => {
  const one = first(`steps: [{ id: s, agent: coder, prompt: Go, role: coder, skills: [git], max_turns: 9 }]`);
  assert.deepEqual(one.verb, {
    kind: "agent",
    agents: ["coder"],
    role: "coder",
    skills: ["git"],
    prompt: literal("Go"),
    workspace: "shared",
    tools: [],
    turnsMax: 9,
  });
  const several = first(`steps: [{ id: s, agent: [coder, writer], pick: first, prompt: Go }]`);
  assert.ok(several.verb.kind === "agent" && several.verb.workspace === "worktree");
  const apart = first(`steps: [{ id: s, agent: coder, prompt: Go, workspace: temp }]`);
  assert.ok(apart.verb.kind === "agent" && apart.verb.workspace === "temp");
  assert.deepEqual(problems(`steps: [{ id: s, agent: coder, prompt: Go, workspace: mine }]`).length, 1);
});

test("a tool keeps its alias, a dash in it included", () => {
  const step = first(
    `steps: [{ id: s, tool: my-desk.get_ticket, with: { id: "7" }, idempotency_key: "k-\${run.id}" }]`,
  );
  assert.ok(step.verb.kind === "tool");
  assert.deepEqual([step.verb.connector, step.verb.action], ["my-desk", "get_ticket"]);
  assert.equal(step.verb.idempotencyKey?.kind, "text");
});

test("a sub-workflow and a planned step are in the Plan with their defaults", () => {
  const made = plan(`steps:
  - { id: w, workflow: triage@1, detach: true }
  - { id: p, plan: strong, goal: Go, by: [requester], allow: { tools: [my-desk.*], functions: [audit], agents: [coder], models: [fast] } }
`);
  assert.deepEqual(made.steps[0]?.verb, {
    kind: "workflow",
    workflow: "triage",
    version: "1",
    with: { kind: "literal", value: {} },
    detach: true,
  });
  assert.deepEqual(made.steps[1]?.verb, {
    kind: "plan",
    model: "strong",
    goal: literal("Go"),
    allow: { tools: ["my-desk.*"], functions: ["audit"], agents: ["coder"], models: ["fast"], stepsMax: 20 },
    strategy: "graph",
    review: "when_writes",
    by: ["requester"],
  });
  const turns = first(
    `steps: [{ id: p, plan: fast, goal: Go, strategy: reactive, review: never, allow: { functions: [audit], max_steps: 3 } }]`,
  );
  assert.ok(turns.verb.kind === "plan");
  assert.deepEqual([turns.verb.strategy, turns.verb.review, turns.verb.allow.stepsMax], ["reactive", "never", 3]);
});

test("a tool without a connector, and one without an action, are refused as such", () => {
  for (const tool of [".get_ticket", "helpdesk.", "helpdesk"])
    assert.deepEqual(problems(`steps: [{ id: s, tool: ${tool} }]`), [`E050 '${tool}' is not <connector>.<action>`]);
});

const verbs = {
  function: "function: audit",
  llm: "llm: fast, prompt: p",
  agent: "agent: coder, prompt: p",
  worktree: "agent: coder, workspace: worktree, prompt: p",
  tool: 'tool: helpdesk.get_ticket, with: { id: "7" }',
  blind: "tool: mail.send, with: { to: a@example.com, subject: s }, accept_blind: true",
  "llm with a blind tool": "llm: fast, prompt: p, tools: [mail.*], accept_blind: true",
  workflow: "workflow: triage@1",
  plan: "plan: strong, goal: g, review: never, allow: { models: [fast] }",
} as const;

test("each kind of call has a time of its own, and what nobody could look up is not repeated", () => {
  const found = Object.entries(verbs).map(([name, text]) => {
    const { timeoutMs, retry } = first(`steps: [{ id: s, ${text} }]`);
    return `${name} ${timeoutMs === undefined ? "-" : timeoutMs / 1000} ${retry.attemptsMax}`;
  });
  assert.deepEqual(found, [
    "function 300 3",
    "llm 120 3",
    "agent 1800 1",
    "worktree 1800 3",
    "tool 60 3",
    "blind 60 1",
    "llm with a blind tool 120 1",
    "workflow - 1",
    "plan - 1",
  ]);
});

test("the file's defaults reach calls, but repeat nothing that nobody could look up; the step itself may", () => {
  const defaults = "defaults: { retry: { max: 7 }, on_failure: retry, timeout: 9s }\n";
  const found = Object.entries(verbs).map(([name, text]) => {
    const { timeoutMs, retry } = first(`${defaults}steps: [{ id: s, ${text} }]`);
    return `${name} ${timeoutMs === undefined ? "-" : timeoutMs / 1000} ${retry.attemptsMax}`;
  });
  assert.deepEqual(found, [
    "function 9 4",
    "llm 9 4",
    "agent 9 1",
    "worktree 9 4",
    "tool 9 4",
    "blind 9 1",
    "llm with a blind tool 9 1",
    "workflow - 1",
    "plan - 1",
  ]);
  assert.equal(first(`${defaults}steps: [{ id: s, ${verbs.blind}, retry: { max: 2 } }]`).retry.attemptsMax, 3);
});

test("the errors that are retried are in the Plan", () => {
  const { retry } = first(`steps: [{ id: s, ${verbs.tool}, retry: { on: step.timeout, except: [function.failed] } }]`);
  assert.deepEqual([retry.on, retry.except], [["step.timeout"], ["function.failed"]]);
});

/** What is said when another step reads these of a step `s`. */
function reading(text: string, ...reads: readonly string[]): readonly string[] {
  const lines = reads.map((read, index) => `      v${index}: \${${read}}\n`).join("");
  return problems(`steps:\n  - { id: s, ${text} }\n  - id: z\n    set:\n${lines}`).map((each) =>
    each.replace("step 'z', set: ", ""),
  );
}

test("a model gives text, or what its output says", () => {
  assert.deepEqual(reading("llm: fast, prompt: p", "s.output + 1", "s.usage.cost_usd + 1", "s.usage.cost"), [
    "E303 cannot add text + number",
    "E302 s.usage has no field 'cost'",
  ]);
  assert.deepEqual(reading("llm: fast, prompt: p, output: { n: number }", "s.output.n + 1"), []);
  assert.deepEqual(reading("agent: coder, prompt: p", "s.output.plan", "s.artifacts", "s.usage"), [
    "E302 s.output is text; it has no fields",
  ]);
});

test("of several candidates every result can be read, and with pick: all the output is their list", () => {
  const several = "llm: [fast, strong], prompt: p, output: { n: number }, pick";
  assert.deepEqual(
    reading(`${several}: all`, "s.output.n", "s.output[0].n + 1", "s.results[0].output.m", "s.results[0].key + 1"),
    [
      "E302 s.output is list of objects; it has no fields",
      "E302 s.results[0].output has no field 'm'",
      "E303 cannot add text + number",
    ],
  );
  assert.deepEqual(reading(`${several}: first`, "s.output.n + 1", "s.results[0].status"), []);
  assert.match(reading("llm: fast, prompt: p", "s.results")[0] ?? "", /^E302 step s has no 'results'/);
});

test("a tool gives what its connector describes, and only a write leaves a receipt", () => {
  assert.deepEqual(reading(verbs.tool, "s.output.subject + 1", "s.output.subjct"), [
    "E303 cannot add text + number",
    "E302 s.output has no field 'subjct'",
  ]);
  assert.match(reading(verbs.tool, "s.receipt")[0] ?? "", /^E302 step s has no 'receipt'/);
  const write = 'tool: helpdesk.update_ticket, with: { id: "7" }';
  assert.deepEqual(reading(write, "s.receipt.remote_id", "s.receipt.before.tags", "s.receipt.remote"), [
    "E302 s.receipt has no field 'remote'",
  ]);
});

test("a sub-workflow gives what is known of it, and nothing certain when it is not waited for", () => {
  assert.deepEqual(reading("workflow: triage@1", "s.output.dne"), ["E302 s.output has no field 'dne'"]);
  assert.deepEqual(reading("workflow: triage@1, detach: true", "s.output.dne"), []);
});

test("nothing is said about the output of a model that is not there", () => {
  assert.deepEqual(reading("llm: other, prompt: p", "s.output.a.b"), ["E046 no model named 'other'"]);
});

test("a workflow that comes back to itself through others says how deep it may go", () => {
  const of = (id: string, runs: readonly string[], hasDepth = false): KnownWorkflow => ({
    ...triage,
    id,
    runs,
    hasDepth,
  });
  const run = "steps: [{ id: s, workflow: b@1 }]\n";
  const circle = [of("b", ["c"]), of("c", ["a"])];
  assert.deepEqual(problems(run, { workflows: circle }), ["E068 workflow 'a' runs itself: a → b → c → a"]);
  assert.deepEqual(problems(`limits: { depth: 3 }\n${run}`, { workflows: circle }), []);
  assert.deepEqual(problems(run, { workflows: [of("b", ["c"]), of("c", ["a"], true)] }), []);
  assert.deepEqual(problems(run, { workflows: [of("b", ["c"]), of("c", ["b"])] }), []);
  const second = problems(run, { workflows: [of("d", ["a"]), of("b", ["a"])] });
  assert.deepEqual(second, ["E068 workflow 'a' runs itself: a → b → a"], "also when others run it too");
});

test("the draft of a workflow is known to itself by its inputs", () => {
  const self =
    "limits: { depth: 3 }\ninputs: { n: number }\nsteps: [{ id: s, workflow: a@draft, with: { n: many } }]\n";
  assert.deepEqual(problems(self), ["E068 a@draft.n: expected number, got text"]);
});

test("an input that has a default may be left out", () => {
  assert.deepEqual(problems("steps: [{ id: s, workflow: triage@1 }]"), []);
});

test("what this build does not carry out is said of each field, and once for a step whose verb it is", () => {
  const text = `${head}steps: [{ id: s, llm: [fast], prompt: p, pick: first, ask: { by: [requester] } }, { id: p, ${verbs.plan} }]`;
  const { unsupported } = compileWorkflow({ file: "a.workflow.yml", text }, world);
  const inSteps = unsupported.filter(({ path }) => path.startsWith("steps"));
  assert.deepEqual(
    inSteps.map(({ path }) => path),
    ["steps[0].pick", "steps[0].ask", "steps[1].plan"],
  );
});

test("a correction that YAML would read differently is quoted", () => {
  const yes: KnownWorkflow = {
    ...triage,
    inputs: { type: "object", properties: { mode: { enum: ["true", "high-up"] } }, additionalProperties: false },
  };
  const fixOf = (mode: string) =>
    compileWorkflow(
      { file: "a.workflow.yml", text: fileOf(`steps: [{ id: s, workflow: triage@1, with: { mode: ${mode} } }]`) },
      { ...world, workflows: [yes] },
    ).diagnostics[0]?.fix?.text;
  assert.deepEqual([fixOf("ture"), fixOf("hihg-up")], ['"true"', "high-up"]);
});

test("a connector whose name cannot be one is not offered", () => {
  const text =
    'workflow: a\nconnectors: { "hel&desk": zendesk@3.2.0 }\nsteps: [{ id: s, tool: helpdesk.get_ticket }]\n';
  const { diagnostics } = compileWorkflow({ file: "a.workflow.yml", text }, world);
  assert.deepEqual(
    diagnostics.map(({ code, fix }) => [code, fix]),
    [
      ["E012", undefined],
      ["E050", undefined],
    ],
  );
});

test("a step picks from twenty models at most", () => {
  const from = (count: number): readonly string[] => {
    const names = Array.from({ length: count }, (_, index) => `m${index}`);
    const models = names.map((name) => `${name}: openai/gpt-5-mini-2025-08-07`).join(", ");
    const text = `workflow: a\nmodels: { ${models} }\nlimits: { cost_usd: 5 }\nsteps: [{ id: s, llm: [${names.join(", ")}], prompt: Go, pick: first }]\n`;
    return compileWorkflow({ file: "a.workflow.yml", text }, world).diagnostics.map(({ code }) => code);
  };
  assert.deepEqual(from(20), []);
  assert.deepEqual(from(21), ["E015"]);
});

test("a misspelt pick is one slip, and an undo is a map", () => {
  const codes = (steps: string): readonly string[] => problems(steps).map((text) => text.slice(0, 4));
  assert.deepEqual(codes("steps: [{ id: s, llm: [fast, strong], prompt: Go, pcik: first }]"), ["E010"]);
  const write = "id: s, tool: helpdesk.update_ticket, with: { id: '7' }";
  assert.deepEqual(codes(`steps: [{ ${write}, undo: helpdesk.update_ticket }]`), ["E015"]);
});
