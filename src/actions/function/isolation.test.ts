// What a process may touch. The table in docs/functions.md says the same in words; each refusal has its control beside it.
import assert from "node:assert/strict";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { moduleOf, openProject } from "../../../test/functions/project.ts";
import { readablePatterns } from "./isolation.ts";

/** Tries each expression and says `ok` or the code it was refused with. */
const tryModule = `
import * as fs from "node:fs";
import * as childProcess from "node:child_process";
import * as worker from "node:worker_threads";
import * as os from "node:os";
const attempts = {
  readProject: () => fs.readFileSync("docs/a.md", "utf8"),
  readLater: () => fs.readFileSync("later.md", "utf8"),
  listFolder: () => fs.readdirSync("docs"),
  listScratch: () => fs.readdirSync(os.tmpdir()),
  writeReport: () => { fs.mkdirSync("reports/deep", { recursive: true }); fs.writeFileSync("reports/deep/a.md", "x"); return fs.readFileSync("reports/deep/a.md", "utf8"); },
  writeScratch: () => fs.writeFileSync(os.tmpdir() + "/a", "x"),
  listRoot: () => fs.readdirSync("."),
  readData: () => fs.readFileSync(".runwright/token"),
  readDotEnv: () => fs.readFileSync(".env"),
  statData: () => fs.statSync(".runwright"),
  readOutside: () => fs.readFileSync("/etc/hosts"),
  readHome: () => fs.readdirSync("/root"),
  readEngine: () => fs.readFileSync("/proc/" + process.ppid + "/environ"),
  climb: () => fs.readFileSync("docs/../../../etc/hosts"),
  writeProject: () => fs.writeFileSync("docs/a.md", "x"),
  writeModule: () => fs.writeFileSync("functions/try.mjs", "x"),
  writePackage: () => fs.writeFileSync("node_modules/a.js", "x"),
  writeOutside: () => fs.writeFileSync("/tmp/runwright-outside", "x"),
  link: () => fs.symlinkSync("/etc/hosts", "reports/link"),
  spawn: () => childProcess.spawnSync("true"),
  execve: () => process.execve("/bin/true", ["true"], {}),
  worker: () => new worker.Worker("1", { eval: true }),
  addon: () => process.dlopen({ exports: {} }, "/tmp/a.node"),
  sqlite: () => process.getBuiltinModule("node:sqlite").DatabaseSync.name,
  binding: () => process.binding("fs"),
  inspector: () => process.getBuiltinModule("node:inspector").open(0),
};
export default async function run() {
  const output = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try { attempt(); output[name] = "ok"; } catch (error) { output[name] = error.code ?? error.name; }
  }
  return { output };
}`;

const denied = "ERR_ACCESS_DENIED";

test("a module reads its project and writes where it may, and nothing else of the machine", async () => {
  const files = {
    "docs/a.md": "a",
    ".runwright/token": "secret",
    ".env": "KEY=secret",
    "functions/try.mjs": tryModule,
    "functions/warm.mjs": moduleOf(""),
  };
  await using project = openProject(files, { size: 1 });
  await project.call("warm");
  project.write("later.md", "made while the process was already there");

  assert.deepEqual(await project.output("try"), {
    readProject: "ok",
    readLater: "ok",
    listFolder: "ok",
    listScratch: "ok",
    writeReport: "ok",
    writeScratch: "ok",
    listRoot: denied,
    readData: denied,
    readDotEnv: denied,
    statData: denied,
    readOutside: denied,
    readHome: denied,
    readEngine: denied,
    climb: denied,
    writeProject: denied,
    writeModule: denied,
    writePackage: denied,
    writeOutside: denied,
    link: denied,
    spawn: denied,
    execve: denied,
    worker: denied,
    addon: "ERR_DLOPEN_DISABLED",
    sqlite: "TypeError",
    binding: denied,
    inspector: denied,
  });
  assert.equal(readFileSync(path.join(project.root, "reports/deep/a.md"), "utf8"), "x");
  assert.ok(!existsSync("/tmp/runwright-outside"));
});

test(
  "control: without the permissions the same module reaches them",
  { skip: process.platform !== "linux" && "it reads /proc" },
  async () => {
    const { default: run } = (await import(`data:text/javascript,${encodeURIComponent(onlyReads(tryModule))}`)) as {
      default: () => Promise<{ output: Record<string, string> }>;
    };
    const { output } = await run();
    for (const name of ["readOutside", "readEngine", "spawn", "worker", "sqlite", "binding"])
      assert.equal(output[name], "ok", name);
  },
);

test("a refused access tells what is allowed", async () => {
  await using project = openProject({
    "functions/peek.mjs": moduleOf(
      "const { readFileSync } = await import('node:fs'); return { output: readFileSync('/etc/hosts', 'utf8') };",
    ),
  });
  await assert.rejects(
    project.call("peek"),
    /it may not read \/etc\/hosts \(functions\/peek\.mjs:2:\d+\)\. A module reads .* writes in reports\/, \$TMPDIR/,
  );
});

test("folders that a run was pointed at can be read and listed, not written", async () => {
  await using elsewhere = openProject({ "a.md": "hello" });
  const body = `const fs = await import("node:fs"); const at = ctx.input; const seen = [fs.readdirSync(at), fs.readFileSync(at + "/a.md", "utf8")];
    try { fs.writeFileSync(at + "/b.md", "x"); seen.push("written"); } catch (error) { seen.push(error.code); } return { output: seen };`;
  await using project = openProject(
    { "functions/look.mjs": moduleOf(body) },
    { readFolders: [elsewhere.root, "/no/such/folder"] },
  );
  assert.deepEqual(await project.output("look", { input: elsewhere.root }), [["a.md"], "hello", denied]);
  await using other = openProject({ "functions/look.mjs": moduleOf(body) });
  await assert.rejects(other.call("look", { input: elsewhere.root }), /it may not read/);
});

test("the environment is empty but for PATH and a scratch folder, and there is no channel to the engine but the pipes", async () => {
  process.env["RUNWRIGHT_TEST_SECRET"] = "canary";
  const body = `const fs = await import("node:fs"); const open = [];
    for (let fd = 0; fd < 64; fd += 1) try { const stat = fs.fstatSync(fd); open.push([fd, stat.isFile() ? "file" : stat.isSocket() ? "socket" : "other"]); } catch {}
    return { output: { env: { ...process.env }, send: typeof process.send, open, argv: process.argv.join(" "), cwd: process.cwd() } };`;
  try {
    await using project = openProject({ "functions/env.mjs": moduleOf(body) });
    const output = (await project.output("env", { env: { GIVEN: "yes" } })) as {
      env: Record<string, string>;
      send: string;
      open: [number, string][];
      cwd: string;
    };
    assert.deepEqual(Object.keys(output.env).toSorted(), ["HOME", "PATH", "TMPDIR"]);
    assert.equal(output.env["HOME"], output.env["TMPDIR"]);
    assert.ok(!JSON.stringify(output).includes("canary"));
    assert.equal(output.send, "undefined");
    assert.equal(output.cwd, project.root);
    // 0 is /dev/null, 1 and 2 are captured, 3 and 4 are the pipes; what comes after is Node's own, and neither file nor socket.
    assert.deepEqual(
      output.open.filter(([fd, kind]) => fd > 4 && kind !== "other"),
      [],
    );
    assert.equal(process.env["RUNWRIGHT_TEST_SECRET"], "canary");
  } finally {
    delete process.env["RUNWRIGHT_TEST_SECRET"];
  }
});

test("a link in the project is followed wherever it leads: the table says so", async () => {
  await using project = openProject({
    "functions/read.mjs": moduleOf(
      "const { readFileSync } = await import('node:fs'); return { output: readFileSync('docs/link', 'utf8').length > 0 };",
    ),
    "docs/a.md": "",
  });
  symlinkSync("/etc/hosts", path.join(project.root, "docs/link"));
  assert.equal(await project.output("read"), true);
});

test("what may be read is said by first characters, under the rules of either platform", () => {
  const posix = readablePatterns("/p", ["ärger", ".env", "docs"], path.posix);
  assert.ok(posix.includes("/p/d*") && posix.includes("/p/ä*") && posix.includes("/p/_*"));
  assert.ok(!posix.some((pattern) => pattern === "/p/*" || pattern.startsWith("/p/.") || pattern.endsWith("**")));

  const windows = readablePatterns("C:\\p", [], path.win32);
  assert.ok(windows.includes("C:\\p\\d*"));
  assert.ok(
    windows.every(
      (pattern) => pattern.startsWith("C:\\p\\") && pattern !== "C:\\p\\*" && !pattern.startsWith("C:\\p\\."),
    ),
    windows.join(" "),
  );
});

/** The attempts that change nothing, so that the control can run them in this process. */
function onlyReads(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^ {2}(?:write|link|execve|addon|inspector)/.test(line))
    .join("\n");
}
