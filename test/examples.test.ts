// Every example is free of mistakes, waits for what it should, and does what it says or is refused by name; from a copy of its folder.
import assert from "node:assert/strict";
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { loadConfig } from "../src/app/config.ts";
import { readWaits, readWorkflow } from "../src/app/workflow-file.ts";
import type { StepWaits } from "../src/language/compile/waits.ts";
import { verbs } from "../src/language/fields/verbs.ts";
import { documentOf, openProject, type Project } from "./cli/project.ts";

const examples = path.resolve(import.meta.dirname, "../examples");

/** What each example gives when all its gates are accepted. */
const outputs: Readonly<Record<string, unknown>> = {
  "5-sample-minimal.workflow.yml": ["#1 Set up the repository", "#2 Draw the start page", "#3 Store what users enter"],
  "if-else.workflow.yml": { total: 127, gift: false },
  "loop.workflow.yml": { root: 1.4142135623746899, rounds: 4 },
  "retry.workflow.yml": { answer: "42", attempt: 3 },
  "wait-approve.workflow.yml": { decision: "accepted", loaves: 2 },
};

/** The verbs of those that are only checked today. One that can be carried out leaves its line; a file without any goes to `outputs`. */
const refused: Readonly<Record<string, readonly string[]>> = {
  "1-triage-inbox.workflow.yml": [],
  "2-epics.workflow.yml": [],
  "3-codecafe.workflow.yml": ["agent"],
  "4a-weather.workflow.yml": [],
  "4c-reminders.workflow.yml": [],
  "6-dynamic.workflow.yml": ["plan"],
};

/** Those that can be carried out where their models and connectors are configured. */
const configured: readonly string[] = ["4b-rainy.workflow.yml", "4d-planner.workflow.json"];

/**
 * What waits for what, worked out by hand. A group also waits for what its children read from outside: `check` reads the branch of `code`, the design
 * of an epic reads the document of `discover`.
 */
const edges: Readonly<Record<string, readonly string[]>> = {
  "1-triage-inbox.workflow.yml": ["review<-classify", "writeback<-review+classify"],
  "2-epics.workflow.yml": ["plan_epics<-discover", "architectures<-plan_epics+discover"],
  "3-codecafe.workflow.yml": ["code<-plan", "test<-code", "check<-test+code"],
  "4a-weather.workflow.yml": ["summarize<-get"],
  "4b-rainy.workflow.yml": [
    "indoor_search<-check_weather",
    "outdoor_search<-check_weather+indoor_search",
    "respond<-indoor_search+outdoor_search",
  ],
  "4c-reminders.workflow.yml": ["notify<-get_calendar", "confirm<-notify"],
  "4d-planner.workflow.json": [
    "compare<-weather_tokyo+weather_nyc+weather_paris+weather_lagos+weather_lima",
    "umbrella<-weather_paris",
  ],
  "5-sample-minimal.workflow.yml": ["issues<-plan", "each_issue<-issues"],
  "6-dynamic.workflow.yml": ["answer<-work"],
};

const notes: Readonly<Record<string, string>> = {
  "notes/README.md": `# Notes

See [the guide](guide.md), [its end](guide.md#the-end), [nothing](gone.md) and [no such part](guide.md#nowhere).
Mail <a@example.org>, [the web](https://example.org/x), [outside](../other.md), [here](#notes), [not here](#elsewhere).
![](picture.png)

\`\`\`
[code](is-not-read.md) TODO
\`\`\`

\`\`\`\`md
\`\`\`
[neither](is-this.md)
\`\`\`
\`\`\`\`
`,
  "notes/guide.md": `---
title: "[not](a-link.md)"
---

Guide
=====

### Deep

## The end

TODO: write more.
<!-- [comment](gone.md)
TODO -->

## The end
`,
  "notes/東京 & co/empty.md": "",
  "notes/node_modules/left-out.md": "[x](gone.md)",
  "notes/.hidden/left-out.md": "[x](gone.md)",
  "notes/text.txt": "[x](gone.md)",
};

test("the table names every example", () => {
  const found = globSync("**/*.workflow.{yml,json}", { cwd: examples });
  assert.deepEqual(
    found.toSorted(),
    [
      ...Object.keys(outputs),
      ...Object.keys(refused),
      ...configured,
      path.join("docs-audit", "docs-audit.workflow.yml"),
      path.join("incident", "incident.workflow.yml"),
    ].toSorted(),
  );
});

test("nothing is wrong with any example, and nothing is warned of", async () => {
  await using project = openCopy({});
  const files = globSync("**/*.workflow.{yml,json}", { cwd: project.folder });
  const checked = await project.run("validate", ...files, "--json");
  const found = documentOf(checked)["files"] as readonly { readonly diagnostics: readonly unknown[] }[];
  assert.equal(found.length, files.length);
  assert.deepEqual(
    found.flatMap(({ diagnostics }) => diagnostics),
    [],
  );
  // The control: the plan takes its pins from the file beside it.
  writeFileSync(path.join(project.folder, "examples", "runwright.pins.yaml"), "");
  assert.equal((await project.run("validate", "examples/4d-planner.workflow.json")).code, 4);
});

for (const [file, expected] of Object.entries(refused)) {
  test(`${file} is refused by name for what this build cannot do, and nothing is started`, async () => {
    await using project = openCopy({});
    const ran = await project.run("run", `examples/${file}`, "--yes");
    assert.equal(ran.code, 4, ran.stderr);
    const codes = [...ran.stderr.matchAll(/^error\[([\w.]+)\]/gm)].map(([, code]) => code);
    assert.deepEqual([...new Set(codes)], ["E090", "workflow.unsupported"]);
    const named = new Set(
      [...ran.stderr.matchAll(/ '(\w+)' is not carried out by this build$/gm)].map(([, name]) => name),
    );
    assert.deepEqual(
      verbs.map(({ name }) => name).filter((name) => named.has(name)),
      expected,
    );
    assert.equal(existsSync(path.join(project.folder, ".runwright")), false);
  });
}

for (const [file, expected] of Object.entries(edges)) {
  test(`the steps of ${file} wait for what they need`, async () => {
    const config = await loadConfig(path.dirname(examples), {});
    const workflow = readWorkflow(config, path.join("examples", file), path.dirname(examples));
    assert.deepEqual(workflow.diagnostics, []);
    assert.deepEqual(edgesOf(readWaits(config, workflow, path.dirname(examples)) ?? []), expected);
  });
}

for (const [file, output] of Object.entries(outputs)) {
  test(`${file} does what it says`, async () => {
    await using project = openCopy({});
    const ran = await project.run("run", `examples/${file}`, "--yes", "--json");
    assert.equal(ran.code, 0, ran.stderr);
    assert.ok(existsSync(path.join(project.folder, ".runwright")), "the control of those that are refused");
    assert.deepEqual(documentOf(ran)["output"], output);
  });
}

test("sample-minimal writes its plan as Markdown, which the run names as an artifact", async () => {
  await using project = openCopy({});
  const ran = await project.run("run", "examples/5-sample-minimal.workflow.yml", "--json");
  assert.equal(ran.code, 0, ran.stderr);
  const file = path.join(project.folder, "examples/logs/real-mode/app-plan.md");
  assert.equal(
    readFileSync(file, "utf8"),
    "# A small app\n\n1. Set up the repository\n2. Draw the start page\n3. Store what users enter\n",
  );
});

test("the sub-issues of a step that gave none are an empty list, and no step is made of it", async () => {
  await using project = openCopy({
    "examples/none.workflow.yml": `workflow: none
steps:
  - id: plan
    set: { title: nothing yet }
  - id: issues
    function: get-sub-issues-from-previous-step
    with: { from: "\${plan.output}" }
  - id: each
    for_each: issues.output
    as: issue
    function: describe-issue
    with: { issue: "\${issue}" }
output: { issues: "\${issues.output}", each: "\${each.output}" }
`,
  });
  const ran = await project.run("run", "examples/none.workflow.yml", "--json");
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(documentOf(ran)["output"], { issues: [], each: [] });
});

test("if-else takes the other branch for a large amount", async () => {
  await using project = openCopy({});
  const ran = await project.run("run", "examples/if-else.workflow.yml", "--input", "amount=2500", "--json");
  assert.deepEqual(documentOf(ran)["output"], { total: 2500, gift: true });
});

test("the tests of 3-codecafe are run, and say what fails", async () => {
  const step = 'function: run-tests, with: { branch: "${inputs.branch}" }';
  const text = `workflow: tests\ninputs: { branch: string }\nsteps: [{ id: test, ${step} }]\noutput: \${test.output}\n`;
  await using project = openCopy({ "examples/tests.workflow.yml": text });
  const testing = async (branch: string): Promise<unknown> =>
    documentOf(await project.run("run", "examples/tests.workflow.yml", "--input", `branch=${branch}`, "--json"))[
      "output"
    ];
  assert.deepEqual(await testing("add-search"), { passed: true, failures: [] });
  const failures = ["branch-name.ts: 'Add Search' is not words in lower case with '-' between"];
  assert.deepEqual(await testing("Add Search"), { passed: false, failures });
  rmSync(path.join(project.folder, "examples", "tests"), { recursive: true });
  assert.deepEqual(await testing("add-search"), { passed: false, failures: ["There is no test in tests/."] });
});

test("docs-audit finds what is to mend in a folder, and only that", async () => {
  await using project = openCopy(notes);
  const ran = await project.run(
    "run",
    "examples/docs-audit/docs-audit.workflow.yml",
    "--input",
    "folder=notes",
    "--yes",
    "--json",
  );
  assert.equal(ran.code, 0, ran.stderr);
  const { report, files, findings } = documentOf(ran)["output"] as { report: string; files: number; findings: number };
  assert.equal(files, 3);

  const found = readFileSync(report, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("- line"));
  assert.deepEqual(found, [
    "- line 3: broken link: gone.md does not exist",
    "- line 3: broken link: guide.md#nowhere names no heading of that file",
    "- line 4: broken link: #elsewhere names no heading of this file",
    "- line 5: broken link: picture.png does not exist",
    "- line 5: image without text: picture.png",
    "- line 7: code without language: name it after \\`\\`\\`, for example \\`\\`\\`sh",
    "- line 8: skipped level: Deep: from level 1 to 3",
    "- line 12: unfinished: TODO: write more.",
    "- line 16: duplicate heading: The end: also in line 10",
    "- line 1: no title: a file begins with one heading of the first level",
  ]);
  assert.equal(findings, found.length);
});

test("docs-audit audits the folder where one stands, asks, and writes under the title that was decided", async () => {
  await using project = openCopy(notes);
  const asked = await project.run("run", "examples/docs-audit/docs-audit.workflow.yml");
  assert.equal(asked.code, 6, asked.stderr);
  assert.match(asked.stderr, /Write the report about 3 files\? To mend: 11\./);
  const approved = await project.run("approve", "latest", "--edit", "title=My audit");
  assert.equal(approved.code, 0, approved.stderr);
  assert.match(
    readFileSync(path.join(project.folder, "examples/docs-audit/reports/docs-audit.md"), "utf8"),
    /^# My audit\n/,
  );
});

test("docs-audit of a folder that is not there says so", async () => {
  await using project = openCopy({});
  const ran = await project.run("run", "examples/docs-audit/docs-audit.workflow.yml", "--input", "folder=nowhere");
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /There is no folder .*nowhere/);
});

function edgesOf(steps: readonly StepWaits[]): readonly string[] {
  return steps
    .filter(({ waitsFor }) => waitsFor.length > 0)
    .map(({ id, waitsFor }) => `${id}<-${waitsFor.map((other) => other.id).join("+")}`);
}

function openCopy(files: Readonly<Record<string, string>>): Project {
  const project = openProject(files);
  cpSync(examples, path.join(project.folder, "examples"), {
    recursive: true,
    filter: (file) =>
      !file.endsWith(`${path.sep}reports`) && !file.endsWith(`${path.sep}incidents`) && !file.endsWith(".md"),
  });
  return project;
}
