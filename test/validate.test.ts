// `validate` as people, scripts and GitHub Actions run it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openProject } from "./cli/project.ts";
import { workflows } from "./cli/workflows.ts";

const later = `workflow: later
agents: { coder: codex@0.63.0 }
steps:
  - id: greet
    agent: coder
    prompt: Hello
`;
const files = ["fine.workflow.yml", "wrong.workflow.yml"] as const;

test("--explain says the rule of a code with the mistake and how it is mended", async () => {
  await using project = openProject({});
  const said = await project.run("validate", "--explain", "e304");
  assert.equal(said.code, 0, said.stderr);
  assert.match(said.stdout, /^error\[E304\] A value that is compared with an enum/);
  assert.match(said.stdout, /Wrong\n[^]*"spamm"[^]*did you mean "spam"\?[^]*Right\n[^]*"spam"/);

  const json = JSON.parse((await project.run("validate", "--explain", "W034", "--json")).stdout) as {
    readonly severity: string;
    readonly example: { readonly wrong: string; readonly right: string };
  };
  assert.equal(json.severity, "warning");
  assert.notEqual(json.example.wrong, json.example.right);
});

test("an unknown code is a usage error that names the code that was meant", async () => {
  await using project = openProject({});
  const said = await project.run("validate", "--explain", "E3004");
  assert.equal(said.code, 2, said.stderr);
  assert.match(said.stderr, /no code 'E3004'; did you mean E300 or E304\?/);
  const swapped = await project.run("validate", "--explain", "e340");
  assert.match(swapped.stderr, /no code 'e340'; did you mean E304 or /);
  const far = await project.run("validate", "--explain", "what");
  assert.equal(far.code, 2, far.stderr);
  assert.match(far.stderr, /no code 'what'; codes: E001, E003/);
});

test("a valid file that this build cannot run is told in one quiet line, in JSON, and refused when it is run", async () => {
  await using project = openProject({ "later.workflow.yml": later });
  const said = await project.run("validate", "later.workflow.yml");
  assert.equal(said.code, 0, said.stderr);
  assert.equal(said.stderr, "later.workflow.yml: checked; not run by this build: agents, agent\n1 file: valid\n");

  const json = JSON.parse((await project.run("validate", "later.workflow.yml", "--json")).stdout) as {
    readonly files: readonly { readonly diagnostics: readonly unknown[]; readonly unsupported: readonly object[] }[];
  };
  const [file] = json.files;
  assert.deepEqual(file?.diagnostics, []);
  assert.deepEqual(
    file?.unsupported.map((each) => ("code" in each && "path" in each ? [each.code, each.path] : [])),
    [
      ["E090", "agents"],
      ["E090", "steps[0].agent"],
    ],
  );

  const ran = await project.run("run", "later.workflow.yml");
  assert.equal(ran.code, 4, ran.stderr);
  assert.match(ran.stderr, /error\[E090\] later\.workflow\.yml:2:1[^]*error\[E090\] later\.workflow\.yml:5:5/);
  assert.match(ran.stderr, /error\[workflow\.unsupported\][^]*nothing was started/);
  const runs = await project.run("runs", "--json");
  assert.deepEqual(JSON.parse(runs.stdout), { runs: [] });
});

test("--explain E090 shows what is noted, though nothing is wrong with it", async () => {
  await using project = openProject({});
  const said = await project.run("validate", "--explain", "E090");
  assert.equal(said.code, 0, said.stderr);
  assert.match(said.stdout, /Wrong\n[^]*'cache' is not carried out by this build[^]*Right\n/);
});

test("--graph says what each step waits for and why, also as JSON, and nothing of a file with errors", async () => {
  await using project = openProject(workflows);
  const said = await project.run("validate", "--graph", "asking.workflow.yml");
  assert.equal(said.code, 0, said.stderr);
  assert.match(said.stdout, /^asking {2}asking\.workflow\.yml\n {2}offer {3}<- {2}- {6}starts at once\n/);
  assert.match(said.stdout, /review {2}<- {2}offer {2}approve reads offer\.output \(line 6\); show reads/);

  const both = await project.run("validate", "--graph", "--format", "json", ...files);
  assert.equal(both.code, 4, both.stderr);
  const { files: shown } = JSON.parse(both.stdout) as { readonly files: readonly { readonly steps?: unknown }[] };
  assert.deepEqual(shown[0]?.steps, [{ id: "greet", waitsFor: [] }]);
  assert.equal(shown[1]?.steps, undefined);
});

test("--format github gives one workflow command a problem on stdout", async () => {
  await using project = openProject(workflows);
  const said = await project.run("validate", "--format", "github", ...files);
  assert.equal(said.code, 4, said.stderr);
  assert.equal(
    said.stdout,
    "::error file=wrong.workflow.yml,line=4,col=13,endColumn=14,title=E030::step 'a' needs 'b', which does not exist\n",
  );
  assert.equal((await project.run("validate", "--format", "github", "fine.workflow.yml")).stdout, "");
});

for (const args of [
  [],
  ["--explain", "E304", "fine.workflow.yml"],
  ["--explain", "E304", "--graph"],
  ["--explain", "E304", "--format", "github"],
  ["--graph", "--format", "github", "fine.workflow.yml"],
  ["--json", "--format", "github", "fine.workflow.yml"],
  ["--format", "xml", "fine.workflow.yml"],
]) {
  test(`control: validate ${args.join(" ")} is refused`, async () => {
    await using project = openProject(workflows);
    const said = await project.run("validate", ...args);
    assert.equal(said.code, 2, said.stderr);
  });
}
