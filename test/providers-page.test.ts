// What docs/providers.md shows is read as it stands there.
import assert from "node:assert/strict";
import { mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { configFileName, loadConfig } from "../src/app/config.ts";
import { createScriptReader } from "../src/app/script-file.ts";
import { wellKnownProviders } from "../src/providers/well-known.ts";
import { root } from "./house/sources.ts";

const page = readFileSync(path.join(root, "docs", "providers.md"), "utf8");
const blocks = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = ""]) => text);

test("every configuration of the page is one", async () => {
  const shown = blocks.filter((text) => /^(?:providers|prices):/.test(text));
  assert.equal(shown.length, 3);
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-page-"));
  for (const text of shown) {
    writeFileSync(path.join(folder.path, configFileName), text);
    await loadConfig(folder.path, {});
  }
});

test("the file of answers of the page is one", () => {
  const text = blocks.find((block) => block.startsWith("answers:")) ?? "";
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-page-"));
  writeFileSync(path.join(folder.path, "answers.yaml"), text);
  assert.equal(createScriptReader(folder.path)("answers.yaml").rules.length, 5);
});

test("the table of the page has the providers that are there without a configuration, each with its address", () => {
  for (const [name, { kind, key, baseUrl }] of Object.entries(wellKnownProviders({}))) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` `)) ?? "";
    for (const part of [kind, key?.replace("env:", ""), baseUrl])
      if (part !== undefined) assert.ok(row.includes(`\`${part}\``), `${name}: ${part}`);
  }
});
