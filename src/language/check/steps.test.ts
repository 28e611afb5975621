import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";
import type { Diagnostic } from "../diagnostic.ts";

const world = { functions: ["audit"], assignments: ["audit"], roles: ["team"] };

function compiled(steps: string, head = ""): ReturnType<typeof compileWorkflow> {
  return compileWorkflow({ file: "x.workflow.yml", text: `workflow: x\n${head}steps:\n${steps}` }, world);
}

function said({ code, message, hint }: Diagnostic): string {
  return `${code} ${message}${hint === undefined ? "" : ` = ${hint}`}`;
}

test("names that expressions know are no ids of steps", () => {
  const names = "inputs vars docs index iter run env trigger secrets receipt event true false null in".split(" ");
  for (const name of names) {
    const { diagnostics } = compiled(`  - { id: "${name}", function: audit }\n`);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["E022"],
      name,
    );
  }
});

test("an id has at most 64 characters", () => {
  assert.deepEqual(compiled(`  - { id: ${"a".repeat(64)}, function: audit }\n`).diagnostics, []);
  const [found] = compiled(`  - { id: ${"a".repeat(65)}, function: audit }\n`).diagnostics;
  assert.equal(found?.code, "E012");
  assert.equal(found.fix?.text, "a".repeat(64));
});

test("what a verb is called elsewhere is understood", () => {
  const others = {
    steps: "do",
    group: "do",
    run: "function",
    uses: "function",
    call: "function",
    script: "function",
    approval: "approve",
    gate: "approve",
    sleep: "wait",
    error: "fail",
  };
  for (const [other, verb] of Object.entries(others)) {
    const { diagnostics } = compiled(`  - { id: a, ${other}: audit }\n`);
    assert.deepEqual(diagnostics.map(said), [`E020 this step says nothing to do = did you mean '${verb}:'?`], other);
    assert.equal(diagnostics[0]?.fix?.text, verb);
  }
});

test("a key that belongs to other verbs says to which", () => {
  assert.deepEqual(
    compiled("  - { id: a, assignment: audit, loop: { max_iters: 2 } }\n").diagnostics.map(({ code }) => code),
    ["W060", "E061"],
  );
  assert.deepEqual(compiled("  - { id: a, assignment: audit, by: [team] }\n").diagnostics.map(said), [
    "E010 unknown key 'by' in an assignment step = it belongs to: approve, plan",
  ]);
  assert.deepEqual(
    compiled("  - { id: a, wait: 1s, wiht: 1 }\n").diagnostics[0]?.message,
    "unknown key 'wiht' in a wait step",
  );
});

test("what this build does not carry out is noted in order, and is no mistake", () => {
  const { diagnostics, unsupported, plan } = compiled(
    "  - { id: a, function: audit, sensitive: true, timeout: 1s }\n  - { id: b, set: { n: 1 }, output: { n: integer } }\n",
  );
  assert.deepEqual(diagnostics, []);
  assert.ok(plan);
  assert.deepEqual(
    unsupported.map(({ code, message, path }) => `${code} ${path} ${message}`),
    [
      "E090 steps[0].sensitive 'sensitive' is not carried out by this build",
      "E090 steps[1].output 'output' on a 'set' step is not carried out by this build",
    ],
  );
  assert.deepEqual(compiled("  - { function: audit, timeout: 1s, retries: 1 }\n").unsupported, []);
});

test("what is not carried out speaks for all that stands in it, and for nothing beside it", () => {
  const text =
    "workflow: x\non:\n  schedule: { every: 1h }\n  event: { type: a }\nlimits: { runtime: 1h }\nsteps:\n  - { id: a, function: audit, sensitive: true, cache: { ttl: 1d } }\n";
  const { unsupported } = compileWorkflow({ file: "x.workflow.yml", text }, world);
  assert.deepEqual(
    unsupported.map(({ path }) => path),
    ["on", "steps[0].sensitive", "steps[0].cache"],
  );
});

test("a file that is no map of fields, or has no steps, says what is expected", () => {
  const saidOf = (text: string): readonly string[] =>
    compileWorkflow({ file: "x.workflow.yml", text }, world).diagnostics.map(({ range, ...rest }) => {
      return `${range.start}-${range.end} ${said({ range, ...rest })}`;
    });
  const begin = " = begin with workflow: <id> and steps:";
  assert.deepEqual(saidOf("{}"), [`0-2 E015 a workflow file is a map of fields, but this one is empty${begin}`]);
  assert.deepEqual(saidOf("[a]"), [`0-3 E015 a workflow file is a map of fields, but this one is a list${begin}`]);
  assert.deepEqual(saidOf("true"), [`0-4 E015 a workflow file is a map of fields, but this one is true/false${begin}`]);
  assert.deepEqual(saidOf("3"), [`0-1 E015 a workflow file is a map of fields, but this one is a number${begin}`]);
  assert.deepEqual(saidOf("workflow: x"), ["0-8 E015 this workflow has no steps = add steps: with a list of steps"]);
  assert.deepEqual(saidOf("workflow: x\nsteos: []").length, 1);
  assert.deepEqual(saidOf("wokflow: x\nsteps: [{ function: audit }]").length, 1);
  assert.deepEqual(saidOf("steps: [{ function: audit }]"), [
    "0-5 E011 this workflow has no id = add workflow: its-name",
  ]);
});

test("a JSON file that is not JSON says where", () => {
  const [found] = compileWorkflow({ file: "x.workflow.json", text: '{"a": 1 "b": 2}' }, world).diagnostics;
  assert.deepEqual([found?.message, found?.range], [`'"' is not expected here in JSON`, { start: 8, end: 9 }]);
  const [short] = compileWorkflow({ file: "x.workflow.json", text: '{"a": 1' }, world).diagnostics;
  assert.deepEqual([short?.message, short?.range], ["this JSON ends too early", { start: 7, end: 7 }]);
});

test("a file has 2,000 steps at most", () => {
  const found = (count: number): readonly string[] => {
    const steps = Array.from({ length: count }, (_, n) => `  - { id: s${n}, function: audit }\n`);
    return compiled(steps.join("")).diagnostics.map(({ code }) => code);
  };
  assert.deepEqual(found(2000), []);
  assert.deepEqual(found(2001), ["E001"]);
});
