// Options that say how a run is followed, on the commands that move one on: here, and where another process carries it out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { documentOf, type Ended, openProject, type Project, type Running } from "./cli/project.ts";

const twice = `workflow: twice
steps:
  - { id: first, approve: "One?", by: [requester] }
  - { id: work, function: note }
  - { id: second, approve: "Two?", by: [requester] }
  - { id: last, set: { done: true } }
output: \${last.output}
`;
const files = {
  "twice.workflow.yml": twice,
  "long.workflow.yml": "workflow: long\nsteps: [{ id: nap, wait: 1h }]\n",
  "functions/note.mjs": "export default async () => ({ output: 1 });\n",
};

function kindsOf({ stdout }: Ended): readonly string[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly event?: { readonly kind: string }; readonly end?: unknown })
    .map(({ event, end }) => event?.kind ?? (end === undefined ? "?" : "end"));
}

test("approve and rerun take what run takes: streams, tables, logs, every further gate, and a stop at the first", async () => {
  await using project = openProject(files);
  assert.equal((await project.run("run", "twice.workflow.yml")).code, 6);
  const stopped = await project.run(
    "approve",
    "latest",
    "first",
    "--until-gate",
    "--jsonl",
    "--summary",
    "--log",
    "calls.jsonl",
  );
  assert.equal(stopped.code, 6, stopped.stderr);
  assert.deepEqual([kindsOf(stopped)[0], kindsOf(stopped).at(-1)], ["run.created", "end"]);
  assert.match(stopped.stderr, /status +step +attempts/);
  const [line = ""] = readFileSync(path.join(project.folder, "calls.jsonl"), "utf8").split("\n");
  assert.equal((JSON.parse(line) as { readonly path: string }).path, "work");

  const again = await project.run("rerun", "latest", "--until-gate", "--jsonl");
  assert.equal(again.code, 6, again.stderr);
  const all = await project.run("approve", "latest", "first", "--yes", "--json");
  assert.equal(all.code, 0, all.stderr);
  assert.deepEqual(documentOf(all)["output"], { done: true });
  const kept = await project.run(
    "rerun",
    "latest",
    "--from-step",
    "second",
    "--yes",
    "--log",
    "kept.jsonl",
    "--summary",
  );
  assert.equal(kept.code, 0, kept.stderr);
  assert.equal(
    readFileSync(path.join(project.folder, "kept.jsonl"), "utf8"),
    "",
    "a call that is kept was made by another run",
  );
});

/** A process that holds the data folder, and goes on with whatever is asked of it. */
async function holding(project: Project): Promise<Running> {
  const holder = project.start("run", "long.workflow.yml");
  await holder.says("kept in");
  return holder;
}

test("where another process carries the run out, an option that asks for more makes the command watch it", async () => {
  await using project = openProject(files);
  assert.equal((await project.run("run", "twice.workflow.yml", "--json")).code, 6);
  const run = String(documentOf(await project.run("show", "latest", "--json"))["run"]);
  const holder = await holding(project);

  const plain = await project.run("resume", run);
  assert.equal(plain.code, 0, "without one it is done when the other goes on");
  const first = await project.run("approve", run, "--jsonl", "--summary");
  assert.equal(first.code, 6, first.stderr);
  assert.match(first.stderr, /process \d+ goes on with/);
  assert.equal(kindsOf(first).at(-1), "end");
  assert.ok(kindsOf(first).includes("step.succeeded"));
  assert.match(first.stderr, /status +step +attempts/);

  const resumed = await project.run("resume", run, "--jsonl");
  assert.deepEqual([kindsOf(resumed)[0], kindsOf(resumed).at(-1), resumed.code], ["run.created", "end", 6]);
  const gate = await project.run("rerun", run, "--until-gate");
  assert.equal(gate.code, 6, gate.stderr);
  assert.match(gate.stderr, /process \d+ carries out/);
  holder.kill("SIGTERM");
  await holder.ended;
});

test("a run of another process that does not stand still in time is left to it, with 124", async () => {
  await using project = openProject(files);
  const slow = project.start("run", "long.workflow.yml");
  await slow.says("kept in");
  const timed = await project.run("resume", "latest", "--timeout", "300ms");
  assert.equal(timed.code, 124, timed.stderr);
  assert.match(timed.stderr, /no longer watching; the run goes on/);
  const again = await project.run("rerun", "latest", "--timeout", "300ms", "--json");
  assert.equal(again.code, 124, again.stderr);
  assert.equal(documentOf(again)["status"], "running");
  slow.kill("SIGTERM");
  await slow.ended;
});
