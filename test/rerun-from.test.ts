// `rerun --from-step` and `rerun --failed`, as the real program does them.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { documentOf, openProject, type Project } from "./cli/project.ts";

const module = `import { appendFileSync, existsSync } from "node:fs";
export default async function run(ctx) {
  appendFileSync("reports/called.txt", ctx.meta.stepId + "\\n");
  if (ctx.input.fails && !existsSync("reports/mended.txt")) throw Object.assign(new Error("broken"), { retryable: false });
  return { output: ctx.meta.stepId };
}
`;
const flow = `workflow: flow
inputs: { title: { type: string, default: a }, footer: { type: string, default: b } }
steps:
  - { id: fetch, function: note, with: { title: "\${inputs.title}" } }
  - { id: build, function: note, with: { fails: true } }
  - { id: write, set: { text: "\${build.output} \${inputs.footer}" } }
output: \${write.output.text}
`;
const files = { "flow.workflow.yml": flow, "functions/note.mjs": module, "reports/.keep": "" };

function called({ folder }: Project): string {
  return readFileSync(path.join(folder, "reports/called.txt"), "utf8").replaceAll("\n", " ").trim();
}

test("what failed is mended and tried again: what had been done before is kept, said so, and not called again", async () => {
  await using project = openProject(files);
  assert.equal((await project.run("run", "flow.workflow.yml", "--quiet")).code, 1);
  const old = documentOf(await project.run("show", "latest", "--json"))["run"];
  writeFileSync(path.join(project.folder, "reports/mended.txt"), "");
  const again = await project.run("rerun", "latest", "--failed", "--input", "footer=c");
  assert.equal(again.code, 0, again.stderr);
  assert.equal(called(project), "fetch build build");
  assert.match(again.stderr, /from build; kept: fetch/);
  assert.doesNotMatch(again.stderr, /succeeded +fetch/, "what is kept is not told as if it were done now");
  const shown = documentOf(await project.run("show", "latest", "--json"));
  assert.deepEqual(shown["forkedFrom"], { run: old, path: "build", kept: ["fetch"] });
  assert.equal(shown["output"], "build c");
  const text = (await project.run("show", "latest")).stdout;
  assert.match(text, /again of r\w+ from build; kept: fetch/);
  assert.match(text, /succeeded +fetch +kept/);

  const write = await project.run("rerun", "latest", "--from-step", "write", "--json");
  assert.equal(documentOf(write)["output"], "build c");
  assert.equal(called(project), "fetch build build", "only `write` was done again");
});

test("a point or an input that cannot be is refused with what can", async () => {
  await using project = openProject({ ...files, "reports/mended.txt": "" });
  await project.run("run", "flow.workflow.yml", "--quiet");
  const nowhere = await project.run("rerun", "latest", "--from-step", "biuld");
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /has no step 'biuld': choose one of fetch, build, write/);
  const input = await project.run("rerun", "latest", "--from-step", "build", "--input", "title=x");
  assert.equal(input.code, 4);
  assert.match(input.stderr, /step 'fetch', whose result is kept, may have read it/);
  assert.equal((await project.run("rerun", "latest", "--failed")).code, 2);
  assert.equal((await project.run("rerun", "latest", "--failed", "--from-step", "write")).code, 2);
});

test("the process that holds the data folder carries the new try out", async () => {
  await using project = openProject({
    ...files,
    "reports/mended.txt": "",
    "long.workflow.yml": "workflow: long\nsteps: [{ id: nap, wait: 1h }]\n",
  });
  const run = documentOf(await project.run("run", "flow.workflow.yml", "--json"))["run"];
  const holder = project.start("run", "long.workflow.yml");
  await holder.says("kept in");
  const again = await project.run("rerun", String(run), "--from-step", "write");
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /from write; kept: fetch, build/);
  const [, long] = documentOf(await project.run("runs", "--json"))["runs"] as readonly { readonly run: string }[];
  const open = await project.run("rerun", long?.run ?? "", "--from-step", "nap");
  assert.equal(open.code, 9, open.stderr);
  assert.match(open.stderr, /has not ended \(running\)/);
  holder.kill("SIGTERM");
  await holder.ended;
});
