// The real program, as people and scripts run it: exit codes, documents, gates, a second process, interruptions.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { openSqliteStore } from "../src/adapters/sqlite/sqlite-store.ts";
import { controlAddress, tokenFile } from "../src/app/control/address.ts";
import { openControlServer } from "../src/app/control/server.ts";
import { documentOf, openProject, type Project } from "./cli/project.ts";
import { workflows } from "./cli/workflows.ts";

const packageVersion = (
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, "../package.json"), "utf8")) as { version: string }
).version;

/** Each command alone in a fresh project; `before` are commands that come first. */
const exits: readonly {
  readonly name: string;
  readonly before?: readonly (readonly string[])[];
  readonly args: readonly string[];
  readonly code: number;
  readonly says: RegExp;
}[] = [
  { name: "the version", args: ["--version"], code: 0, says: /^\d+\.\d+\.\d+\n$/ },
  { name: "help", args: ["--help"], code: 0, says: /Commands:/ },
  { name: "a run that succeeds", args: ["run", "fine.workflow.yml"], code: 0, says: /hello you/ },
  { name: "a run that fails", args: ["run", "failing.workflow.yml"], code: 1, says: /nothing works/ },
  { name: "an unknown command", args: ["flow"], code: 2, says: /unknown command/ },
  { name: "an unknown option", args: ["runs", "--al"], code: 2, says: /unknown option/ },
  { name: "a missing argument", args: ["run"], code: 2, says: /missing required argument/ },
  {
    name: "an input that does not exist",
    args: ["run", "fine.workflow.yml", "--input", "whom=x"],
    code: 2,
    says: /no input 'whom': it has who, times/,
  },
  {
    name: "a status that does not exist",
    args: ["runs", "--status", "odd"],
    code: 2,
    says: /--status is one of queued, running/,
  },
  { name: "a file that is not there", args: ["run", "none.workflow.yml"], code: 3, says: /no workflow file none/ },
  { name: "a run that is not there", args: ["show", "r0"], code: 3, says: /run\.not-found/ },
  {
    name: "a gate that is not there",
    before: [["run", "asking.workflow.yml"]],
    args: ["approve", "latest", "gatte"],
    code: 3,
    says: /No gate gatte is open[^]*Open: review/,
  },
  {
    name: "a file with errors",
    args: ["validate", "fine.workflow.yml", "wrong.workflow.yml"],
    code: 4,
    says: /error\[E030\] wrong\.workflow\.yml:4:13/,
  },
  {
    name: "a run of a file with errors",
    args: ["run", "wrong.workflow.yml"],
    code: 4,
    says: /error\[E030\][^]*nothing was started/,
  },
  { name: "a missing input", args: ["run", "needy.workflow.yml"], code: 4, says: /inputs\.invalid[^]*name/ },
  {
    name: "a run that stops at a gate",
    args: ["run", "asking.workflow.yml"],
    code: 6,
    says: /Print 3 pages\?[^]*approve r/,
  },
  {
    name: "a run whose gate is rejected",
    before: [["run", "asking.workflow.yml"]],
    args: ["reject", "latest", "--comment", "no"],
    code: 10,
    says: /rejected/,
  },
  {
    name: "a decision on a run that has ended",
    before: [["run", "asking.workflow.yml", "--yes"]],
    args: ["approve", "latest"],
    code: 9,
    says: /run\.ended/,
  },
  {
    name: "a gate that is decided",
    before: [["run", "asking.workflow.yml", "--yes"]],
    args: ["approve", "latest", "review"],
    code: 9,
    says: /gate\.decided/,
  },
  {
    name: "a resume of a run that has ended",
    before: [["run", "fine.workflow.yml"]],
    args: ["resume", "latest"],
    code: 9,
    says: /run\.ended/,
  },
  {
    name: "an edit of a field that is not editable",
    before: [["run", "asking.workflow.yml"]],
    args: ["approve", "latest", "--edit", "colour=red"],
    code: 4,
    says: /gate\.edit-refused/,
  },
  { name: "nothing to resume", args: ["resume"], code: 0, says: /nothing to resume/ },
];

describe("exit codes", { concurrency: 2 }, () => {
  for (const { name, before = [], args, code, says } of exits) {
    test(`${code}: ${name}`, async () => {
      await using project = openProject(workflows);
      for (const command of before) await project.run(...command);
      const ended = await project.run(...args);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stdout + ended.stderr, says);
    });
  }
});

test("exit code 5: a run that is cancelled from another terminal; there the cancel succeeds", async () => {
  await using project = openProject(workflows);
  const run = project.start("run", "waiting.workflow.yml");
  await run.says("waiting");
  await untilListed(project);
  const cancel = await project.run("cancel", "latest", "--reason", "enough");
  assert.equal(cancel.code, 0, cancel.stderr);
  assert.match(cancel.stderr, new RegExp(`process ${run.pid} goes on`));
  assert.equal((await run.ended).code, 5);
});

test("exit code 75: a second engine on the folder is told the pid of the first", async () => {
  await using project = openProject(workflows);
  const first = project.start("run", "waiting.workflow.yml");
  await untilListed(project);
  for (const args of [["run", "fine.workflow.yml"], ["resume"]]) {
    const second = await project.run(...args);
    assert.equal(second.code, 75, second.stderr);
    assert.match(second.stderr, new RegExp(`in use by process ${first.pid} `));
  }
  const doctor = await project.run("doctor");
  assert.equal(doctor.code, 0);
  assert.match(doctor.stdout, new RegExp(`holder +process ${first.pid} `));
  first.kill("SIGKILL");
  await first.ended;
  assert.equal((await project.run("cancel", "latest")).code, 0, "what a dead process held is free");
});

test("exit codes 7 and 8: a holder that does not answer, and one that does not know the token", async () => {
  await using project = openProject(workflows);
  assert.equal((await project.run("run", "asking.workflow.yml")).code, 6);
  const folder = path.join(project.folder, ".runwright");
  const socket = controlAddress(folder, { XDG_RUNTIME_DIR: project.folder });
  const holder = { pid: process.pid, host: "here", startedAt: 0, socket };
  await using _store = await openSqliteStore({ folder, holder, synchronous: "full" });
  const unanswered = await project.run("approve", "latest");
  assert.equal(unanswered.code, 7, unanswered.stderr);
  assert.match(unanswered.stderr, new RegExp(`Process ${process.pid} holds the data folder .* does not answer`));

  await using _server = await openControlServer(socket, () => Promise.resolve({}));
  writeFileSync(tokenFile(socket), "the token of somebody else");
  const unauthorised = await project.run("approve", "latest");
  assert.equal(unauthorised.code, 8, unauthorised.stderr);
});

test("documents of --json have one shape, and stderr has none of it", async () => {
  await using project = openProject(workflows);
  const ran = await project.run("run", "asking.workflow.yml", "--json", "--quiet");
  assert.equal(ran.stderr, "");
  const asked = documentOf(ran);
  assert.equal(asked["status"], "awaiting_approval");
  assert.deepEqual(Object.keys(asked).toSorted(), [
    "counts",
    "createdAt",
    "draft",
    "gates",
    "output",
    "run",
    "startedBy",
    "status",
    "updatedAt",
    "version",
    "workflow",
  ]);
  const [gate] = asked["gates"] as Record<string, unknown>[];
  assert.deepEqual(gate?.["show"], { title: "Draft", pages: 3 });

  const listed = documentOf(await project.run("--json", "runs", "--status", "waiting"))["runs"] as Record<
    string,
    unknown
  >[];
  assert.deepEqual(
    listed.map((each) => each["run"]),
    [asked["run"]],
  );
  const approved = documentOf(
    await project.run("approve", "latest", "--json", "--edit", "pages=5", "--edit", "title=7"),
  );
  assert.equal(approved["status"], "completed");
  assert.deepEqual(approved["output"], { title: "7", pages: 5 }, "an edit keeps the type that the field has");

  const shown = documentOf(await project.run("show", String(asked["run"]), "--json"));
  assert.deepEqual(
    (shown["steps"] as Record<string, unknown>[]).map(({ path: place, status }) => [place, status]),
    [
      ["offer", "succeeded"],
      ["review", "succeeded"],
    ],
  );
  const problem = documentOf(await project.run("show", "r9", "--json"));
  assert.deepEqual([problem["status"], problem["code"]], [404, "run.not-found"]);
  const validated = documentOf(await project.run("validate", "wrong.workflow.yml", "--format", "json"));
  assert.equal(validated["valid"], false);
});

test("inputs come from pairs and files, each as its type asks", async () => {
  await using project = openProject({ ...workflows, "inputs.json": '{"who": "file", "times": 5}' });
  const ran = documentOf(
    await project.run("run", "fine.workflow.yml", "--inputs", "inputs.json", "--input", "who=7", "--json"),
  );
  assert.deepEqual(ran["output"], { text: "hello 7", twice: 10 });
});

test("with --yes a run does not stop at its gates", async () => {
  await using project = openProject(workflows);
  const ran = documentOf(await project.run("run", "asking.workflow.yml", "--yes", "--json"));
  assert.deepEqual(ran["output"], { title: "Draft", pages: 3 });
});

test("a gate is approved from a second process while the first goes on with the run", async () => {
  await using project = openProject(workflows);
  const run = project.start("run", "busy.workflow.yml");
  await run.says("Go on?");
  const approve = await project.run("approve", "latest");
  assert.equal(approve.code, 0, approve.stderr);
  assert.match(approve.stderr, new RegExp(`process ${run.pid} goes on`));
  const ended = await run.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /accepted +review/);
});

test("a gate is approved after the process that opened it has ended, and the run goes on", async () => {
  await using project = openProject(workflows);
  assert.equal((await project.run("run", "asking.workflow.yml")).code, 6);
  const approve = await project.run("approve", "latest", "--comment", "fine");
  assert.equal(approve.code, 0, approve.stderr);
  assert.match(approve.stdout, /title +Draft/);
});

test("Ctrl+C stops safely: no call is lost or made twice when the run is resumed", async () => {
  await using project = openProject(workflows);
  const run = project.start("run", "counting.workflow.yml");
  await run.says("noted 2");
  run.kill("SIGINT");
  const stopped = await run.ended;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /stopped safely; .* resume r\w+ goes on/);

  const resumed = await project.run("resume", "latest");
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(callsOf(project, "begin"), ["1", "2", "3", "4", "5", "6"]);
  assert.deepEqual(callsOf(project, "end"), ["1", "2", "3", "4", "5", "6"]);
});

test("after kill -9 the run is resumed without repeating a step that was done", async () => {
  await using project = openProject(workflows);
  const run = project.start("run", "counting.workflow.yml");
  await run.says("noted 3");
  run.kill("SIGKILL");
  await run.ended;

  const before = documentOf(await project.run("show", "latest", "--json"));
  const done = (before["steps"] as { path: string; status: string }[]).filter(
    ({ path: place, status }) => place !== "count" && status === "succeeded",
  );
  assert.ok(done.length >= 2 && done.length < 6, `${done.length} calls were done when it died`);
  const resumed = await project.run("resume");
  assert.equal(resumed.code, 0, resumed.stderr);
  const ends = callsOf(project, "end");
  assert.deepEqual([...new Set(ends)].toSorted(), ["1", "2", "3", "4", "5", "6"]);
  for (const { path: place } of done) {
    const key = /\[(\d)\]/.exec(place)?.[1] ?? "";
    assert.equal(ends.filter((each) => each === key).length, 1, `call ${key} was done before`);
  }
});

test("without a name all interrupted runs are resumed", async () => {
  await using project = openProject(workflows);
  for (let times = 0; times < 2; times += 1) {
    const run = project.start("run", "counting.workflow.yml");
    await run.says("noted 1");
    run.kill("SIGKILL");
    await run.ended;
  }
  await project.run("run", "asking.workflow.yml");
  const resumed = await project.run("resume", "--json");
  assert.equal(resumed.code, 0, resumed.stderr);
  const runs = documentOf(resumed)["runs"] as Record<string, unknown>[];
  assert.deepEqual(
    runs.map(({ workflow, status }) => [workflow, status]),
    [
      ["counting", "completed"],
      ["counting", "completed"],
    ],
  );
});

test("`run --continue` goes on with what was interrupted, and starts anew once that has ended", async () => {
  await using project = openProject(workflows);
  const run = project.start("run", "counting.workflow.yml");
  await run.says("noted 1");
  run.kill("SIGKILL");
  await run.ended;
  const goesOn = await project.run("run", "counting.workflow.yml", "--continue");
  assert.equal(goesOn.code, 0, goesOn.stderr);
  assert.match(goesOn.stderr, /goes on where it was interrupted/);
  assert.equal((await runsOf(project)).length, 1);

  await project.run("run", "asking.workflow.yml");
  const other = await project.run("run", "fine.workflow.yml", "--continue", "--input", "who=x");
  assert.equal(other.code, 0);
  assert.equal((await runsOf(project)).length, 3, "another workflow is another run");
});

test("init names the schema for editors where the package is installed, and nowhere else", async () => {
  const schema = "node_modules/runwright/schema/workflow.schema.json";
  await using project = openProject({ [schema]: "{}" });
  assert.equal((await project.run("init")).code, 0);
  assert.equal((await project.run("init", "other")).code, 0);
  const firstLine = (file: string): string | undefined =>
    readFileSync(path.join(project.folder, file), "utf8").split("\n")[0];
  assert.equal(firstLine("workflows/hello.workflow.yml"), `# yaml-language-server: $schema=../${schema}`);
  assert.equal(firstLine("other/workflows/hello.workflow.yml"), "workflow: hello");
});

test("init writes a project that works as it is, and overwrites nothing", async () => {
  await using project = openProject({});
  const init = await project.run("init", "mine");
  assert.equal(init.code, 0, init.stderr);
  const file = path.join("mine", "workflows", "hello.workflow.yml");
  assert.equal((await project.run("validate", file)).code, 0);
  const ran = await project.run("run", file, "--yes");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /sentences +2/);
  assert.match(readFileSync(path.join(project.folder, "mine", ".gitignore"), "utf8"), /^\.runwright\/$/m);
  const again = await project.run("init", "mine");
  assert.equal(again.code, 2);
  assert.match(again.stderr, /exists already; nothing was written/);
});

test(
  "the data folder holds nothing that others can read, and nothing is left in the runtime folder",
  { skip: process.platform === "win32" },
  async () => {
    await using project = openProject(workflows);
    await project.run("run", "fine.workflow.yml");
    assert.ok(existsSync(path.join(project.folder, ".runwright")));
    assert.equal(existsSync(path.join(project.folder, ".runwright", "holder.json")), false);
    assert.deepEqual(
      readdirSync(project.folder).filter((name) => name.startsWith("runwright-")),
      [],
    );
  },
);

test("the version is the package's", async () => {
  await using project = openProject({});
  assert.equal((await project.run("--version")).stdout, `${packageVersion}\n`);
});

test("without a terminal there is no colour, and the cursor is left alone", async () => {
  await using project = openProject(workflows);
  const ended = await project.run("run", "failing.workflow.yml");
  assert.ok(!(ended.stdout + ended.stderr).includes("\u001b"));
});

async function runsOf(project: Project): Promise<readonly unknown[]> {
  return documentOf(await project.run("runs", "--json"))["runs"] as unknown[];
}

async function untilListed(project: Project): Promise<void> {
  while ((await runsOf(project)).length === 0);
}

function callsOf(project: Project, what: string): readonly string[] {
  const lines = readFileSync(path.join(project.folder, "reports", "calls.txt"), "utf8").split("\n");
  return lines.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1));
}
