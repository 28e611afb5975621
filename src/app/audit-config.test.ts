import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { configFileName, loadConfig } from "./config.ts";

async function read(text: string): Promise<readonly string[] | undefined> {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-config-"));
  writeFileSync(path.join(folder.path, configFileName), text);
  const { audit } = await loadConfig(folder.path, {});
  return audit?.checkpoints.map((place) => path.relative(folder.path, place));
}

test("places of checkpoints are meant from the project's folder", async () => {
  assert.deepEqual(await read("audit: { checkpoints: [../other/c.jsonl, here.jsonl] }\n"), [
    path.join("..", "other", "c.jsonl"),
    "here.jsonl",
  ]);
  assert.deepEqual(await read("audit: {}\n"), []);
  assert.equal(await read("data: state\n"), undefined);
});

for (const [text, said] of [
  ["audit: yes\n", "'audit' is a map of settings"],
  ["audit: { checkpoint: [a] }\n", "did you mean 'checkpoints'?"],
  ["audit: { checkpoints: a }\n", "'checkpoints' is a list of files"],
  ["audit: { checkpoints: [a, [b]] }\n", "'checkpoints' is a list of files"],
  ["audit: { checkpoints: [a, ''] }\n", "'checkpoints' is a list of files"],
  ["audit: { checkpoints: [1, 2, 3, 4, 5, 6, 7, 8, 9] }\n", "names 9 files, and 8 are the most"],
] as const) {
  test(`refused with what is meant: ${text.trim()}`, async () => {
    await assert.rejects(read(text), (error) => hasCode(error, "config.invalid") && error.message.includes(said));
  });
}
