// One small file per code in `golden/`, and the four faulty files of the language's design: the source, a line of `=====`, and what the checker says about it, to the letter.
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
  // Those of the design's own examples: with every other that comes along a message of them would change.
  connectors: builtInConnectors.slice(0, 5),
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

/** What the language's design lists for its four faulty files, code and place. Writing the golden files anew cannot lose a line of it. */
const listed: Readonly<Record<string, readonly string[]>> = {
  "00-flow-quote": ["E003 6:19"],
  "01-many": [
    "E012 1:11",
    "E041 2:17",
    "E040 2:54",
    "E043 3:25",
    "E042 3:39",
    "E046 7:10",
    "E010 8:5",
    "E020 10:5",
    "E301 11:9",
    "E051 14:14",
    "E065 15:14",
    "E016 15:14",
    "E030 17:13",
    "E304 18:37",
    "E050 19:11",
  ],
  "02-types": [
    "E300 11:34",
    "E303 12:44",
    "E303 14:9",
    "E302 15:39",
    "E303 17:9",
    "E307 18:15",
    "E305 19:18",
    "E300 21:28",
    "W070 23:9",
    "E054 25:17",
    "E054 25:46",
    "E053 25:77",
    "E055 27:11",
  ],
  "03-graph": [
    "E045 4:18",
    "E051 6:35",
    "E033 11:9",
    "E057 20:15",
    "E024 21:9",
    "E048 22:15",
    "E015 23:17",
    "E060 25:5",
    // Newer than the list: a loop that calls an agent has no limits.
    "E072 25:5",
    "E047 28:16",
    "W060 30:9",
    "E061 30:52",
    "E062 32:11",
    "W070 34:9",
    "E017 41:7",
    "E021 44:5",
  ],
};

for (const [name, expected] of Object.entries(listed)) {
  test(`the checker says of ${name} all that the design lists, and no more`, () => {
    const [text = ""] = readFileSync(new URL(`${name}.txt`, folder), "utf8").split("=====\n");
    const { diagnostics } = compileWorkflow({ file: `${name}.workflow.yml`, text }, world);
    const placeOf = (offset: number): string => {
      const lines = text.slice(0, offset).split("\n");
      return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
    };
    assert.deepEqual(
      diagnostics.map(({ code, range }) => `${code} ${placeOf(range.start)}`),
      expected,
    );
  });
}

test("every code of the table has its file", () => {
  const codes = new Set(files.map((file) => file.slice(0, 4)));
  assert.deepEqual(
    Object.keys(codeTable).filter((code) => !codes.has(code)),
    [],
  );
});
