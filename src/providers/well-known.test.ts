import assert from "node:assert/strict";
import { test } from "node:test";
import { wellKnownProviders, withDefaults } from "./well-known.ts";

test("whoever has a key needs no configuration", () => {
  const providers = wellKnownProviders({});
  assert.deepEqual(Object.keys(providers), ["openai", "azure", "anthropic", "google", "xai", "ollama"]);
  assert.deepEqual(providers["openai"], {
    kind: "openai",
    key: "env:OPENAI_API_KEY",
    baseUrl: "https://api.openai.com/v1",
  });
  assert.deepEqual(providers["ollama"], { kind: "openai-compatible", baseUrl: "http://127.0.0.1:11434/v1" });
});

test("where several variables are usual, the one that is set counts", () => {
  assert.equal(wellKnownProviders({})["google"]?.key, "env:GEMINI_API_KEY");
  assert.equal(wellKnownProviders({ GOOGLE_API_KEY: "x" })["google"]?.key, "env:GOOGLE_API_KEY");
  assert.equal(wellKnownProviders({ AZURE_RESOURCE_NAME: "ours" })["azure"]?.resource, "ours");
});

test("what is written goes before what is usual", () => {
  const written = { kind: "openai", key: "file:/run/key", baseUrl: "https://gateway.example/v1" } as const;
  assert.deepEqual(withDefaults("work", written, {}), written);
  assert.equal(
    withDefaults("work", { kind: "azure", baseUrl: "https://x.example" }, { AZURE_RESOURCE_NAME: "y" }).resource,
    undefined,
  );
  assert.equal(withDefaults("local", { kind: "openai-compatible" }, {}).baseUrl, undefined);
});
