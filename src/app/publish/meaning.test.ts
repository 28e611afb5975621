// In what two versions differ, as people and programs are told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInConnectors } from "../../connectors/built-in.ts";
import { compileWorkflow } from "../../language/compile.ts";
import type { Lock, Version } from "../../ports/catalog.ts";
import { changesOf } from "./meaning.ts";

const emptyLock: Lock = { models: {}, connectors: {}, modules: {} };
const world = {
  functions: ["load"],
  roles: ["team", "lead"],
  agents: ["codex"],
  connectors: builtInConnectors,
  workflows: [1, 2].map((version) => ({ id: "part", version: `${version}`, inputs: {}, runs: [], hasDepth: true })),
};

function versionOf(source: string, lock: Lock = emptyLock): Version {
  const { plan, diagnostics } = compileWorkflow({ file: "x.workflow.yml", text: source }, world);
  assert.ok(plan, diagnostics.map(({ message }) => message).join("\n"));
  return { digest: source, workflow: "x", draft: false, file: "x.workflow.yml", source, plan, lock };
}

const base = `workflow: x
models: { fast: anthropic/claude-haiku-4-5-20251001 }
connectors: { desk: zendesk@3.2.0 }
agents: { coder: codex@0.63.0 }
limits: { cost_usd: 5, runtime: 1h }
inputs: { id: string, loud: { type: boolean, default: false } }
steps:
  - id: get
    tool: desk.get_ticket
    with: { id: "\${inputs.id}" }
  - id: say
    llm: fast
    prompt: Sum up \${get.output}
  - id: ask
    approve: Fine?
    by: [team]
    show: \${say.output}
  - id: part
    workflow: part@1
  - id: load
    function: load
output: \${say.output}
`;

function said(after: string, locks: readonly Lock[] = []): readonly string[] {
  const changes = changesOf(versionOf(base, locks[0]), versionOf(after, locks[1]), builtInConnectors);
  return changes.map(({ kind, text, grave }) => `${kind}${grave === true ? "!" : ""} ${text}`);
}

test("comments, spaces and the order of keys mean nothing", () => {
  assert.deepEqual(said(`# A comment\n${base.replace("id: string, loud", "id:   string,  loud")}`), []);
  assert.deepEqual(
    said(
      base
        .replace("    tool: desk.get_ticket\n", "")
        .replace('{inputs.id}" }\n', '{inputs.id}" }\n    tool: desk.get_ticket\n'),
    ),
    [],
  );
});

test("a step that is added or taken away moves no other, also where expressions read the others", () => {
  assert.deepEqual(said(base.replace("steps:\n", "steps:\n  - id: first\n    set: { n: 1 }\n")), [
    "step.added step first (set)",
  ]);
  const without = base.replace(/ {2}- id: load\n {4}function: load\n/, "");
  assert.deepEqual(said(without), ["step.removed step load (function)"]);
});

test("what a step does otherwise is named by its fields", () => {
  assert.deepEqual(said(base.replace("Sum up", "Tell me of")), ["step.changed step say: prompt"]);
  assert.deepEqual(said(base.replace("    prompt:", "    timeout: 9s\n    temperature: 0\n    prompt:")), [
    "step.changed step say: temperature, timeout",
  ]);
  assert.deepEqual(said(base.replace("function: load", "set: { n: 1 }")), [
    "step.changed step load: set instead of function",
  ]);
});

test("another order of a list is told, since there it is what happens", () => {
  const load = "  - id: load\n    function: load\n";
  assert.deepEqual(said(base.replace(load, "").replace("steps:\n", `steps:\n${load}`)), [
    "order.changed the order of the steps",
  ]);
});

test("what may be written is told first, wherever the action stands", () => {
  assert.deepEqual(
    said(base.replace("    prompt:", "    tools: [desk.update_ticket, desk.get_ticket]\n    prompt:"))[0],
    "write.added! writes with zendesk.update_ticket, in say",
  );
  assert.ok(
    said(base.replace("    prompt:", "    tools: [desk.*]\n    prompt:")).includes(
      "write.added! writes with zendesk.update_ticket, in say",
    ),
  );
  const agent = base
    .replace("function: load", "agent: coder\n    prompt: Mend it\n    limits: {}")
    .replace("\n    limits: {}", "");
  assert.ok(said(agent).includes("write.added! writes with agent codex, in load"));
});

test("a gate that goes, or that others decide, is told", () => {
  const gone = base.replace(/ {2}- id: ask[^]*(?= {2}- id: part)/, "");
  assert.deepEqual(said(gone), ["gate.removed! nobody is asked at ask", "step.removed step ask (approve)"]);
  assert.deepEqual(said(base.replace("by: [team]", "by: [lead]")), [
    'gate.changed! gate ask: by ["team"] → ["lead"]',
    "step.changed step ask: by",
  ]);
});

test("other pins, and what lies behind the same pins, are told", () => {
  assert.deepEqual(said(base.replace("20251001", "20251101")), [
    "model.changed model fast: anthropic/claude-haiku-4-5-20251001 → anthropic/claude-haiku-4-5-20251101",
  ]);
  assert.deepEqual(said(base.replace("codex@0.63.0", "codex@0.64.0")), [
    "agent.changed agent coder: codex@0.63.0 → codex@0.64.0",
  ]);
  assert.deepEqual(said(base.replace("part@1", "part@2")), [
    "workflow.changed workflow in part: part@1 → part@2",
    "step.changed step part: version",
  ]);
  const module = { file: "functions/load.mjs", digest: "1", imports: { "lib/a.mjs": "1", "lib/b.mjs": "1" } };
  const before = {
    models: { m: { url: "a" } },
    connectors: { "zendesk@3.2.0": "1" },
    modules: { "function load": module },
  };
  const after = {
    models: { m: { url: "b" } },
    connectors: { "zendesk@3.2.0": "2" },
    modules: { "function load": { ...module, imports: { "lib/a.mjs": "2", "lib/c.mjs": "1" } } },
  };
  assert.deepEqual(said(base, [before, after]), [
    "model.changed model m: other settings of its provider",
    "connector.changed! connector zendesk@3.2.0: its descriptor is another",
    "module.changed function load: lib/a.mjs, lib/b.mjs, lib/c.mjs",
  ]);
});

test("inputs say whether callers may be refused", () => {
  assert.deepEqual(said(base.replace("id: string", "id: string, more: integer")), [
    "input.added! input more: every run needs it",
  ]);
  assert.deepEqual(said(base.replace("id: string", "id: string, more: { type: integer, default: 1 }")), [
    "input.added input more may be given",
  ]);
  assert.deepEqual(said(base.replace(", loud: { type: boolean, default: false }", "")), [
    "input.removed! input loud is gone: a run that gives it is refused",
  ]);
  assert.deepEqual(said(base.replace("default: false", "default: true")), [
    "input.changed input loud: takes all that it took",
  ]);
  assert.deepEqual(said(base.replace("boolean, default: false", "integer, default: 0")), [
    "input.changed! input loud: its type is integer, not boolean",
  ]);
  const needed = base.replace("{ type: boolean, default: false }", "boolean");
  assert.deepEqual(said(needed), [
    "input.changed input loud: takes all that it took",
    "input.changed! inputs: 'loud' is needed",
  ]);
});

test("limits, output and the rest of the file are told", () => {
  assert.deepEqual(said(base.replace("cost_usd: 5, runtime: 1h", "cost_usd: 9, steps: 20")), [
    "limit.added limit steps: 20",
    "limit.changed limit runtime: 3600 s → 86400 s",
    "limit.changed limit cost_usd: 5 → 9",
  ]);
  assert.deepEqual(said(base.replace("output: ${say.output}", "output: ${get.output}")), ["output.changed output"]);
  assert.deepEqual(said(`${base}env: [HOME]\npolicy: { auto_write: true }\n`), [
    "file.changed env",
    "file.changed policy",
  ]);
});

test("of what was never published only is told what it does, writes and asks", () => {
  const kinds = changesOf(undefined, versionOf(base), builtInConnectors).map(({ kind }) => kind);
  assert.deepEqual(
    [...new Set(kinds)],
    ["gate.added", "model.added", "connector.added", "agent.added", "limit.added", "step.added"],
  );
});
