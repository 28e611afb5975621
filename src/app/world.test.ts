import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import { loadConfig } from "./config.ts";
import { readWorkflow } from "./workflow-file.ts";

const connector = (version: string): string =>
  JSON.stringify({
    name: "desk",
    version,
    title: "Desk",
    actions: {
      say: { title: "Says it", effect: "read", input: { type: "object", properties: { text: { type: "string" } } } },
    },
  });

/** What is said of a workflow `own` in a project with these files. */
async function said(files: Readonly<Record<string, string>>, text: string): Promise<readonly string[]> {
  using project = temporaryFolder();
  const own = path.join("workflows", "own.workflow.yml");
  for (const [name, content] of Object.entries({
    "runwright.config.yaml": "",
    ...files,
    [own]: `workflow: own\n${text}`,
  })) {
    const place = path.join(project.folder, name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, content);
  }
  const config = await loadConfig(project.folder, {});
  return readWorkflow(config, own, project.folder).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

function temporaryFolder(): Disposable & { readonly folder: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "world-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const usesDesk = "connectors: { desk: desk@1.0.0 }\nsteps: [{ id: s, tool: desk.say, with: { txt: Hello } }]\n";

test("a step can call the built-in connectors and those of the project", async () => {
  const builtIn = "connectors: { weather: open-meteo@1.0.4 }\nsteps: [{ id: s, tool: weather.current }]\n";
  assert.deepEqual(await said({}, builtIn), ["E055 weather.current needs 'city'"]);
  assert.deepEqual(await said({ "connectors/desk@1.0.0.json": connector("1.0.0") }, usesDesk), [
    "E053 desk.say has no input 'txt'",
  ]);
});

test("a connector that cannot be used stops whoever names connectors, and nobody else", async () => {
  const files = { "connectors/desk@1.0.0.json": "{}" };
  await assert.rejects(said(files, usesDesk), (error) => hasCode(error, "connector.invalid"));
  assert.deepEqual(await said(files, "steps: [{ id: s, set: { n: 1 } }]\n"), []);
});

test("a connector whose file has another name is refused, with the name it should have", async () => {
  await assert.rejects(
    said({ "connectors/desk@1.0.0.json": connector("1.0.1") }, usesDesk),
    /name the file connectors\/desk@1\.0\.1\.json/,
  );
});

test("a step can run the drafts in the folder workflows, and is told what they take", async () => {
  const other = "workflow: other\ninputs: { n: number }\nsteps: [{ id: s, set: { n: 1 } }]\n";
  const files = { "workflows/other.workflow.yml": other };
  assert.deepEqual(await said(files, "steps: [{ id: s, workflow: other@draft, with: { n: 1 } }]\n"), []);
  assert.deepEqual(await said(files, "steps: [{ id: s, workflow: other@draft, with: { n: x } }]\n"), [
    "E068 other@draft.n: expected number, got text",
  ]);
  assert.deepEqual(await said({}, "steps: [{ id: s, workflow: other@draft }]\n"), ["E068 no workflow named 'other'"]);
});

test("drafts that come back to the file are seen, through groups as well", async () => {
  const back = "workflow: other\nsteps:\n  - id: g\n    do:\n      - { id: s, workflow: own@draft }\n";
  assert.deepEqual(
    await said({ "workflows/other.workflow.yml": back }, "steps: [{ id: s, workflow: other@draft }]\n"),
    ["E068 workflow 'own' runs itself: own → other → own"],
  );
});

test("a draft with mistakes of its own, or that is no workflow, does not stop others", async () => {
  const files = {
    "workflows/bad.workflow.yml": "workflow: bad\nsteps: [{ fuction: x }]\n",
    "workflows/no.workflow.yml": "[",
  };
  assert.deepEqual(await said(files, "steps: [{ id: s, workflow: bad@draft }]\n"), []);
});

test("a folder with more connectors than are read is refused, not read in part", async () => {
  const names = Array.from({ length: limits.connectorFilesMax + 1 }, (_, n) => `connectors/desk@1.0.${n}.json`);
  const files = Object.fromEntries(names.map((name) => [name, "{}"]));
  await assert.rejects(said(files, usesDesk), /201 files; at most 200 are read/);
});

test("a folder with more workflows than are read is refused, not read in part", async () => {
  const names = Array.from({ length: limits.workflowFilesMax }, (_, n) => `workflows/w${n}.workflow.yml`);
  const files = Object.fromEntries(names.map((name) => [name, ""]));
  await assert.rejects(said(files, "steps: [{ id: s, workflow: other@draft }]\n"), /2001 files; at most 2000 are read/);
});
