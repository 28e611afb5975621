// What the pages on connectors show can be used as it stands there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { builtInConnectors } from "../../src/connectors/built-in.ts";
import { readDescriptor } from "../../src/connectors/read-descriptor.ts";
import { root } from "../house/sources.ts";

function blocks(page: string, language: string): readonly string[] {
  const text = readFileSync(path.join(root, "docs", page), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, block = ""]) => block);
}

for (const page of ["mcp.md", "function-connectors.md"]) {
  test(`the connector in docs/${page} can be used`, () => {
    const found = blocks(page, "json").map((text) => readDescriptor({ file: page, text }));
    assert.equal(found.length, 1);
  });
}

test("the workflows in docs/built-in-connectors.md are free of mistakes", () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  mkdirSync(path.join(folder.path, "workflows"));
  const before = `inputs: { owner: { type: string, default: a@example.com }, version: { type: string, default: "1" } }\nsecrets: [MAIL_PASSWORD]\n`;
  const snippets = blocks("built-in-connectors.md", "yaml").filter((text) => text.includes("steps:"));
  assert.equal(snippets.length, 3);
  const files = snippets.map((text, n) => {
    const file = path.join(folder.path, `snippet-${n}.workflow.yml`);
    const used = text.replace("${draft.output.text}", "A draft.");
    const secrets = used.includes("secrets.") ? before : (before.split("\n")[0] ?? "");
    writeFileSync(file, `workflow: snippet-${n}\n${secrets}\n${used}`);
    return file;
  });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, "src/cli/main.ts"), "validate", ...files],
    {
      cwd: folder.path,
      encoding: "utf8",
    },
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
});

test("the page on files names every action with its effect", () => {
  const page = readFileSync(path.join(root, "docs", "built-in-connectors.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` +\| `(\w+)` +\|/gm)].map(([, name, effect]) => [name, effect]);
  const files = builtInConnectors.find(({ name }) => name === "files");
  assert.deepEqual(
    rows,
    Object.entries(files?.actions ?? {}).map(([name, { effect }]) => [name, effect]),
  );
});
