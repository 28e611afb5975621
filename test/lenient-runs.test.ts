// `--continue-on-error`, `--strict` and `--permissive`, as the real program does them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { documentOf, type Ended, openProject } from "./cli/project.ts";

interface Step {
  readonly path: string;
  readonly status: string;
  readonly warnings?: readonly string[];
}

function stepsOf(ended: Ended): readonly string[] {
  return (documentOf(ended)["steps"] as readonly Step[]).map(({ path, status }) => `${path} ${status}`);
}

const failing = `workflow: failing
steps:
  - { id: first, fail: out of paper }
  - { id: second, set: { done: true } }
  - { id: third, fail: out of ink, on_failure: stop }
  - { id: last, set: { done: true } }
`;

test("R017 with --continue-on-error only a step that says stop stops the run, also when it is run again", async () => {
  await using project = openProject({ "failing.workflow.yml": failing });
  assert.equal((await project.run("run", "failing.workflow.yml", "--quiet")).code, 1);
  assert.deepEqual(stepsOf(await project.run("show", "latest", "--json")), [
    "first failed",
    "second skipped",
    "third skipped",
    "last skipped",
  ]);
  for (const args of [
    ["run", "failing.workflow.yml", "--continue-on-error"],
    ["rerun", "latest"],
  ]) {
    const ended = await project.run(...args);
    assert.equal(ended.code, 1);
    const shown = await project.run("show", "latest", "--json");
    assert.deepEqual(stepsOf(shown), ["first failed", "second succeeded", "third failed", "last skipped"]);
    assert.deepEqual(documentOf(shown)["leniency"], { continueOnError: true }, "the version says it");
  }
  assert.match((await project.run("show", "latest")).stdout, /with --continue-on-error/);
});

test("a run that went on over failures names them, and a no at a gate is none", async () => {
  await using project = openProject({
    "over.workflow.yml": "workflow: over\nsteps: [{ id: first, fail: no }, { id: second, set: { a: 1 } }]\n",
    "no.workflow.yml": `workflow: no
steps:
  - { id: ask, approve: "Go?", by: [requester], on_reject: fail }
  - { id: act, set: { a: 1 } }
`,
  });
  const over = await project.run("run", "over.workflow.yml", "--continue-on-error");
  assert.equal(over.code, 0, over.stderr);
  assert.match(over.stderr, /failed all the same: first/);
  assert.equal((await project.run("run", "no.workflow.yml", "--continue-on-error")).code, 6);
  assert.equal((await project.run("reject", "latest")).code, 1);
  assert.deepEqual(stepsOf(await project.run("show", "latest", "--json")), ["ask failed", "act skipped"]);
});

const loose = `workflow: loose
steps:
  - { id: give, function: give, output: { title: string } }
  - { id: each, for_each: give.output.issues, function: give }
  - { id: text, set: { text: "it is \${give.output.name}", deep: "\${open.output.a.b}" } , needs: [open] }
  - { id: ask, function: ask }
output: { each: "\${each.output}", text: "\${text.output}", asked: "\${ask.output}" }
`;
const modules = {
  "functions/give.mjs": "export default async () => ({ output: { title: 'x' } });\n",
  "functions/open.mjs": "export default async () => ({ output: { a: 'text' } });\n",
  "functions/ask.mjs": "export default async (ctx) => ({ output: ctx.refs.get('#nowhere.at-all') });\n",
};
const withOpen = loose.replace("  - { id: text", "  - { id: open, function: open }\n  - { id: text");

test("R024 R025 what is not there is an error; with --permissive it is a warning that stays with the run, and null or an empty list", async () => {
  await using project = openProject({ "loose.workflow.yml": withOpen, ...modules });
  const strict = await project.run("run", "loose.workflow.yml");
  assert.equal(strict.code, 4);
  assert.match(strict.stderr, /error\[E302\].*no field 'issues'/);

  const ended = await project.run("run", "loose.workflow.yml", "--permissive");
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /warning\[E302\].*no field 'issues'/);
  assert.match(
    ended.stderr,
    /warning +each .*needs a list, but give\.output\.issues is null\. It counts as an empty list/,
  );
  const shown = documentOf(await project.run("show", "latest", "--json"));
  assert.deepEqual(shown["output"], { each: [], text: { text: "it is ", deep: null }, asked: null });
  const warnings = (shown["steps"] as readonly Step[]).map((step) => [step.path, step.warnings?.length ?? 0]);
  assert.deepEqual(warnings, [
    ["give", 0],
    ["each", 1],
    ["open", 0],
    ["text", 2],
    ["ask", 1],
  ]);
  const again = await project.run("rerun", "latest", "--quiet");
  assert.equal(again.code, 0, "the version of the run is permissive");
});

test("without --permissive a list that is none and a reference to nothing fail their steps", async () => {
  await using project = openProject({
    "list.workflow.yml":
      "workflow: list\nsteps: [{ id: open, function: open }, { id: each, for_each: open.output.a, function: open }]\n",
    "refs.workflow.yml": "workflow: refs\nsteps: [{ id: ask, function: ask, retry: { max: 0 } }]\n",
    ...modules,
  });
  const list = await project.run("run", "list.workflow.yml");
  assert.equal(list.code, 1);
  assert.match(list.stderr, /items\.not-a-list/);
  const refs = await project.run("run", "refs.workflow.yml");
  assert.equal(refs.code, 1);
  assert.match(refs.stderr, /There is no '#nowhere\.at-all'/);
});

test("--strict refuses a file that has warnings with 4, and takes one that has none", async () => {
  const warned = `workflow: warned
inputs: { go: boolean }
steps:
  - { id: may, if: inputs.go, set: { a: 1 } }
  - { id: reads, set: { b: "\${may.output.a}" } }
`;
  await using project = openProject({
    "warned.workflow.yml": warned,
    "fine.workflow.yml": "workflow: fine\nsteps: [{ id: a, set: { b: 1 } }]\n",
  });
  assert.equal((await project.run("run", "warned.workflow.yml", "--input", "go=false")).code, 0);
  const strict = await project.run("run", "warned.workflow.yml", "--input", "go=false", "--strict");
  assert.equal(strict.code, 4);
  assert.match(strict.stderr, /error\[W034\]/);
  assert.equal((await project.run("run", "fine.workflow.yml", "--strict")).code, 0);
  assert.equal((await project.run("run", "fine.workflow.yml", "--strict", "--permissive")).code, 2);
});
