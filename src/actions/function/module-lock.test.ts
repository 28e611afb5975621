// What a version pins of a user module: the file, and the files of its folder that it imports.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempDisposableSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode } from "../../base/error.ts";
import type { LockedModule } from "../../ports/catalog.ts";
import { createModuleLocks, type ModuleLocks } from "./module-lock.ts";

interface Project extends Disposable {
  readonly root: string;
  readonly locks: ModuleLocks;
  write(file: string, text: string): void;
  lock(name?: string): LockedModule;
}

function open(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempDisposableSync(path.join(tmpdir(), "rw-modules-"));
  const root = folder.path;
  const locks = createModuleLocks(root);
  for (const [file, text] of Object.entries(files)) write(file, text);
  return { root, locks, write, lock: (name = "a") => lockIn(locks, name), [Symbol.dispose]: () => folder.remove() };

  function lockIn(own: ModuleLocks, name: string): LockedModule {
    return own.lockOf({ root, kind: "function", name });
  }

  function write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}

const importsOf = ({ imports = {} }: LockedModule): readonly string[] => Object.keys(imports);

test("a module is pinned with the files that it imports, directly and through others, however it names them", () => {
  using project = open({
    "functions/a.mjs": `import one from "../lib/one.mjs";
import "../lib/two.ts"; export * from '../lib/three.js';
const late = () => import(\`../lib/four.mjs\`);
const data = require("../lib/data"); import own from "#own"; const copy = import("../lib/six.mjs?copy=1");
import fs from "node:fs"; import zod from "zod"; import gone from "./gone.mjs"; const colour = "#fff";`,
    "lib/one.mjs": 'import "./deep/five.mjs"; import "../functions/a.mjs";',
    "lib/two.ts": "export {}",
    "lib/three.js": "",
    "lib/four.mjs": "",
    "lib/data.json": "{}",
    "lib/six.mjs": "",
    "lib/deep/five.mjs": "",
    "lib/other.mjs": "",
    "lib/own.mjs": "",
    "package.json": '{"name": "x", "imports": {"#own": "./lib/own.mjs"}}',
  });
  const names = ["data.json", "deep/five.mjs", "four.mjs", "one.mjs", "own.mjs", "six.mjs", "three.js", "two.ts"];
  const locked = project.lock();
  assert.equal(locked.file, "functions/a.mjs");
  assert.deepEqual(
    importsOf(locked),
    names.map((name) => `lib/${name}`),
  );
});

test("what lies outside of the folder, in a package, or where modules write is no part of a module", () => {
  using outside = open({ "x.mjs": "" });
  using project = open({
    "functions/a.mjs": `import "../out/x.mjs"; import "../node_modules/p/index.js"; import "../reports/r.json";
      import "../logs/l.json"; import "${path.relative("/a", outside.root)}/x.mjs"; import "../link.mjs"`,
    "node_modules/p/index.js": "",
    "reports/r.json": "{}",
    "logs/l.json": "{}",
    "lib/x.mjs": "",
  });
  symlinkSync(outside.root, path.join(project.root, "out"));
  symlinkSync(path.join(project.root, "lib/x.mjs"), path.join(project.root, "link.mjs"));
  assert.deepEqual(importsOf(project.lock()), ["lib/x.mjs"]);
});

for (const [what, change] of [
  ["its own text", (project: Project) => project.write("functions/a.mjs", 'import "../lib/x.mjs"; //')],
  ["a file that it imports", (project: Project) => project.write("lib/x.mjs", 'import "./y.mjs"; // other')],
  ["a file that this one imports", (project: Project) => project.write("lib/y.mjs", "b")],
  ["a file that goes", (project: Project) => rmSync(path.join(project.root, "lib/y.mjs"))],
  ["a file that was named and not there", (project: Project) => project.write("lib/new.mjs", "")],
  ["another file of the same name", (project: Project) => project.write("functions/a.ts", 'import "../lib/x.mjs";')],
] as const) {
  test(`another lock: ${what}; put back, it is the same again`, () => {
    const files = {
      "functions/a.mjs": 'import "../lib/x.mjs"; import("../lib/new.mjs");',
      "lib/x.mjs": 'import "./y.mjs";',
      "lib/y.mjs": "a",
    };
    using project = open(files);
    const before = project.lock();
    // The very same: what nobody has touched is not read again.
    assert.equal(project.lock(), before);
    change(project);
    assert.notDeepEqual(project.lock(), before);
    for (const file of ["functions/a.ts", "lib/new.mjs"]) rmSync(path.join(project.root, file), { force: true });
    for (const [file, text] of Object.entries(files)) project.write(file, text);
    assert.deepEqual(project.lock(), before);
  });
}

test("a change of the same length and time is noticed", () => {
  using project = open({ "functions/a.mjs": "a", "functions/b.mjs": "" });
  const time = new Date("2026-01-01");
  const file = path.join(project.root, "functions/a.mjs");
  utimesSync(file, time, time);
  const before = project.lock();
  project.write("functions/a.mjs", "b");
  utimesSync(file, time, time);
  assert.notDeepEqual(project.lock(), before);
});

test("a module that is not there, or is more than is looked at, is refused", () => {
  using project = open({ "functions/a.mjs": 'import "../lib/0.mjs";' });
  assert.throws(
    () => project.lock("gone"),
    (error) => hasCode(error, "function.not-found"),
  );
  for (let index = 0; index < 501; index += 1) project.write(`lib/${index}.mjs`, `import "./${index + 1}.mjs";`);
  assert.throws(
    () => project.lock(),
    (error) => hasCode(error, "function.invalid") && error.message.includes("imports more than 500 files"),
  );
  project.write("functions/a.mjs", " ".repeat(16 * 1_048_576 + 1));
  assert.throws(
    () => project.lock(),
    (error) => hasCode(error, "function.invalid") && error.message.includes("16 MiB"),
  );
});

test("a text with more names than can be looked for is refused, and one that only looks like many names is read", () => {
  using project = open({ "functions/a.mjs": `"./${'"./'.repeat(2_000_000)}${"../".repeat(2_000_000)}` });
  assert.deepEqual(importsOf(project.lock()), []);
  const names = Array.from({ length: 1_000_000 }, (_, index) => `"./${index}"`);
  project.write("functions/a.mjs", names.join(" "));
  assert.throws(() => project.lock(), /names more than 4000 files/);
});
