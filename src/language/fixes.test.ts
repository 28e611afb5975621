// What a fix looks like where it stands, and other things that files made by chance have found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "./compile.ts";
import type { Diagnostic } from "./diagnostic.ts";

const world = { functions: ["audit"], roles: ["team"] };

function problemsOf(text: string, file = "x.workflow.yml"): readonly Diagnostic[] {
  return compileWorkflow({ file, text }, world).diagnostics;
}

/** The file with the first fix that was offered for this code. */
function fixed(text: string, code: string, file?: string): string {
  const fix = problemsOf(text, file).find((each) => each.code === code)?.fix;
  assert.ok(fix, `there is a fix for ${code}`);
  return text.slice(0, fix.range.start) + fix.text + text.slice(fix.range.end);
}

test("a word that stands in quotes is mended in its quotes, because JSON needs them", () => {
  const json = '{"workflow": "x", "steps": [{"id": 1, "function": "audti"}]}';
  assert.equal(fixed(json, "E048", "x.json"), json.replace("audti", "audit"));
  assert.equal(fixed(json, "E012", "x.json"), json.replace("1", '"step-1"'));
  const misspelt = '{"workflow": "x", "stesp": [{"function": "audit"}]}';
  assert.equal(fixed(misspelt, "E010", "x.json"), misspelt.replace("stesp", "steps"));
  assert.equal(
    fixed("workflow: 'X'\nsteps: [{ function: audit }]", "E012"),
    "workflow: 'x'\nsteps: [{ function: audit }]",
  );
});

test("a part of a text that was misspelt is mended within the whole, however that is written", () => {
  const tool = "workflow: x\nconnectors: { help-desk: zendesk@3.2.0 }\nsteps: [{ id: a, tool: helpdesk.find }]\n";
  assert.equal(fixed(tool, "E050"), tool.replace("helpdesk.find", "help-desk.find"));
  const lines = tool.replace("[{ id: a, tool: helpdesk.find }]", "");
  const folded = `${lines.trimEnd()}\n  - id: a\n    tool: >\n      helpdesk.find\n`;
  assert.equal(fixed(folded, "E050"), folded.replace(">\n      helpdesk.find", "help-desk.find"));
});

test("a place in a document is mended in its quotes", () => {
  const json = JSON.stringify({
    workflow: "x",
    documents: { backlog: { schema: { epics: ["string"] } } },
    entities: { epic: { from: "backlog.epic", key: "id" } },
    steps: [{ function: "audit" }],
  });
  assert.equal(fixed(json, "E302", "x.json"), json.replace("backlog.epic", "backlog.epics"));
});

test("a text in lines is mended with the end of its last line", () => {
  assert.equal(
    fixed("workflow: x\nsteps:\n  - id: |\n      First Step\n    function: audit\n", "E012"),
    "workflow: x\nsteps:\n  - id: first-step\n    function: audit\n",
  );
});

test("an expression in double quotes is mended with its escapes", () => {
  const text =
    'workflow: x\ninputs: { k: { enum: [spam] } }\nsteps: [{ function: audit, if: "inputs.k == \\"spamm\\"" }]\n';
  assert.equal(fixed(text, "E304"), text.replace("spamm", "spam"));
});

test("a misspelt name of a reference keeps its #", () => {
  const text = 'workflow: x\nsteps: [{ id: plan, function: audit }, { id: b, set: { n: "#plam.audit" } }]\n';
  assert.equal(fixed(text, "E301"), text.replace("plam", "plan"));
});

test("a misspelt key is not mended into one that stands there already", () => {
  const [found] = problemsOf("workflow: x\nstesp: []\nsteps: [{ function: audit }]\n");
  assert.equal(found?.code, "E010");
  assert.equal(found.fix, undefined);
});

test("a name with a line end stands in one line of a message and of a hint", () => {
  const found = problemsOf(
    'workflow: x\ninputs: { n: "a\\nb" }\nsteps: [{ id: "c\\nd", function: audit, needs: [zzzz] }]\n',
  );
  assert.deepEqual(
    found.map(({ code }) => code),
    ["E018", "E012", "E030"],
  );
  for (const { message, hint = "" } of found) assert.doesNotMatch(message + hint, /\n/);
});

test("a plain text in brackets may hold a brace that opens nothing: the file is answered all the same", () => {
  const { diagnostics, plan } = compileWorkflow({ file: "x", text: "workflow: x\nneeds: [p{an-1]" }, world);
  assert.equal(plan, undefined);
  assert.notDeepEqual(diagnostics, []);
});
