// Every example does what it says, from a copy of its folder.
import assert from "node:assert/strict";
import { cpSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
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
  const found = globSync("**/*.workflow.yml", { cwd: examples });
  assert.deepEqual(
    found.toSorted(),
    [...Object.keys(outputs), path.join("docs-audit", "docs-audit.workflow.yml")].toSorted(),
  );
});

for (const [file, output] of Object.entries(outputs)) {
  test(`${file} does what it says`, async () => {
    await using project = openCopy({});
    const valid = await project.run("validate", `examples/${file}`);
    assert.equal(valid.code, 0, valid.stderr);
    assert.doesNotMatch(valid.stderr, /warning/);
    const ran = await project.run("run", `examples/${file}`, "--yes", "--json");
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(documentOf(ran)["output"], output);
  });
}

test("if-else takes the other branch for a large amount", async () => {
  await using project = openCopy({});
  const ran = await project.run("run", "examples/if-else.workflow.yml", "--input", "amount=2500", "--json");
  assert.deepEqual(documentOf(ran)["output"], { total: 2500, gift: true });
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

function openCopy(files: Readonly<Record<string, string>>): Project {
  const project = openProject(files);
  cpSync(examples, path.join(project.folder, "examples"), {
    recursive: true,
    filter: (file) => !file.endsWith(`${path.sep}reports`) && !file.endsWith(".md"),
  });
  return project;
}
