// Files in the other spellings, carried out by the real program.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { compileWorkflow } from "../src/language/compile.ts";
import { documentOf, openProject } from "./cli/project.ts";

const weather = `export default async function run(ctx) { return { output: ctx.input.city === "Bergen" ? "heavy rain" : "sun" }; }`;
const pack = `export default async function run(ctx) { return { output: "packed for " + ctx.input.day }; }`;

/** A planner's graph: two cities at once, and what to take where it rains. */
const plan = (city: string): string =>
  JSON.stringify({
    strategy: "graph",
    answer: null,
    subtasks: [
      { id: "here", kind: "function", target: "weather", depends_on: [], condition: null, args: { city } },
      { id: "there", kind: "function", target: "weather", depends_on: [], args: [{ name: "city", value: "Lima" }] },
      {
        id: "umbrella",
        kind: "function",
        target: "pack",
        depends_on: ["here"],
        condition: "here.result contains 'rain'",
        args: [{ name: "day", value: "${there.result}" }],
      },
    ],
  });

test("a planner's graph runs, and a subtask whose condition does not hold is skipped", async () => {
  await using project = openProject({
    "functions/weather.mjs": weather,
    "functions/pack.mjs": pack,
    "wet.json": plan("Bergen"),
    "dry.json": plan("Lagos"),
  });
  const wet = documentOf(await project.run("run", "wet.json", "--json"));
  assert.equal(wet["workflow"], "wet");
  assert.deepEqual(wet["output"], { here: "heavy rain", there: "sun", umbrella: "packed for sun" });
  const dry = documentOf(await project.run("run", "dry.json", "--json"));
  assert.deepEqual(dry["output"], { here: "sun", there: "sun", umbrella: null });
});

test("vars hold the inputs and what functions returned, and are read when a step runs", async () => {
  await using project = openProject({
    "functions/branch.mjs": `export default async function run(ctx) { return { vars: { branch: "feature/" + ctx.input.task } }; }`,
    "functions/say.mjs": `export default async function run(ctx) { return { output: ctx.input.text }; }`,
    "work.workflow.yml": `workflow: work
inputs: { type: object, additionalProperties: true }
steps:
  - function: branch
    with: { task: "\${vars.task}" }
  - function: say
    needs: [branch]
    with: { text: "Do \${vars.task} on \${vars.branch}" }
output: \${say.output}
`,
  });
  const ran = await project.run("run", "work.workflow.yml", "--input", "task=tidy", "--json");
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(documentOf(ran)["output"], "Do tidy on feature/tidy");
});

test("a mistake in a plan is said at its place, and stages wait for a build that has agents", async () => {
  await using project = openProject({
    "plan.json": '{"subtasks":[\n {"id":"a","kind":"function","target":"nothing"}\n]}',
    "feature.workflow.yml": "stages: [plan, code]\n",
    "runwright.pins.yaml": "agents: { claude-code: claude-code@2.1.14 }\n",
  });
  const wrong = await project.run("validate", "plan.json");
  assert.equal(wrong.code, 4);
  assert.match(wrong.stderr, /error\[E048\] plan\.json:2:39 +no executor for function 'nothing'/);
  const staged = await project.run("validate", "feature.workflow.yml");
  assert.equal(staged.code, 0, staged.stderr);
});

test("the files that the documentation shows are right", () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../docs/other-spellings.md"), "utf8");
  const shown = [...page.matchAll(/```(?:json|yaml)\n([^]*?)```/g)].map((match) => match[1] ?? "");
  const agents = { "claude-code": "claude-code@2.1.14", codex: "codex@0.63.0" };
  const world = { functions: ["weather", "pack"], pins: { models: {}, connectors: {}, agents } };
  assert.equal(shown.length, 2);
  for (const text of shown)
    assert.deepEqual(compileWorkflow({ file: "shown.workflow.yml", text }, world).diagnostics, [], text);
});
