// A call of which nobody knows whether it was carried out, settled from the command line: each command is the real program.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { documentOf, openProject, type Project } from "./cli/project.ts";

/** Charges, and dies with it the first time. */
const charge = `import { appendFileSync, readFileSync } from "node:fs";
export default async function run(ctx) {
  const receipt = await ctx.once(
    "charge",
    async () => {
      appendFileSync("reports/charges.txt", "charged\\n");
      const times = readFileSync("reports/charges.txt", "utf8").split("\\n").length - 1;
      if (times === 1) process.kill(process.pid, "SIGKILL");
      return { id: "charge " + times };
    },
    { class: "blind" },
  );
  return { output: receipt };
}
`;
const files = {
  "pay.workflow.yml":
    "workflow: pay\nsteps: [{ id: pay, function: charge, retry: { max: 2, delay: 1ms } }]\noutput: ${pay.output}\n",
  "functions/charge.mjs": charge,
  "reports/.keep": "",
};

function charges(project: Project): number {
  return readFileSync(path.join(project.folder, "reports", "charges.txt"), "utf8").split("\n").length - 1;
}

test("a run waits where nobody knows, says how it is settled, and no --yes speaks for it", async () => {
  await using project = openProject(files);
  const ran = await project.run("run", "pay.workflow.yml", "--yes");
  assert.equal(ran.code, 6, ran.stderr);
  assert.match(ran.stderr, /waiting +pay +Was charge of step pay carried out\? Nobody knows/);
  assert.match(ran.stderr, /settle {2}.* settle r\w+ --done, --retry or --fail/);
  const shown = await project.run("show", "latest");
  assert.match(shown.stdout + shown.stderr, /settle r\w+ --retry/);
  assert.equal(charges(project), 1);
});

for (const [words, output, times] of [
  [["--done", "--receipt", '{"id": "seen"}'], { id: "seen" }, 1],
  [["--retry"], { id: "charge 2" }, 2],
] as const) {
  test(`settle ${words[0]} lets the run go on`, async () => {
    await using project = openProject(files);
    await project.run("run", "pay.workflow.yml");
    const settled = await project.run("settle", "latest", ...words, "--json");
    assert.equal(settled.code, 0, settled.stderr);
    assert.deepEqual(documentOf(settled)["output"], output);
    assert.equal(charges(project), times);
  });
}

test("settle --fail lets the step fail, and words that do not fit are refused", async () => {
  await using project = openProject(files);
  await project.run("run", "pay.workflow.yml");
  const none = await project.run("settle", "latest");
  assert.deepEqual([none.code, /--done .* --retry or --fail/.test(none.stderr)], [2, true], none.stderr);
  const both = await project.run("settle", "latest", "--done", "--retry");
  assert.equal(both.code, 2, both.stderr);
  const wrong = await project.run("settle", "latest", "--done", "--receipt", "{oops");
  assert.deepEqual([wrong.code, /--receipt takes JSON/.test(wrong.stderr)], [2, true], wrong.stderr);
  const failed = await project.run("settle", "latest", "--fail");
  assert.equal(failed.code, 1, failed.stderr);
  assert.match(failed.stderr, /effect\.unknown/);
  assert.equal(charges(project), 1);
});
