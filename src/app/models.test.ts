import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { RunwrightError } from "../base/error.ts";
import type { Vault } from "../ports/vault.ts";
import { createRealClock } from "./clock.ts";
import { configFileName, loadConfig } from "./config.ts";
import { openModels } from "./models.ts";

/** Nobody has a key here. */
const noVault: Vault = {
  secret: async (name) => noVault.resolve(name),
  async resolve(reference) {
    throw new RunwrightError("secret.missing", `${reference} is not set.`);
  },
  redact: (text) => text,
};

test("a project whose models are scripted gets answers without a key, from its own file", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-models-"));
  writeFileSync(
    path.join(folder.path, configFileName),
    "providers: { openai: { kind: scripted, file: answers.yaml } }\n",
  );
  writeFileSync(
    path.join(folder.path, "answers.yaml"),
    "answers: [{ when: { contains: refund }, answer: { kind: refund } }]\n",
  );
  await using models = openModels(await loadConfig(folder.path, {}), noVault, createRealClock());
  const request = { pin: "openai/gpt-5-mini-2025-08-07", messages: [{ role: "user" as const, content: "A refund!" }] };
  const reply = await models.call(request, new AbortController().signal);
  assert.deepEqual([reply.text, reply.scripted, reply.usage.costUsd], ['{"kind":"refund"}', true, 0]);
});

test("without a configuration and without a key the variable to set is named", async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-models-"));
  await using models = openModels(await loadConfig(folder.path, {}), noVault, createRealClock());
  const request = { pin: "anthropic/claude-haiku-4-5-20251001", messages: [{ role: "user" as const, content: "Hi" }] };
  await assert.rejects(
    models.call(request, new AbortController().signal),
    /'anthropic' has no key: .* Set ANTHROPIC_API_KEY, or name another place in providers\.anthropic\.key in runwright\.config\.yaml\./,
  );
});
