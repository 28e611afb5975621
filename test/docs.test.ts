// What the documents say can be done can be done.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { rooms } from "./house/rooms.ts";
import { root, sourcesOf, type Source } from "./house/sources.ts";

const documents = sourcesOf("*.md", "docs/**/*.md");
const readme = readFileSync(path.join(root, "README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Links to files that do not exist. */
function brokenLinks(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ file, text }) =>
    [...text.matchAll(/\]\((?!\w+:|#)([^)#]+)/g)]
      .map((match) => path.join(path.dirname(file), match[1] ?? ""))
      .filter((target) => !existsSync(path.join(root, target)))
      .map((target) => `${file} -> ${target}`),
  );
}

/** Scripts that a document tells to run and package.json does not have. */
function missingScripts(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ file, text }) =>
    [...text.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test|start)\b)/g)]
      .map((match) => match[1] ?? match[2] ?? "")
      .filter((name) => scripts[name] === undefined)
      .map((name) => `${file}: npm run ${name}`),
  );
}

test("every link between the documents leads somewhere", () => {
  assert.deepEqual(brokenLinks(documents), []);
});

test("every npm script that the documents name exists", () => {
  assert.deepEqual(missingScripts(documents), []);
});

test("control: a broken link and a missing script are found", () => {
  const text = "[a](gone.md#part) [b](http://localhost) [c](#here) `npm run gone` `npm test`";
  assert.deepEqual(brokenLinks([{ file: "docs/a.md", text }]), ["docs/a.md -> docs/gone.md"]);
  assert.deepEqual(missingScripts([{ file: "docs/a.md", text }]), ["docs/a.md: npm run gone"]);
});

/** Names that a table of ARCHITECTURE.md has, or misses, but the house does not. */
function untrueRows(architecture: string, heading: string, there: readonly string[]): readonly string[] {
  const [, table = ""] = new RegExp(`^\\| ${heading} .*\\n\\|.*\\n((?:\\|.*\\n)+)`, "m").exec(architecture) ?? [];
  const named = [...table.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
  const untrue = named.filter((name) => !there.includes(name)).map((name) => `${name} is not there`);
  return [...untrue, ...there.filter((name) => !named.includes(name)).map((name) => `${name} has no row`)];
}

test("ARCHITECTURE.md names every room of the house and every folder of the language, and no other", () => {
  const architecture = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8");
  const roomNames = rooms.map(({ name }) => name).filter((name) => name !== "index.ts");
  assert.deepEqual(untrueRows(architecture, "room, lowest first", roomNames), []);
  const entries = readdirSync(path.join(root, "src", "language"), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual(untrueRows(architecture, "`language/…`", folders), []);
});

test("control: a row for nothing and a folder without a row are found", () => {
  const text = "| room | holds |\n| ---- | ----- |\n| `a`, `gone` | x |\n";
  assert.deepEqual(untrueRows(text, "room", ["a", "b"]), ["gone is not there", "b has no row"]);
});

test("the workflow in the README is free of mistakes and runs to its end", () => {
  const workflow = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "readme-"));
  writeFileSync(path.join(folder.path, "hello.workflow.yml"), workflow);
  const program = path.join(root, "src", "cli", "main.ts");
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [program, ...args], { cwd: folder.path, encoding: "utf8", timeout: 60_000 });

  const checked = run("validate", "hello.workflow.yml");
  assert.equal(checked.status, 0, checked.stderr);
  const stopped = run("run", "hello.workflow.yml", "--no-input");
  assert.equal(stopped.status, 6, stopped.stderr);
  const ended = run("run", "hello.workflow.yml", "--yes");
  assert.equal(ended.status, 0, ended.stderr);
  assert.match(ended.stdout, /Hello, Grace!/);
});
