import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileWorkflow } from "../src/language/compile.ts";

const world = {
  functions: ["audit"],
  agents: ["codex"],
  connectors: [{ name: "zendesk", version: "3.2.0", title: "Tickets", actions: {} }],
};

test("the file in docs/declarations.md is right, and says what the page says it does", () => {
  const page = readFileSync(new URL("../docs/declarations.md", import.meta.url), "utf8");
  const [, text] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  assert.ok(text !== undefined);
  const { diagnostics, plan } = compileWorkflow({ file: "triage.workflow.yml", text }, world);
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    plan?.triggers?.map(({ kind }) => kind),
    ["webhook", "schedule", "schedule"],
  );
  // The control: without its pins it would not be right.
  const { diagnostics: more } = compileWorkflow(
    { file: "triage.workflow.yml", text: text.replace("-20251001", "") },
    world,
  );
  assert.deepEqual(
    more.map(({ code }) => code),
    ["E041"],
  );
});
