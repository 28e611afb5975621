import assert from "node:assert/strict";
import { test } from "node:test";
import { stepFields } from "../fields/step-fields.ts";
import { fileFields } from "../fields/file-fields.ts";
import { verbs } from "../fields/verbs.ts";
import { formatWorkflow } from "./format.ts";
import { orderOfFile, orderOfStep } from "./order.ts";

function formatted(text: string, file = "x.workflow.yml"): string {
  const made = formatWorkflow({ file, text });
  assert.equal(made.kind, "formatted");
  return made.kind === "formatted" ? made.text : "";
}

test("every field of the tables has its own place in the order", () => {
  const places = (names: readonly string[], rankOf: (name: string) => number): number =>
    new Set(names.map((name) => rankOf(name)).filter((rank) => rank < rankOf("no such field"))).size;
  const ofStep = [...verbs, ...stepFields].map(({ name }) => name);
  assert.equal(
    places(ofStep, (name) => orderOfStep.rankOf(name)),
    ofStep.length,
  );
  const ofFile = fileFields.map(({ name }) => name);
  assert.equal(
    places(ofFile, (name) => orderOfFile.rankOf(name)),
    ofFile.length,
  );
});

test("fields move with their comments, block texts and blank lines; what has no order stays", () => {
  const text = `# About this file.

steps:
  # before the step
  - llm: fast # the cheap one
    prompt: |+
      # no comment
      b: 2

    # why a retry
    retry: { delay: 2s, max: 3 } # three
    id: ask
    with: { z: 1, a: 2 }
    # at the end

  - retry:
      # slow
      delay: 5s
      # often
      max: 9
      # deeper
    function: 'audit'
    id: "second"
# above the name
name: Two steps
workflow: x
`;
  assert.equal(
    formatted(text),
    `# About this file.

workflow: x
# above the name
name: Two steps
steps:
  # before the step
  - id: ask
    llm: fast # the cheap one
    prompt: |+
      # no comment
      b: 2

    with: { z: 1, a: 2 }
    # why a retry
    retry: { max: 3, delay: 2s } # three
    # at the end

  - id: "second"
    function: 'audit'
    retry:
      # often
      max: 9
      # slow
      delay: 5s
      # deeper
`,
  );
});

test("a comment above a key that comes first stands above the dash then", () => {
  const text = "workflow: x\nsteps:\n  - function: audit\n\n    # its name\n    id: a\n";
  assert.equal(formatted(text), "workflow: x\nsteps:\n  # its name\n  - id: a\n    function: audit\n");
});

test("fields are written under their proper names, and double braces as single ones", () => {
  const text = [
    "id: x",
    "triggers: { manual: false }",
    "steps:",
    "  - id: a",
    "    condition: ${{ inputs.n > 1 }}",
    "    depends_on: [b]",
    "    provider: coder",
    '    prompt: "a ${{ inputs.n }} \\" ${{ {1: 2} }} $${{ x }} ${{ y }}"',
    "  - set: { v: '${{ inputs.n }}' }",
    "    id: b",
    "",
  ].join("\n");
  assert.equal(
    formatted(text),
    [
      "workflow: x",
      "on: { manual: false }",
      "steps:",
      "  - id: a",
      "    needs: [b]",
      "    if: ${inputs.n > 1}",
      "    agent: coder",
      '    prompt: "a ${inputs.n} \\" ${{ {1: 2} }} $${{ x }} ${y}"',
      "  - id: b",
      "    set: { v: '${inputs.n}' }",
      "",
    ].join("\n"),
  );
});

test("what stands under both its names, and a key that is not known, stay as they are", () => {
  const text =
    "id: x\nworkflow: y\nsteps:\n  - id: a\n    set: {}\n    mood: good\n    needs: []\n    depends_on: []\n";
  const made = formatted(text);
  assert.match(made, /id: x\nworkflow: y\n/);
  assert.match(made, /needs: \[\]\n    depends_on: \[\]\n    set: \{\}\n    mood: good\n/);
});

test("an alias that would come before its anchor keeps its place", () => {
  const text =
    "workflow: x\nsteps:\n  - function: a\n    retry: &often { max: 9 }\n    id: a\n  - id: b\n    function: a\n    retry: *often\n";
  assert.match(formatted(text), /- id: a\n    function: a\n    retry: &often/);
  const bound =
    "workflow: x\nsteps:\n  - with: &v { a: 1 }\n    output: { n: string }\n    function: f\n    id: a\n    title: *v\n";
  assert.equal(formatted(bound), bound);
});

test("lists of triggers and maps by name are put in order inside", () => {
  const text = `workflow: x
on:
  schedule:
    - timezone: UTC
      # weekly
      cron: "0 7 * * 1"

    - every: 1h
documents:
  plan:
    schema: string
    # where
    scope: epic
  # the second
  code:
    accept: { timeout: 1d, by: [a] }
    schema: string
steps: [{ set: {}, id: a }]
`;
  assert.equal(
    formatted(text),
    `workflow: x
on:
  schedule:
    # weekly
    - cron: "0 7 * * 1"
      timezone: UTC

    - every: 1h
documents:
  plan:
    schema: string
    # where
    scope: epic
  # the second
  code:
    schema: string
    accept: { by: [a], timeout: 1d }
steps: [{ id: a, set: {} }]
`,
  );
});

test("line ends stay, a missing last one is added, and what follows the document stays last", () => {
  assert.equal(formatted("steps: []\r\nworkflow: x"), "workflow: x\r\nsteps: []\r\n");
  assert.equal(formatted("---\nsteps: []\nworkflow: x\n...\n"), "---\nworkflow: x\nsteps: []\n...\n");
});

test("a JSON file is formatted as JSON", () => {
  const text = '{"steps":[{"set":{"10":1.50,"a":"${{ x }}"},"id":"a"}],"id":"x"}';
  assert.equal(
    formatted(text, "x.workflow.json"),
    `{
  "workflow": "x",
  "steps": [
    { "id": "a", "set": { "10": 1.50, "a": "\${x}" } }
  ]
}
`,
  );
});

test("a file that cannot be read is refused, and says why", () => {
  for (const [text, code] of [
    ["a: [1\n", "E001"],
    ["a: 1\na: 2\n", "E001"],
    ["- a\n", "E015"],
    ["", "E015"],
  ] as const) {
    const made = formatWorkflow({ file: "x.yml", text });
    assert.ok(made.kind === "refused", text);
    assert.equal(made.diagnostics[0]?.code, code);
  }
});
