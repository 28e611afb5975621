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

test("the documents on the page are right, and one is read inside its scope only", () => {
  const page = readFileSync(new URL("../docs/declarations.md", import.meta.url), "utf8");
  const text = [...page.matchAll(/```yaml\n(.*?)```/gs)].at(-1)?.[1] ?? "";
  const head = `workflow: x\nmodels: { m: anthropic/claude-haiku-4-5-20251001 }\n${text}steps:\n`;
  const split = "  - { id: split, llm: m, prompt: Split it., document: backlog }\n";
  const each = "  - { id: each, for_each: docs.backlog.epics, as: epic, scope: epic, do: [{ id: draw, llm: m, ";
  const said = (after: string): readonly string[] => {
    const whole = `${head}${split}${each}prompt: "\${epic.title}", document: design }] }\n${after}`;
    return compileWorkflow({ file: "x.workflow.yml", text: whole }, world).diagnostics.map(({ code }) => code);
  };
  assert.deepEqual(said(""), []);
  assert.deepEqual(said('  - { id: late, set: { x: "${docs.design}" } }\n'), ["E057"]);
});
