import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { assert as check, constantFrom, oneof, property, string } from "fast-check";
import { hasCode } from "../../base/error.ts";
import { executorFiles, findExecutor, listExecutors } from "./find.ts";

test("a module is looked for in functions/ first, then where older projects keep it", () => {
  assert.deepEqual(executorFiles("/p", "function", "get-issues", path.posix), [
    "/p/functions/get-issues.ts",
    "/p/functions/get-issues.mjs",
    "/p/functions/get-issues.js",
    "/p/scripts/executors/functions/get-issues.ts",
    "/p/scripts/executors/functions/get-issues.mjs",
    "/p/scripts/executors/functions/get-issues.js",
  ]);
});

test("on Windows the same places have Windows paths", () => {
  const files = executorFiles("C:\\p", "assignment", "create-app-plan", path.win32);
  assert.equal(files[1], "C:\\p\\assignments\\create-app-plan.mjs");
  assert.equal(files[4], "C:\\p\\scripts\\executors\\assignments\\create-app-plan.mjs");
});

const hostileNames = [
  "../x",
  "..",
  ".",
  "",
  "a/b",
  "a\\b",
  "/etc/passwd",
  "C:\\x",
  "C:x",
  "con",
  "nul",
  "com1",
  "lpt9",
  "aux",
  "x.",
  "x ",
  " x",
  "x.mjs",
  "a\0b",
  "%2e%2e",
  "file:x",
  "X",
  "ä",
  "-x",
  "x-",
  "a".repeat(65),
  "__proto__",
  "\\\\server\\x",
];

test("no hostile name has a place", () => {
  for (const name of hostileNames) {
    assert.deepEqual(executorFiles("/p", "function", name, path.posix), [], name);
    assert.deepEqual(executorFiles("C:\\p", "function", name, path.win32), [], name);
  }
});

test("control: joined without the check, hostile names leave the folder", () => {
  const escapes = hostileNames.filter(
    (name) => !path.win32.join("C:\\p\\functions", name).startsWith("C:\\p\\functions\\"),
  );
  assert.ok(escapes.length >= 2, escapes.join(" "));
});

test("whatever the name, a place lies in its folder", () => {
  const name = oneof(
    string({ unit: constantFrom("a", "b", ".", "-", "_", "/", "\\", ":", "~", " ", "0", "C", "O", "N") }),
    string(),
    constantFrom(...hostileNames),
  );
  check(
    property(name, constantFrom(path.posix, path.win32), (text, rules) => {
      const root = rules === path.win32 ? "C:\\p" : "/p";
      for (const file of executorFiles(root, "function", text, rules)) {
        const folder = rules.relative(root, rules.dirname(file)).replaceAll("\\", "/");
        assert.ok(folder === "functions" || folder === "scripts/executors/functions", file);
        assert.ok(rules.basename(file).startsWith(`${text}.`), file);
      }
    }),
    { numRuns: 20_000 },
  );
});

test("the names of a project's modules are listed once each, in order, without other files", () => {
  using project = openFolder({
    "functions/b.mjs": "",
    "functions/a.ts": "",
    "functions/a.js": "",
    "functions/a.test.ts": "",
    "functions/README.md": "",
    "functions/B_.mjs": "",
    "scripts/executors/functions/old.mjs": "",
    "assignments/plan.mjs": "",
    "assignments/plan.md": "",
  });
  assert.deepEqual(listExecutors(project.root), { functions: ["a", "b", "old"], assignments: ["plan"] });
});

test("a project without modules has none", () => {
  using project = openFolder({});
  assert.deepEqual(listExecutors(project.root), { functions: [], assignments: [] });
});

test("a missing module names the paths where it was expected", () => {
  using project = openFolder({});
  assert.throws(
    () => findExecutor(project.root, "assignment", "create-app-plan"),
    (error) =>
      hasCode(error, "function.not-found") &&
      error.message.includes("assignments/create-app-plan.mjs") &&
      error.message.includes("scripts/executors/assignments/create-app-plan.mjs"),
  );
});

test("a link inside the project is followed, one that leads out of it is refused", () => {
  using outside = openFolder({ "secret.mjs": "" });
  using project = openFolder({ "lib/real.mjs": "", "functions/keep.mjs": "" });
  symlinkSync("../lib/real.mjs", path.join(project.root, "functions/inner.mjs"));
  symlinkSync(path.join(outside.root, "secret.mjs"), path.join(project.root, "functions/outer.mjs"));

  assert.equal(findExecutor(project.root, "function", "inner").source, "lib/real.mjs");
  assert.throws(
    () => findExecutor(project.root, "function", "outer"),
    (error) => hasCode(error, "function.not-found"),
  );
});

test("a changed file has another stamp", () => {
  using project = openFolder({ "functions/a.mjs": "1" });
  const { stamp } = findExecutor(project.root, "function", "a");
  assert.equal(findExecutor(project.root, "function", "a").stamp, stamp);
  writeFileSync(path.join(project.root, "functions/a.mjs"), "22");
  assert.notEqual(findExecutor(project.root, "function", "a").stamp, stamp);
});

function openFolder(files: Readonly<Record<string, string>>): Disposable & { readonly root: string } {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "runwright-test-")));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
