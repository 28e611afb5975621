import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

const runner = path.join(import.meta.dirname, "run.ts");

/** The exit code and the last line of the runner for these files, each of which begins with the imports of a test. */
function runTests(
  files: Readonly<Record<string, string>>,
  ...options: readonly string[]
): { readonly code: number | null; readonly last: string } {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runner-"));
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(path.join(folder.path, name), `import { test } from "node:test";\n${body}`);
  }
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, [runner, ...options, folder.path], { env, encoding: "utf8" });
  return { code: status, last: stdout.trimEnd().split("\n").at(-1) ?? "" };
}

const passing = 'test("passes", () => {});';

test("the last line counts what passed, failed and was skipped", () => {
  const skips =
    'test.skip("skipped", () => {}); test.todo("to do"); test("fails, to do", { todo: true }, () => { throw 1; });';
  const files = { "a.test.ts": passing, "b.test.ts": `${skips}${passing} console.error("noise");` };
  assert.deepEqual(runTests(files), { code: 0, last: "2 passed, 0 failed, 3 skipped" });
});

test("a failing test, a file that cannot be read, one that dies late and one without tests all make the run fail", () => {
  const failures = {
    throws: 'test("fails", () => { throw new Error("no"); });',
    syntax: "this is no program",
    rejects: 'void Promise.reject(new Error("nobody listens"));',
    exits: `${passing} setTimeout(() => process.exit(3), 50);`,
    empty: "",
  };
  const files = Object.fromEntries(Object.entries(failures).map(([name, body]) => [`${name}.test.ts`, body]));
  assert.deepEqual(runTests({ ...files, "fine.test.ts": passing }), { code: 1, last: "2 passed, 5 failed" });
});

test("a file that never ends is stopped and named, whether a test hangs or something was left open", () => {
  const files = {
    "hangs.test.ts": `${passing} test("hangs", async () => { await new Promise((go) => setTimeout(go, 1e8)); });`,
    "open.test.ts": `${passing} setInterval(() => {}, 1000);`,
    "fine.test.ts": passing,
  };
  assert.deepEqual(runTests(files, "--file-seconds", "6"), { code: 1, last: "3 passed, 2 failed" });
});

test("a run without a test is not a success", () => {
  assert.deepEqual(runTests({ "other.ts": passing }), { code: 1, last: "0 passed, 0 failed" });
});
