// `pin` writes the versions that are in use today where a file names none: the real program, with real commands on its path.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { documentOf, openProject, programCommand, type Project } from "./cli/project.ts";
import { spawnSync } from "node:child_process";

const part = "workflow: part\nsteps: [{ id: a, set: { n: 1 } }]\n";
const loose = `workflow: loose   # what it does
connectors:
  desk: zendesk          # the help desk
  maps: { use: "osm-places" }
  other: { use: 'zendesk@latest' }
  fixed: zendesk@3.2.0
steps:
  - id: one
    workflow: part
  - id: group
    do:
      - { id: two, workflow: part@draft }
`;
const file = "workflows/loose.workflow.yml";

const textOf = (project: Project, name = file): string => readFileSync(path.join(project.folder, name), "utf8");

test("what has no version gets the one in use, and nothing else in the file changes", async () => {
  await using project = openProject({ [file]: loose, "workflows/part.workflow.yml": part });
  await project.run("publish", "workflows/part.workflow.yml", "--yes");
  const checked = await project.run("pin", file, "--check");
  assert.equal(checked.code, 1, checked.stderr);
  assert.match(checked.stderr, /E043[^]*connector 'desk' has no version: 'zendesk'[^]*now zendesk@/);
  assert.equal(textOf(project), loose);

  const pinned = await project.run("pin", file);
  assert.equal(pinned.code, 0, pinned.stderr);
  assert.match(pinned.stdout, /^workflows\/loose\.workflow\.yml:3 {2}zendesk → zendesk@3\.2\.0$/m);
  const [, places = ""] = /osm-places@(\d[\d.]*)/.exec(textOf(project)) ?? [];
  assert.equal(
    textOf(project),
    loose
      .replace("zendesk   ", "zendesk@3.2.0   ")
      .replace('"osm-places"', `"osm-places@${places}"`)
      .replace("zendesk@latest", "zendesk@3.2.0")
      .replace("workflow: part\n  -", "workflow: part@1\n  -")
      .replace("part@draft", "part@1"),
  );
  assert.equal((await project.run("pin", file, "--check")).code, 0);
});

test("what cannot be pinned is left, with what to do", async () => {
  const text = `workflow: left
models: { fast: anthropic/claude-haiku-latest, odd: gpt }
connectors: { a: nobody }
agents: { coder: codex }
steps: [{ id: a, workflow: part@draft }, { id: b, workflow: gone }]
`;
  await using project = openProject({ "left.workflow.yml": text, "workflows/part.workflow.yml": part });
  await project.run("publish", "workflows/part.workflow.yml", "--yes");
  writeFileSync(path.join(project.folder, "workflows/part.workflow.yml"), part.replace("n: 1", "n: 2"));
  const left = await project.run("pin", "left.workflow.yml");
  assert.equal(left.code, 1, left.stderr);
  assert.equal(textOf(project, "left.workflow.yml"), text);
  for (const said of [
    /model 'fast' can change[^]*list of models names the dated one/,
    /model 'odd' is not provider\/model/,
    /connector 'a' is of a connector that is not installed/,
    /agent 'coder' has no version[^]*codex is not installed here/,
    /workflow 'a' runs what can change[^]*workflows\/part\.workflow\.yml is not what part@1 was published as; publish it first/,
    /workflow 'b' runs what can change[^]*publish it first: runwright publish gone/,
  ])
    assert.match(left.stderr, said);
});

test("without a file those here and the file of pins are pinned, in their own form", async () => {
  await using project = openProject({
    "runwright.pins.yaml":
      "# ours\nconnectors:\n  desk: zendesk # newest\nmodels: { fast: anthropic/claude-haiku-4-5-20251001 }\n",
    "a.workflow.json": '{"workflow": "a", "connectors": {"desk": "zendesk"}, "steps": [{"id": "s", "set": {"n": 1}}]}',
    [file]: loose
      .replaceAll(/workflow: part.*/g, "set: { n: 1 } }")

      .replace("one\n    set: { n: 1 } }", "one\n    set: { n: 1 }"),
  });
  const pinned = await project.run("pin", "--json");
  assert.equal(pinned.code, 0, pinned.stderr);
  const { files } = documentOf(pinned) as { files: { file: string; pinned: boolean }[] };
  assert.deepEqual(
    files.map((each) => [each.file, each.pinned]),
    [
      ["runwright.pins.yaml", true],
      ["a.workflow.json", true],
      [file, true],
    ],
  );
  assert.match(textOf(project, "runwright.pins.yaml"), /^# ours\nconnectors:\n {2}desk: zendesk@3\.2\.0 # newest\n/);
  assert.match(textOf(project, "a.workflow.json"), /"desk": "zendesk@3\.2\.0"/);
});

test("an agent is pinned to what its command says, and one that does not say it is left", async () => {
  if (process.platform === "win32") return;
  const agents = (names: string): string => `workflow: x\nagents: { ${names} }\nsteps: [{ id: a, set: { n: 1 } }]\n`;
  await using project = openProject({
    "x.workflow.yml": agents("one: codex, two: { use: claude-code }, three: gemini"),
  });
  const bin = path.join(project.folder, "bin");
  mkdirSync(bin);
  for (const [name, script] of [
    ["codex", 'echo "codex-cli 0.63.0-beta.2"'],
    ["claude", 'echo "2.1.14 (Claude Code)"'],
    ["gemini", "echo none"],
  ] as const) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const { command, env } = programCommand(project.folder, ["pin", "x.workflow.yml"]);
  const options = { cwd: project.folder, env: { ...env, PATH: `${bin}:${env["PATH"]}` }, encoding: "utf8" } as const;
  const pinned = spawnSync("sh", ["-c", command], options);
  assert.equal(pinned.status, 1, pinned.stderr);
  assert.match(pinned.stderr, /agent 'three' has no version/);
  assert.equal(
    textOf(project, "x.workflow.yml"),
    agents("one: codex@0.63.0-beta.2, two: { use: claude-code@2.1.14 }, three: gemini"),
  );
});
