// The audit log as commands show it: each command is the real program, in a process of its own.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { openSqliteReader, openSqliteStore } from "../../src/adapters/sqlite/sqlite-store.ts";
import { auditEntry } from "../../src/testing/journal-checks/audit.ts";
import { documentOf, openProject, type Project } from "../cli/project.ts";
import { workflows } from "../cli/workflows.ts";
import { linesIn, openRaw } from "./log.ts";

const local = { tenant: "local", workspace: "default" };
const dataOf = ({ folder }: Project): string => path.join(folder, ".runwright");

/** A project with a run, and rows in its audit log that wait for their links. */
async function project(config = ""): Promise<Project & { readonly runId: string }> {
  const opened = openProject({ ...workflows, "runwright.config.yaml": config });
  const runId = String(documentOf(await opened.run("run", "fine.workflow.yml", "--json"))["run"]);
  await record(opened, [`${runId}/greet#1 tool`, "r00other/greet#1 tool", `${runId}/greet#2 \u001b[31mtool`]);
  return { ...opened, runId };
}

async function record(opened: Project, objects: readonly string[]): Promise<void> {
  const holder = { pid: process.pid, host: hostname(), startedAt: 0 };
  await using store = await openSqliteStore({ folder: dataOf(opened), holder, synchronous: "full" });
  await store.audit.record(
    objects.map((object, index) => auditEntry(object, local, { action: index === 1 ? "model.call" : "tool.call" })),
  );
}

test("what a killed process left is listed as not sealed, and the next run seals it before anything else", async () => {
  await using opened = await project();
  const before = await opened.run("audit", "verify");
  assert.equal(before.code, 0, before.stderr);
  assert.match(before.stdout, /ok {3}0 rows of 0 tenants, 0 checkpoints, 3 rows not sealed yet\n {5}not sealed: 1 /);
  assert.ok(!existsSync(path.join(dataOf(opened), "audit")), "a look makes no key");

  assert.equal((await opened.run("run", "fine.workflow.yml")).code, 0);
  const after = documentOf(await opened.run("audit", "verify", "--json"));
  assert.deepEqual([after["ok"], after["rows"], after["tail"], after["unsigned"]], [true, 3, 0, 0]);
});

test("a process that does not hold the folder seals nothing", async () => {
  await using opened = await project();
  const holder = { pid: process.pid, host: hostname(), startedAt: 0 };
  {
    await using _store = await openSqliteStore({ folder: dataOf(opened), holder, synchronous: "full" });
    assert.equal((await opened.run("run", "fine.workflow.yml", "--no-input")).code, 75);
    assert.equal((await opened.run("audit", "verify")).code, 0);
    using reader = openSqliteReader(dataOf(opened));
    assert.equal((await reader.audit.unsealed(0, 9)).length, 3);
  }
  assert.equal((await opened.run("run", "fine.workflow.yml")).code, 0);
  using reader = openSqliteReader(dataOf(opened));
  assert.equal((await reader.audit.unsealed(0, 9)).length, 0, "control: who holds it does");
});

test("rows are listed by run and by action, for people and for programs", async () => {
  await using opened = await project();
  await opened.run("run", "fine.workflow.yml");
  const all = await opened.run("audit", "list");
  assert.equal(all.stdout.split("\n").filter(Boolean).length, 3);
  assert.match(all.stdout, /^ {7}1 {2}\d{4}-\S+Z {2}local:ada {2}tool\.call {2}allowed {2}r0\S+ tool\n/);
  assert.ok(!all.stdout.includes("\u001b"), "nothing reaches the terminal that it would obey");

  const ofRun = await opened.run("audit", "list", "--run", opened.runId, "--jsonl");
  const rows = ofRun.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    rows.map(({ n, tenant }) => [n, tenant]),
    [
      [1, "local"],
      [3, "local"],
    ],
  );
  const models = documentOf(await opened.run("audit", "list", "--action", "model.*", "--json"));
  assert.equal((models["rows"] as readonly unknown[]).length, 1);
  const last = documentOf(await opened.run("audit", "list", "--limit", "1", "--json"));
  assert.deepEqual([(last["rows"] as readonly unknown[]).length, last["left"]], [1, 2]);
  assert.equal((await opened.run("audit", "list", "--limit", "0")).code, 2);
  assert.match((await opened.run("audit", "list", "--run", "r0nobody")).stderr, /no run r0nobody/);
});

test("an export is looked through elsewhere with the public key and a second file of checkpoints, and a change in it is found", async () => {
  await using opened = await project("audit: { checkpoints: [second.jsonl] }\n");
  await opened.run("run", "fine.workflow.yml");
  const key = await opened.run("audit", "key");
  assert.match(key.stdout, /^-----BEGIN PUBLIC KEY-----/);
  await using elsewhere = openProject({
    "export.jsonl": (await opened.run("audit", "export")).stdout,
    "second.jsonl": readFileSync(path.join(opened.folder, "second.jsonl"), "utf8"),
    "public.pem": key.stdout,
  });
  const against = ["--checkpoints", "second.jsonl", "--key", "public.pem"];
  const fine = await elsewhere.run("audit", "verify", "export.jsonl", ...against);
  assert.equal(fine.code, 0, fine.stdout + fine.stderr);
  assert.match(fine.stdout, /^ok {3}3 rows of 1 tenants, \d+ checkpoints, 0 rows not sealed yet\n$/);
  const without = await elsewhere.run("audit", "verify", "export.jsonl");
  assert.match(without.stdout, /no checkpoint was at hand: an end that was cut off cannot be seen/);

  const file = path.join(elsewhere.folder, "export.jsonl");
  const lines = linesIn(file);
  const bad: readonly (readonly [string, readonly string[]])[] = [
    ["changed", lines.map((line, index) => (index === 2 ? line.replace("local:ada", "local:eve") : line))],
    ["missing", lines.filter((_line, index) => index !== 2)],
    ["order", [...lines.slice(0, 2), lines[3] ?? "", lines[2] ?? ""]],
    ["order", [...lines, lines[3] ?? ""]],
    ["cut", lines.slice(0, -1)],
    ["missing", lines.map((line, index) => (index === 2 ? line.replace('"tenant":"local"', '"tenant":"eve"') : line))],
  ];
  for (const [kind, changed] of bad) {
    writeFileSync(file, changed.join("\n"));
    const found = documentOf(await elsewhere.run("audit", "verify", "export.jsonl", ...against, "--json"));
    const kinds = (found["findings"] as readonly { readonly kind: string }[]).map((each) => each.kind);
    assert.ok(kinds.includes(kind), `${kind}: ${kinds.join()}`);
  }
  assert.equal((await elsewhere.run("audit", "verify", "export.jsonl", ...against)).code, 1);
});

test("a change in the data folder ends with exit code 1 and says where; what cannot be read is said with its name", async () => {
  await using opened = await project();
  await opened.run("run", "fine.workflow.yml");
  {
    using database = openRaw(dataOf(opened));
    database.exec("UPDATE audit_row SET entry = replace(entry, 'local:ada', 'local:eve') WHERE position = 2");
  }
  const found = await opened.run("audit", "verify");
  assert.equal(found.code, 1);
  assert.match(found.stdout, /^changed {4}local 2: its row 2 is not what was linked\nbad {2}3 rows/);

  for (const [args, code, said] of [
    [["no-such.jsonl"], 2, "no-such.jsonl cannot be read"],
    [["fine.workflow.yml"], 2, "is no export of an audit log"],
    [["--checkpoints", "no-such.jsonl"], 2, "no-such.jsonl cannot be read"],
    [["--key", "fine.workflow.yml"], 4, "fine.workflow.yml: This is not a public key"],
  ] as const) {
    const ended = await opened.run("audit", "verify", ...args);
    assert.deepEqual([ended.code, ended.stderr.includes(said)], [code, true], ended.stderr);
  }
  await using empty = openProject({});
  for (const command of ["verify", "list", "export"]) assert.equal((await empty.run("audit", command)).code, 3);
});

test("a second place that cannot be written holds up no run, and is said", async () => {
  await using opened = await project("audit: { checkpoints: [gone/second.jsonl] }\n");
  const ended = await opened.run("run", "fine.workflow.yml");
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /RUNWRIGHT_AUDIT.*The audit log waits to be sealed: .*gone\/second\.jsonl/);
  assert.match((await opened.run("audit", "verify")).stdout, /^ok {3}3 rows/);
});

test("a shell completes what may follow `audit`", async () => {
  await using opened = openProject({});
  assert.equal((await opened.run("__complete", "audit", "")).stdout, "list\nverify\nexport\nkey\n");
  assert.equal((await opened.run("__complete", "audit", "ve")).stdout, "verify\n");
});
