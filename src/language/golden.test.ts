// One small file per code in `golden/`, and what this build carries out of the four faulty files of the language's design: the source, a line of `=====`, and what the checker says about it, to the letter.
// `UPDATE_GOLDEN=1 node src/language/golden.test.ts` writes the second half anew; read the difference before you keep it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { builtInConnectors } from "../connectors/built-in.ts";
import { codeTable, isCode } from "./codes.ts";
import { compileWorkflow } from "./compile.ts";
import { peopleWorld } from "./people-examples.ts";
import { formatDiagnostic } from "./report.ts";
import { verbWorld } from "./verb-examples.ts";

const folder = new URL("golden/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".txt"));
const world = {
  functions: ["audit", "run-tests"],
  assignments: ["create-app-plan"],
  roles: ["support-leads", "product-owner", "tech-lead"],
  connectors: builtInConnectors,
  agents: ["claude-code", "codex"],
  tools: ["zendesk.*", "open-meteo.*", "osm-places.*", "google-calendar.*", "smtp.send"],
  workflows: verbWorld.workflows,
  runners: peopleWorld.runners,
};

for (const file of files) {
  const name = file.slice(0, -".txt".length);
  test(`the checker says of ${name} exactly what it said`, () => {
    const place = new URL(file, folder);
    const [text = "", expected = ""] = readFileSync(place, "utf8").split("=====\n");
    const source = { file: `${name}.workflow.yml`, text };
    const compiled = compileWorkflow(source, world);
    // What is only noted is no mistake: it has a file of its own.
    const diagnostics = name === "E090" ? [...compiled.diagnostics, ...compiled.unsupported] : compiled.diagnostics;
    const said = diagnostics.map((diagnostic) => `${formatDiagnostic(diagnostic, source)}\n`).join("");
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(place, `${text}=====\n${said}`);
    else assert.equal(said, expected);
    if (isCode(name.slice(0, 4))) assert.ok(diagnostics.some(({ code }) => code === name.slice(0, 4)));
  });
}

test("every code of the table has its file", () => {
  const codes = new Set(files.map((file) => file.slice(0, 4)));
  assert.deepEqual(
    Object.keys(codeTable).filter((code) => !codes.has(code)),
    [],
  );
});
