import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { configFileName, loadConfig } from "./config.ts";
import type { Check } from "./check.ts";
import { providerChecks } from "./provider-checks.ts";

const key = "sk-canary-4711";

async function checksOf(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Check>> {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-doctor-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder.path, name), text);
  const checks = providerChecks(await loadConfig(folder.path, env), env);
  assert.doesNotMatch(JSON.stringify(checks), /canary/);
  return new Map(checks.map((check) => [check.name, check]));
}

test("doctor says which well-known providers are ready, and what the others wait for", async () => {
  const none = await checksOf({}, {});
  assert.equal(none.size, 1);
  assert.match(none.get("providers")?.found ?? "", /^ready: ollama; no key: openai \(set OPENAI_API_KEY\), azure/);
  const one = await checksOf({}, { ANTHROPIC_API_KEY: key });
  assert.match(one.get("providers")?.found ?? "", /^ready: anthropic, ollama; no key: openai/);
  assert.equal(one.get("providers")?.ok, true);
});

test("doctor finds a configured provider's key, address and answers, or says what is missing", async () => {
  const config = `providers:
  here: { kind: openai, key: env:HERE }
  gone: { kind: openai, key: env:GONE }
  filed: { kind: xai, key: file:key.txt }
  asked: { kind: google, key: "exec:pass show google" }
  clear: { kind: openai-compatible, base_url: http://gpu-box:8000/v1, key: env:HERE }
  nowhere: { kind: azure, key: env:HERE }
  stub: { kind: scripted, file: answers.yaml }
  broken: { kind: scripted, file: none.yaml }
`;
  const files = { [configFileName]: config, "key.txt": key, "answers.yaml": "answers: [{ answer: x }]\n" };
  const checks = await checksOf(files, { HERE: key });
  const of = (name: string): readonly [boolean | undefined, string | undefined] => {
    const check = checks.get(`provider ${name}`);
    return [check?.ok, check?.found];
  };
  assert.deepEqual(of("here"), [true, "openai at https://api.openai.com/v1, key env:HERE is there"]);
  assert.deepEqual(of("gone"), [false, "openai at https://api.openai.com/v1, key env:GONE is missing"]);
  assert.deepEqual(of("filed"), [true, "xai at https://api.x.ai/v1, key file:key.txt is there"]);
  assert.match(of("asked")[1] ?? "", /key from a command, asked at each call$/);
  assert.match(of("clear")[1] ?? "", /is there, unencrypted$/);
  assert.deepEqual(of("nowhere"), [false, "azure at no address, key env:HERE is there"]);
  assert.deepEqual(of("stub"), [true, "scripted, no model: 1 answers in answers.yaml"]);
  assert.equal(of("broken")[0], false);
  assert.equal(checks.get("provider gone")?.origin, "runwright.config.yaml:3");
});
