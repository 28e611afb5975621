// Options of the commands that follow a run: each is the real program, in a process of its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { type Ended, openProject, programCommand } from "./cli/project.ts";
import { workflows } from "./cli/workflows.ts";

/** One line of `--jsonl`. */
interface StreamLine {
  readonly seq?: number;
  readonly at?: string;
  readonly run?: string;
  readonly event?: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly end?: Readonly<Record<string, unknown>>;
  readonly error?: Readonly<Record<string, unknown>>;
}

function linesOf({ stdout }: Pick<Ended, "stdout">): readonly StreamLine[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as StreamLine);
}

function kindsOf(lines: readonly StreamLine[]): readonly (string | undefined)[] {
  return lines.map(({ event, end }) => event?.kind ?? (end === undefined ? undefined : "end"));
}

/** The first two fails, the third is right; one item is never right. */
const stumbling = `workflow: stumbling
steps:
  - { id: greet, set: { text: hello } }
  - { id: third, function: stumble, with: { until: 3 }, retry: { max: 3, delay: 1ms } }
  - id: each
    for_each: '["a.md", "b.md"]'
    as: name
    key: name
    function: stumble
    with: { until: "\${name == 'b.md' ? 9 : 1}" }
`;
const stumble = `export default async function run(ctx) {
  if (ctx.meta.attempt < ctx.input.until) throw new Error("stumbled over " + "x".repeat(200));
  return { output: ctx.meta.attempt, artifacts: { done: "reports/done.txt" } };
}
`;
const stumblingFiles = { "stumbling.workflow.yml": stumbling, "functions/stumble.mjs": stumble };

/** Every event once and in order, then the document. */
function assertWhole(lines: readonly StreamLine[]): void {
  const events = lines.slice(0, -1);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1),
  );
  assert.notEqual(lines.at(-1)?.end, undefined, "the document is the last line");
}

const secretive = `workflow: secretive
env: [TOKEN_OF_TEST]
steps:
  - { id: greet, set: { text: hello } }
output: \${greet.output}
`;

test("a stream holds every durable event of the run, one a line, and then how it ended", async () => {
  await using project = openProject({ ...workflows, "secretive.workflow.yml": secretive });
  const ended = await project.run("run", "fine.workflow.yml", "--jsonl");
  assert.equal(ended.code, 0, ended.stderr);
  const lines = linesOf(ended);
  assertWhole(lines);
  assert.deepEqual([kindsOf(lines)[0], ...kindsOf(lines).slice(-2)], ["run.created", "run.finished", "end"]);
  assert.deepEqual(lines.at(-1)?.end?.["output"], { text: "hello you", twice: 4 });
  assert.match(lines[0]?.at ?? "", /^\d{4}-.*Z$/);
  assert.equal(lines[0]?.run, lines.at(-1)?.end?.["run"]);
  assert.match(ended.stderr, /succeeded +greet/, "people still see it");

  const { command, env } = programCommand(project.folder, ["run", "secretive.workflow.yml", "--jsonl"]);
  const told = execFileSync("sh", ["-c", command], {
    cwd: project.folder,
    env: { ...env, TOKEN_OF_TEST: "s3cret" },
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
  });
  assert.deepEqual(linesOf({ stdout: told })[0]?.event?.["env"], { TOKEN_OF_TEST: "***" });
});

test("a stream of a run that is resumed or watched begins with its first event", async () => {
  await using project = openProject(workflows);
  const first = project.start("run", "counting.workflow.yml", "--jsonl");
  await first.says("noted 2");
  first.kill("SIGINT");
  const stopped = await first.ended;
  assert.equal(stopped.code, 130, stopped.stderr);
  assertWhole(linesOf(stopped));
  assert.equal(linesOf(stopped).at(-1)?.end?.["status"], "running");

  const resumed = project.start("resume", "latest", "--jsonl");
  await resumed.says("noted 4");
  const watched = linesOf(await project.run("watch", "latest", "--jsonl"));
  const lines = linesOf(await resumed.ended);
  for (const each of [watched, lines]) assertWhole(each);
  assert.deepEqual(watched, lines);
  assert.equal(lines.at(-1)?.end?.["status"], "completed");
});

test("a stream of several runs holds each of them whole", async () => {
  await using project = openProject(workflows);
  for (const file of ["counting.workflow.yml", "counting.workflow.yml"]) {
    const run = project.start("run", file);
    await run.says("noted 1");
    run.kill("SIGKILL");
    await run.ended;
  }
  const lines = linesOf(await project.run("resume", "--jsonl"));
  const runs = [...new Set(lines.map(({ run, end }) => run ?? end?.["run"]))];
  assert.equal(runs.length, 2);
  for (const run of runs) assertWhole(lines.filter((line) => line.run === run || line.end?.["run"] === run));
});

test("a stream ends with the error of the command, and a reader that leaves early stops nothing", async () => {
  await using project = openProject(workflows);
  const wrong = await project.run("run", "wrong.workflow.yml", "--jsonl");
  assert.deepEqual([wrong.code, linesOf(wrong).at(-1)?.error?.["code"]], [4, "workflow.invalid"]);
  const both = await project.run("run", "fine.workflow.yml", "--jsonl", "--json");
  assert.equal(both.code, 2, both.stderr);
  assert.match(both.stderr, /--json and --jsonl exclude each other/);
  assert.equal((await project.run("runs", "--json")).stdout.includes("r0"), false, "nothing was started");

  const many = programCommand(project.folder, ["run", "counting.workflow.yml", "--jsonl"]);
  execFileSync("sh", ["-c", `${many.command} | head -n 1`], { cwd: project.folder, env: many.env, stdio: "ignore" });
  assert.match((await project.run("runs")).stdout, /r\w+ +succeeded +counting/);
});

test("a run that takes longer than --timeout is stopped safely, and goes on later", async () => {
  await using project = openProject(workflows);
  const ended = await project.run("run", "waiting.workflow.yml", "--timeout", "300ms");
  assert.equal(ended.code, 124, ended.stderr);
  assert.match(ended.stderr, /the time of --timeout is over: [^]*stopped safely; .* resume r\w+ goes on/);
  const again = await project.run("resume", "--timeout", "300ms", "--jsonl");
  assert.equal(again.code, 124, again.stderr);
  assert.equal(linesOf(again).at(-1)?.end?.["status"], "running");
  await project.run("run", "waiting.workflow.yml", "--timeout", "300ms");
  const all = await project.run("resume", "--timeout", "300ms");
  assert.equal(all.code, 124, all.stderr);
  const fine = await project.run("run", "fine.workflow.yml", "--timeout", "10m");
  assert.equal(fine.code, 0, "a time that is not over changes nothing");
});

test("watching ends after --timeout, and the run goes on", async () => {
  await using project = openProject(workflows);
  const run = project.start("run", "waiting.workflow.yml");
  await run.says("kept in");
  const watched = await project.run("watch", "latest", "--timeout", "300ms");
  assert.equal(watched.code, 124, watched.stderr);
  assert.match(watched.stderr, /no longer watching; the run goes on/);
  assert.match((await project.run("runs")).stdout, /running +waiting/);
  run.kill("SIGINT");
  assert.equal((await run.ended).code, 130);
});

test("a time that is none is refused before anything starts", async () => {
  await using project = openProject(workflows);
  for (const time of ["soon", "0s", "25d"]) {
    const ended = await project.run("run", "fine.workflow.yml", "--timeout", time);
    assert.equal(ended.code, 2, time);
    assert.match(ended.stderr, /It takes a duration from 1ms to 24d, such as 90s or 2h/);
  }
  assert.doesNotMatch((await project.run("runs")).stdout, /fine/);
});

const asideGate = `workflow: aside
mode: parallel
steps:
  - id: count
    for_each: '[1, 2, 3, 4, 5, 6]'
    as: n
    key: n
    max_parallel: 1
    function: note
    with: { n: "\${n}" }
  - { id: review, approve: Go on?, by: [requester] }
`;

test("a run stops at the first gate where that is asked for, although other steps could go on", async () => {
  await using project = openProject({ ...workflows, "aside.workflow.yml": asideGate });
  const ended = await project.run("run", "aside.workflow.yml", "--until-gate");
  assert.equal(ended.code, 6, ended.stderr);
  assert.match(ended.stderr, /a gate is open: what runs may end/);
  assert.match(ended.stderr, /The run is not finished: .* resume r\w+ goes on\.\n {2}look/);
  assert.doesNotMatch(ended.stderr, /noted 6/, "not all of the others were waited for");
  const again = await project.run("resume", "latest", "--until-gate");
  assert.equal(again.code, 6, again.stderr);
  const rest = await project.run("run", "aside.workflow.yml", "--jsonl");
  assert.deepEqual([rest.code, rest.stderr.includes("noted 6")], [6, true], "without it everything else is done first");
  assert.equal((await project.run("run", "aside.workflow.yml", "--until-gate", "--yes")).code, 2);
});

test("a summary is a table of the steps: what failed first and short, with attempts and times", async () => {
  await using project = openProject(stumblingFiles);
  const ended = await project.run("run", "stumbling.workflow.yml", "--quiet", "--summary");
  assert.equal(ended.code, 1, ended.stderr);
  const table = ended.stderr.split("\n").filter((line) => line.startsWith("  "));
  const [head, ...rows] = table.slice(0, 5).map((line) => line.trim().replaceAll(/ {2,}/g, "|"));
  assert.equal(head, "status|step|attempts|time");
  assert.deepEqual(
    rows.map((line) => line.split("|").slice(0, 2).join(" ")),
    ["failed each", "failed each[b.md]", "succeeded greet", "succeeded third"],
    ended.stderr,
  );
  assert.match(rows[1] ?? "", /\|3\|\S+\|.*stumbled over x+…$/);
  assert.match(rows[3] ?? "", /\|3\|\S+$/, "the attempts");
});

test("a log has one line for every attempt of a call, and the next command appends to it", async () => {
  await using project = openProject({ ...workflows, ...stumblingFiles });
  const logged = (): readonly Readonly<Record<string, unknown>>[] =>
    readFileSync(path.join(project.folder, "calls.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  await project.run("run", "stumbling.workflow.yml", "--log", "calls.jsonl");
  const lines = logged();
  assert.deepEqual(
    lines.map(({ path: at, attempt, status }) => `${String(at)} ${String(attempt)} ${String(status)}`).toSorted(),
    [
      "each[a%2Emd] 1 succeeded",
      ...[1, 2, 3].map((attempt) => `each[b%2Emd] ${attempt} failed`),
      ...["1 failed", "2 failed", "3 succeeded"].map((end) => `third ${end}`),
    ],
  );
  const [first, , third] = lines;
  assert.deepEqual([first?.["step"], first?.["verb"], first?.["artifacts"]], ["third", "function", undefined]);
  assert.match(JSON.stringify(first?.["error"]), /"code":"function.failed","message":".*stumbled over/);
  assert.deepEqual(third?.["artifacts"], { done: "reports/done.txt" });
  const took = Date.parse(String(first?.["endedAt"])) - Date.parse(String(first?.["startedAt"]));
  assert.equal(first?.["ms"], took);

  const run = project.start("run", "counting.workflow.yml", "--log", "calls.jsonl");
  await run.says("noted 2");
  run.kill("SIGINT");
  await run.ended;
  const before = logged().length;
  await project.run("resume", "--log", "calls.jsonl");
  assert.ok(before > lines.length && logged().length > before);
  const counted = logged().slice(lines.length);
  assert.deepEqual(
    counted.map(({ path: at }) => at),
    [1, 2, 3, 4, 5, 6].map((n) => `count[${n}]`),
    "each once, also the one that ended while the first command stopped",
  );
});

const outer = `workflow: outer
steps:
  - { id: first, function: note, with: { n: 1 } }
  - { id: sub, workflow: inner@draft }
  - { id: last, function: note, with: { n: 9 } }
`;
const inner = `workflow: inner
steps:
  - id: each
    for_each: '[2, 3, 4]'
    as: n
    key: n
    max_parallel: 1
    function: note
    with: { n: "\${n}" }
`;

test("a log has the calls of sub-workflows too, each once, also when all runs are resumed", async () => {
  await using project = openProject({
    ...workflows,
    "workflows/outer.workflow.yml": outer,
    "workflows/inner.workflow.yml": inner,
    "functions/note.mjs": workflows["functions/note.mjs"] ?? "",
  });
  const run = project.start("run", "workflows/outer.workflow.yml", "--log", "calls.jsonl");
  await run.says("noted 3");
  run.kill("SIGINT");
  assert.equal((await run.ended).code, 130);
  assert.equal((await project.run("resume", "--log", "calls.jsonl")).code, 0);
  const lines = readFileSync(path.join(project.folder, "calls.jsonl"), "utf8").trim().split("\n");
  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    logged.map(({ path: at, status }) => `${String(at)} ${String(status)}`),
    ["first succeeded", "each[2] succeeded", "each[3] succeeded", "each[4] succeeded", "last succeeded"],
  );
  const [first, second] = logged;
  const runs = new Set(logged.map(({ run: id }) => id));
  assert.deepEqual([first?.["under"], second?.["under"], runs.size], [undefined, "sub", 2]);
  assert.deepEqual([second?.["input"], second?.["output"]], ['{"n":2}', "2"]);
});

test("a log that cannot be written is refused before anything starts", async () => {
  await using project = openProject(workflows);
  const ended = await project.run("run", "fine.workflow.yml", "--log", "nowhere/calls.jsonl");
  assert.equal(ended.code, 2, ended.stderr);
  assert.match(ended.stderr, /--log nowhere\/calls\.jsonl cannot be opened for writing: ENOENT/);
  assert.doesNotMatch((await project.run("runs")).stdout, /fine/);
});

const noFullDevice = existsSync("/dev/full") ? false : "there is no /dev/full here";

test("a log that cannot be written any more is said once, and the run goes on", { skip: noFullDevice }, async () => {
  await using project = openProject(workflows);
  const ended = await project.run("run", "counting.workflow.yml", "--log", "/dev/full");
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(ended.stderr.split("--log /dev/full cannot be written any more: ENOSPC").length, 2, ended.stderr);
});
