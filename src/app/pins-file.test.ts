import assert from "node:assert/strict";
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { loadConfig } from "./config.ts";
import type { Check } from "./check.ts";
import { examine } from "./doctor.ts";
import { readPins } from "./pins-file.ts";
import { readWorkflow } from "./workflow-file.ts";

test("what a project pins is there under its alias in every workflow", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-pins-"));
  writeFileSync(path.join(folder.path, "runwright.config.yaml"), "");
  writeFileSync(
    path.join(folder.path, "runwright.pins.yaml"),
    "models: { fast: anthropic/claude-haiku-4-5-20251001 }\nconnectors:\n  helpdesk: zendesk@3.2.0\nagents: { claude-code: claude-code@2.1.14 }\n",
  );
  mkdirSync(path.join(folder.path, "workflows"));
  writeFileSync(path.join(folder.path, "workflows", "a.workflow.yml"), "stages: [plan, code]\n");

  assert.deepEqual(readPins(folder.path, folder.path), {
    models: { fast: "anthropic/claude-haiku-4-5-20251001" },
    connectors: { helpdesk: "zendesk@3.2.0" },
    agents: { "claude-code": "claude-code@2.1.14" },
  });
  const config = await loadConfig(path.join(folder.path, "workflows"), {});
  const { diagnostics, plan } = readWorkflow(config, "workflows/a.workflow.yml", folder.path);
  assert.deepEqual(diagnostics, []);
  assert.equal(plan?.workflow, "a");
});

test("pins beside a workflow file, or beside its folder workflows, go before those of the project", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-pins-"));
  const step = { id: "a", llm: "fast", prompt: "Hello" };
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder.path, file)), { recursive: true });
    writeFileSync(path.join(folder.path, file), text);
  };
  for (const place of ["own", "team/workflows", "rest"])
    write(`${place}/a.workflow.yml`, JSON.stringify({ workflow: "a", steps: [step] }));
  write("own/runwright.pins.yaml", "models: { fast: openai/gpt-5-mini-2025-08-07 }\n");
  write("team/runwright.pins.yaml", "models: { fast: gpt-5 }\n");
  write("runwright.pins.yaml", "models: { deep: anthropic/claude-haiku-4-5-20251001 }\n");

  const config = await loadConfig(folder.path, {});
  const codesOf = (file: string): readonly string[] =>
    readWorkflow(config, file, folder.path).diagnostics.map(({ code }) => code);
  assert.deepEqual(codesOf("own/a.workflow.yml"), []);
  assert.deepEqual(codesOf("rest/a.workflow.yml"), ["E046"]);
  assert.throws(() => codesOf("team/workflows/a.workflow.yml"), /team\/runwright\.pins\.yaml:1:17/);
});

test("a project without a file pins nothing, and so does a file of comments", () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-pins-"));
  const nothing = { models: {}, connectors: {}, agents: {} };
  assert.deepEqual(readPins(folder.path, folder.path), nothing);
  writeFileSync(path.join(folder.path, "runwright.pins.yaml"), "# none yet\n");
  assert.deepEqual(readPins(folder.path, folder.path), nothing);
});

test("all problems of the pins are told at once, each with its place and what to do", () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-pins-"));
  const text = "model: {}\nmodels: { fast: gpt-5, Deep: [x] }\nconnectors: zendesk@3.2.0\nagents:\n  coder: codex\n";
  writeFileSync(path.join(folder.path, "runwright.pins.yaml"), text);
  assert.throws(
    () => readPins(folder.path, folder.path),
    (error) => {
      assert.ok(hasCode(error, "config.invalid"));
      assert.match(error.message, /^The file of pins cannot be used\./);
      assert.match(error.message, /pins\.yaml:1:1 +unknown key 'model' in the pins[^]*did you mean 'models'\?/);
      assert.match(error.message, /:2:17 +model 'fast' is provider\/model, not 'gpt-5'/);
      assert.match(error.message, /:2:24 +'Deep' is not an alias/);
      assert.match(error.message, /:2:30 +model 'Deep' is provider\/model, not a list/);
      assert.match(error.message, /:3:13 +'connectors' is a map of pins by alias, not text/);
      assert.match(error.message, /:5:10 +agent 'coder' is agent@version, not 'codex'/);
      return true;
    },
  );
});

test("doctor says what is pinned, and what is wrong with it", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-pins-"));
  const pinsCheck = async (): Promise<Check | undefined> => {
    const checks = await examine(await loadConfig(folder.path, {}), { found: "v24.15.0", wanted: ">=24" }, {});
    return checks.find(({ name }) => name === "pins");
  };
  assert.deepEqual(await pinsCheck(), { name: "pins", ok: true, found: "none" });
  const file = path.join(folder.path, "runwright.pins.yaml");
  writeFileSync(file, "models: { fast: openai/gpt-5-mini-2025-08-07 }\n");
  const found = "1 models, 0 connectors, 0 agents";
  assert.deepEqual(await pinsCheck(), { name: "pins", ok: true, found, origin: "runwright.pins.yaml" });
  writeFileSync(file, "models: fast\n");
  assert.equal((await pinsCheck())?.ok, false);
});
