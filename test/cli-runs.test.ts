// Commands for a run under way: each is the real program, in a process of its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { documentOf, openProject, programCommand } from "./cli/project.ts";
import { counting, workflows } from "./cli/workflows.ts";

/** Long enough that another command comes in between, also on a machine with much to do. */
const long = counting.replace(
  "[1, 2, 3, 4, 5, 6]",
  JSON.stringify(Array.from({ length: 80 }, (_, index) => index + 1)),
);
const longer = { ...workflows, "long.workflow.yml": long };

test("a run is paused from another terminal and goes on where it was", async () => {
  await using project = openProject(longer);
  const run = project.start("run", "long.workflow.yml");
  await run.says("noted 2");
  const paused = await project.run("pause", "latest");
  assert.equal(paused.code, 0, paused.stderr);
  assert.match(paused.stderr, /paused {2}r\w+; .* resume r\w+ goes on/);
  const stopped = await run.ended;
  assert.equal(stopped.code, 6, stopped.stderr);
  const resumed = project.start("resume", "latest");
  await resumed.says("noted 1");
  await project.run("cancel", "latest");
  assert.doesNotMatch((await resumed.ended).stderr, /noted 2$/m);
});

test("watching shows a run that another process carries out, to its end, and changes nothing", async () => {
  await using project = openProject(workflows);
  const run = project.start("run", "counting.workflow.yml");
  await run.says("noted 1");
  const watched = await project.run("watch", "latest");
  assert.equal(watched.code, 0, watched.stderr);
  assert.match(watched.stderr, /succeeded +count +6\/6/);
  assert.equal((await run.ended).code, 0);
});

test("watching a run that nobody carries out says so and how it goes on", async () => {
  await using project = openProject(workflows);
  const run = project.start("run", "waiting.workflow.yml");
  await run.says("kept in");
  run.kill("SIGKILL");
  await run.ended;
  const watched = await project.run("watch", "latest");
  assert.equal(watched.code, 7, watched.stderr);
  assert.match(watched.stderr, /no process carries the run out: .* resume r\w+ goes on with it/);
});

test("a run is run again with the inputs it had, or with others", async () => {
  await using project = openProject(workflows);
  await project.run("run", "fine.workflow.yml", "--input", "who=ada");
  const again = documentOf(await project.run("rerun", "latest", "--json"));
  assert.deepEqual(again["output"], { text: "hello ada", twice: 4 });
  const other = documentOf(await project.run("rerun", "latest", "--input", "times=5", "--json"));
  assert.deepEqual(other["output"], { text: "hello ada", twice: 10 });
  const wrong = await project.run("rerun", "latest", "--input", "times=many");
  assert.equal(wrong.code, 4, wrong.stderr);
});

test("a run is run again from the version that is kept, also when the file has changed or gone", async () => {
  await using project = openProject(workflows);
  await project.run("run", "fine.workflow.yml");
  writeFileSync(path.join(project.folder, "fine.workflow.yml"), "workflow: gone\n");
  const again = await project.run("rerun", "latest");
  assert.equal(again.code, 0, again.stderr);
});

test("changes are only asked for where a gate offers them", async () => {
  await using project = openProject(workflows);
  await project.run("run", "asking.workflow.yml");
  const asked = await project.run("request-changes", "latest", "--comment", "shorter");
  assert.equal(asked.code, 4, asked.stderr);
  assert.match(asked.stderr, /does not let changes be asked for; accept or reject it/);
});

test("an event needs JSON, and a run that has ended takes none", async () => {
  await using project = openProject(workflows);
  await project.run("run", "fine.workflow.yml");
  const wrong = await project.run("send", "latest", "paid", "--data", "{paid}");
  assert.deepEqual([wrong.code, wrong.stderr.includes("--data is JSON")], [2, true]);
  const late = await project.run("send", "latest", "paid", "--data", '{"cents":5}');
  assert.equal(late.code, 9, late.stderr);
});

test("a shell completes commands, options, files, runs and gates", async () => {
  await using project = openProject(workflows);
  await project.run("run", "asking.workflow.yml");
  const folder = path.join(project.folder, "bin");
  mkdirSync(folder);
  const { command, env } = programCommand(project.folder, []);
  writeFileSync(path.join(folder, "runwright"), `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(path.join(folder, "runwright"), 0o755);
  const complete = (...words: readonly string[]): readonly string[] => {
    const typed = words.map((word) => `'${word}'`).join(" ");
    const script = `source <(runwright completion bash); COMP_WORDS=(runwright ${typed}); COMP_CWORD=${words.length}; _runwright; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const options = {
      cwd: project.folder,
      env: { ...env, PATH: `${folder}:${env["PATH"] ?? ""}` },
      encoding: "utf8",
    } as const;
    return execFileSync("bash", ["-c", script], options).trim().split("\n");
  };
  assert.deepEqual(complete("re"), ["resume", "rerun", "reject", "request-changes"]);
  assert.deepEqual(complete("validate", "--g"), ["--graph"]);
  assert.deepEqual(complete("run", "as"), ["asking.workflow.yml"]);
  assert.deepEqual(complete("run", "func"), ["functions/"]);
  assert.deepEqual(complete("approve", "lat"), ["latest"]);
  assert.deepEqual(complete("logs", "lat"), ["latest"]);
  assert.deepEqual(complete("logs", "--f"), ["--follow"]);
  assert.deepEqual(complete("approve", "latest", ""), ["review"]);
  assert.deepEqual(complete("nothing", "x"), [""]);
});

const parent = `workflow: parent
steps:
  - { id: draft, set: { total: 6, note: "\${default(iter.comment, 'first')}" } }
  - id: review
    approve: Pay \${draft.output.total} (\${draft.output.note})?
    by: [requester]
    show: \${draft.output}
    form: { reason: string }
    on_changes: { redo: draft, max: 1 }
  - { id: paid, wait: { event: paid, match: event.data.cents > 100, timeout: 1h } }
  - { id: sub, workflow: child@draft, with: { total: "\${review.output.total}" } }
output: { sub: "\${sub.output}", event: "\${paid.output}", reason: "\${review.output.reason}" }
`;
const child = `workflow: child
inputs: { total: number }
steps:
  - { id: ok, approve: "Is \${inputs.total} right?", by: [requester] }
  - { id: out, set: { doubled: "\${inputs.total * 2}" } }
output: \${out.output}
`;

test("changes, a form, an event and another workflow: each comes from a command of its own, and the run goes on", async () => {
  await using project = openProject({
    "workflows/parent.workflow.yml": parent,
    "workflows/child.workflow.yml": child,
  });
  assert.equal((await project.run("run", "workflows/parent.workflow.yml")).code, 6);
  const changed = await project.run("request-changes", "latest", "--comment", "cheaper");
  assert.match(changed.stderr, /review@2: Pay 6 \(cheaper\)\?/);
  assert.equal((await project.run("request-changes", "latest")).code, 4, "once was enough");
  assert.match(
    (await project.run("approve", "latest")).stderr,
    /form of gate review@2 is not filled in: reason is missing/,
  );

  const approved = project.start("approve", "latest", "--edit", "reason=because");
  await approved.says("accepted");
  await project.run("send", "latest", "paid", "--data", '{"cents":50}');
  await project.run("send", "latest", "paid", "--data", '{"cents":500}');
  const waits = await approved.ended;
  assert.equal(waits.code, 6, waits.stderr);
  assert.match(waits.stderr, /waits for another, which waits for people: .* show r\w+/);

  const ended = documentOf(await project.run("approve", "latest", "--json"));
  assert.deepEqual(ended["output"], { sub: { doubled: 12 }, event: { cents: 500 }, reason: "because" });
});
