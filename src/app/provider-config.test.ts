import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { type Config, configFileName, loadConfig } from "./config.ts";

async function configOf(text: string, env: Readonly<Record<string, string>> = {}): Promise<Config> {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-providers-"));
  writeFileSync(path.join(folder.path, configFileName), text);
  return await loadConfig(folder.path, env);
}

async function problemsOf(text: string): Promise<string> {
  try {
    await configOf(text);
  } catch (error) {
    assert.ok(hasCode(error, "config.invalid"));
    return error.message;
  }
  throw new Error("The configuration was accepted.");
}

test("providers and prices are read, and what is left out has its usual value", async () => {
  const { providers, prices } = await configOf(`providers:
  openai: { limits: { concurrent: 4, per_minute: 60 }, timeout: 90s }
  work:
    kind: azure
    key: file:/run/secrets/azure
    resource: ours
    api_version: 2024-10-21
    deployment_urls: true
    api: chat
    headers: { X-Team: support }
  vllm: { kind: openai-compatible, base_url: "http://10.0.0.7:8000/v1/", structured_outputs: false }
  stub: { kind: scripted, file: answers.yaml }
prices:
  - { model: work/*, since: 2026-01-01, in: 1.5, cached: 0.2, out: 6, source: our contract }
`);
  assert.deepEqual(providers["openai"], {
    kind: "openai",
    key: "env:OPENAI_API_KEY",
    baseUrl: "https://api.openai.com/v1",
    limits: { concurrent: 4, perMinute: 60 },
    timeoutMs: 90_000,
    place: "runwright.config.yaml:2",
  });
  assert.deepEqual(providers["work"], {
    kind: "azure",
    key: "file:/run/secrets/azure",
    resource: "ours",
    apiVersion: "2024-10-21",
    deploymentUrls: true,
    api: "chat",
    headers: { "x-team": "support" },
    place: "runwright.config.yaml:3",
  });
  assert.deepEqual(providers["vllm"], {
    kind: "openai-compatible",
    baseUrl: "http://10.0.0.7:8000/v1",
    structuredOutputs: false,
    place: "runwright.config.yaml:11",
  });
  assert.deepEqual(providers["stub"], { kind: "scripted", file: "answers.yaml", place: "runwright.config.yaml:12" });
  assert.equal(providers["anthropic"]?.place, undefined, "the others are there all the same");
  assert.deepEqual(prices, [
    { model: "work/*", since: "2026-01-01", in: 1.5, cached: 0.2, out: 6, source: "our contract" },
  ]);
});

test("all problems of providers and prices are told at once, each with its place", async () => {
  const message = await problemsOf(`providers:
  work: { kind: opnai, limts: {} }
  other: { base_url: "ftp://x" }
  local: { kind: openai-compatible }
  stub: { kind: scripted, api: chat }
  slow: { kind: openai, timeout: 2d, limits: { concurrent: 0, per_minute: 1.5 } }
  flat: openai
prices:
  - { model: gpt-5, since: yesterday, in: -1 }
`);
  assert.match(message, /:2:17 +'kind' is one of openai, azure, anthropic/);
  assert.match(message, /:2:24 +unknown key 'limts' in provider 'work'[^]*did you mean 'limits'\?/);
  assert.match(message, /:3:3 +provider 'other' does not say its kind/);
  assert.match(message, /:3:22 +'base_url' is an address such as https:\/\/host\/v1, not this/);
  assert.match(message, /:4:10 +a provider of kind openai-compatible needs 'base_url'/);
  assert.match(message, /:5:9 +a provider of kind scripted needs 'file'/);
  assert.match(message, /:5:27 +'api' is no setting of a provider of kind scripted[^]*it belongs to openai, azure/);
  assert.match(message, /:6:34 +'timeout' is a duration up to 1h, for example 90s/);
  assert.match(message, /'concurrent' is a whole number from 1 to 1000/);
  assert.match(message, /'per_minute' is a whole number from 1 to 10000/);
  assert.match(message, /:7:9 +a provider is a map of settings, not text/);
  assert.match(message, /:9:14 +'model' is provider\/model/);
  assert.match(message, /'since' is a day such as 2026-01-01/);
  assert.match(message, /'in' is a number that is not negative/);
  assert.match(message, /a price needs 'out'/);
});

test("a key that stands in the file is refused and not shown", async () => {
  const key = "sk-canary-4711";
  for (const [field, text] of [
    ["key", `providers:\n  work: { kind: openai, key: ${key} }\n`],
    ["base_url", `providers:\n  work: { kind: openai, base_url: "https://ada:${key}@host/v1" }\n`],
    ["headers", `providers:\n  work: { kind: openai, headers: { Authorization: "Bearer ${key}" } }\n`],
  ] as const) {
    const message = await problemsOf(text);
    assert.match(message, new RegExp(`runwright\\.config\\.yaml:2: providers\\.work\\.${field} would hold a secret`));
    assert.doesNotMatch(message, /canary/);
  }
});

test("names that JavaScript knows are names like others", async () => {
  const { providers } = await configOf("providers:\n  constructor: { kind: openai }\n");
  assert.equal(providers["constructor"]?.kind, "openai");
  assert.match(await problemsOf("providers:\n  __proto__: { kind: openai }\n"), /begins with a letter/);
});
