// `fmt` as people, scripts and hooks run it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { openProject, programCommand } from "./cli/project.ts";

const untidy = "id: tidy\nsteps:\n  - set: { a: 1 } # one\n    id: a\n";
const tidy = "workflow: tidy\nsteps:\n  - id: a\n    set: { a: 1 } # one\n";
const files = {
  "untidy.workflow.yml": untidy,
  "workflows/tidy.workflow.yml": tidy,
  "broken.workflow.yml": "workflow: [x\n",
};

test("fmt writes a file in its canonical form, keeps its mode, and leaves nothing else behind", async () => {
  await using project = openProject(files);
  const place = path.join(project.folder, "untidy.workflow.yml");
  chmodSync(place, 0o640);
  const said = await project.run("fmt", "untidy.workflow.yml", "workflows/tidy.workflow.yml");
  assert.equal(said.code, 0, said.stderr);
  assert.equal(said.stdout, "untidy.workflow.yml\n");
  assert.equal(said.stderr, "1 of 2 files changed\n");
  assert.equal(readFileSync(place, "utf8"), tidy);
  assert.equal(statSync(place).mode & 0o777, 0o640);
  assert.deepEqual(
    readdirSync(project.folder).toSorted(),
    [...Object.keys(files).slice(2), "untidy.workflow.yml", "workflows"].toSorted(),
  );
});

test("fmt --check writes nothing, lists what would change, and exits with 1", async () => {
  await using project = openProject(files);
  const said = await project.run("fmt", "--check", "untidy.workflow.yml", "workflows/tidy.workflow.yml");
  assert.equal(said.code, 1, said.stderr);
  assert.equal(said.stdout, "untidy.workflow.yml\n");
  assert.equal(readFileSync(path.join(project.folder, "untidy.workflow.yml"), "utf8"), untidy);
  assert.equal((await project.run("fmt", "--check", "workflows/tidy.workflow.yml")).code, 0);
});

test("a file with YAML errors is refused and left untouched, and the others are written", async () => {
  await using project = openProject(files);
  const said = await project.run("fmt");
  assert.equal(said.code, 4, said.stderr);
  assert.match(said.stderr, /error\[E001\] broken\.workflow\.yml:/);
  assert.equal(readFileSync(path.join(project.folder, "broken.workflow.yml"), "utf8"), files["broken.workflow.yml"]);
  assert.equal(readFileSync(path.join(project.folder, "untidy.workflow.yml"), "utf8"), tidy);
});

test("fmt --json says what became of each file", async () => {
  await using project = openProject(files);
  const said = await project.run("fmt", "--json", ...Object.keys(files));
  const document = JSON.parse(said.stdout) as { readonly files: readonly { readonly status: string }[] };
  assert.deepEqual(
    document.files.map(({ status }) => status),
    ["changed", "unchanged", "refused"],
  );
});

test("what a link leads to is written, and the link stays", { skip: process.platform === "win32" }, async () => {
  await using project = openProject(files);
  const link = path.join(project.folder, "link.workflow.yml");
  symlinkSync("untidy.workflow.yml", link);
  assert.equal((await project.run("fmt", "link.workflow.yml")).code, 0);
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readFileSync(path.join(project.folder, "untidy.workflow.yml"), "utf8"), tidy);
});

test("fmt - reads stdin and writes stdout", { skip: process.platform === "win32" }, async () => {
  await using project = openProject({});
  const { command, env } = programCommand(project.folder, ["fmt", "-"]);
  const said = spawnSync("sh", ["-c", command], { cwd: project.folder, env, input: untidy, encoding: "utf8" });
  assert.equal(said.status, 0, said.stderr);
  assert.equal(said.stdout, tidy);
});

for (const [args, code] of [
  [["fmt"], 2],
  [["fmt", "-", "a.workflow.yml"], 2],
  [["fmt", "none.workflow.yml"], 3],
] as const) {
  test(`control: ${args.join(" ")} in an empty folder exits with ${code}`, async () => {
    await using project = openProject({});
    assert.equal((await project.run(...args)).code, code);
  });
}
