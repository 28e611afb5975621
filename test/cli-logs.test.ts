// What steps logged, as commands show it: each command is the real program, in a process of its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { documentOf, type Ended, openProject, programCommand } from "./cli/project.ts";
import { workflows } from "./cli/workflows.ts";

const talking = `workflow: talking
steps:
  - { id: talk, function: talk, with: { n: 1 } }
  - { id: fail, function: talk, with: { n: 2, fail: true }, retry: { max: 1, delay: 1ms }, on_failure: continue }
`;
const talk = `export default async function run(ctx) {
  ctx.logger.action("made", ctx.input.n);
  ctx.logger.warn("\\u001b[31mcareful\\u001b[0m\\u0007\\nand slow");
  console.log("printed");
  console.error("complained");
  if (ctx.input.fail) throw new Error("nothing works");
  return { output: ctx.input.n, artifacts: { report: "reports/a.md" } };
}
`;
const outer = `workflow: outer
steps:
  - { id: sub, workflow: inner@draft }
  - { id: after, function: talk, with: { n: 3 } }
`;
const inner = `workflow: inner
steps:
  - { id: each, for_each: '["a/b.md"]', as: n, key: n, function: talk, with: { n: "\${n}" } }
`;
/** Goes on while the file \`reports/go.txt\` is not there; logs before it waits. */
const waits = `import { existsSync } from "node:fs";
export default async function run(ctx) {
  ctx.logger.action("waits " + ctx.meta.path);
  while (!existsSync("reports/go.txt")) await new Promise((resolve) => setTimeout(resolve, 50));
  ctx.logger.action("went on");
}
`;
const files = {
  ...workflows,
  "talking.workflow.yml": talking,
  "functions/talk.mjs": talk,
  "waits.workflow.yml":
    "workflow: waits\nsteps:\n  - { id: hold, function: waits }\n  - { id: talk, function: talk, with: { n: 1 } }\n",
  "functions/waits.mjs": waits,
  "workflows/outer.workflow.yml": outer,
  "workflows/inner.workflow.yml": inner,
};
const times = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}/;

/** Level, path and text of each line, without the time that began it and without durations. */
function linesOf({ stdout }: Pick<Ended, "stdout">): readonly string[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      assert.match(line, times);
      return line
        .replace(times, "")
        .replaceAll(/ {2,}/g, "|")
        .replace(/\|\d[\dms.]*(?=\||$)/, "|TIME");
    });
}

function objectsOf({ stdout }: Pick<Ended, "stdout">): readonly Readonly<Record<string, unknown>>[] {
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What the function `waits` waits for. */
function letGo(folder: string): void {
  mkdirSync(path.join(folder, "reports"), { recursive: true });
  writeFileSync(path.join(folder, "reports/go.txt"), "");
}

test("the log of a run has what its steps logged and printed, when they began, how they ended and what came out", async () => {
  await using project = openProject(files);
  await project.run("run", "talking.workflow.yml", "--quiet");
  const logs = await project.run("logs");
  assert.equal(logs.code, 0, logs.stderr);
  const lines = linesOf(logs);
  assert.equal(lines[0], 'start|talk|{"n":1}');
  assert.deepEqual(lines.slice(1, 5).toSorted(), [
    "action|talk|made 1",
    "stderr|talk|complained",
    "stdout|talk|printed",
    "warn|talk|careful and slow",
  ]);
  assert.deepEqual(lines.slice(5, 7), ["ok|talk|TIME|1|report: reports/a.md", 'start|fail|{"n":2,"fail":true}']);
  assert.equal(
    lines.at(-1)?.startsWith("error|fail|attempt 2|TIME|function.failed: Function 'talk' failed: nothing"),
    true,
  );
  // eslint-disable-next-line no-control-regex -- finding them is its purpose
  assert.doesNotMatch(logs.stdout, /[\u0000-\u0009\u000b-\u001f]/, "nothing that a terminal obeys");
});

test("only a level, a step or the last lines are shown where that is asked for", async () => {
  await using project = openProject(files);
  await project.run("run", "talking.workflow.yml", "--quiet");
  const warned = linesOf(await project.run("logs", "latest", "--level", "warn", "--step", "talk"));
  assert.deepEqual(warned, ["warn|talk|careful and slow"]);
  const printed = linesOf(await project.run("logs", "latest", "--level", "stdout"));
  assert.deepEqual(printed, ["stdout|talk|printed", "stdout|fail|printed", "stdout|fail|printed"]);
  const errors = linesOf(await project.run("logs", "latest", "--level", "error"));
  assert.deepEqual(errors.length, 4, "what failed in both attempts, with its place and with its end");
  const last = await project.run("logs", "latest", "--limit", "1");
  assert.equal(linesOf(last).length, 1);
  assert.match(last.stderr, /\d+ lines before these: --limit shows more/);
  const none = await project.run("logs", "latest", "--step", "talk", "--level", "error");
  assert.deepEqual([none.code, none.stdout, none.stderr], [0, "", "no lines\n"]);
});

test("programs get the lines as one document or one a line, whole", async () => {
  await using project = openProject(files);
  await project.run("run", "talking.workflow.yml", "--quiet");
  const streamed = objectsOf(await project.run("logs", "latest", "--jsonl"));
  const { run, lines, left } = documentOf(await project.run("logs", "latest", "--json"));
  assert.deepEqual([lines, left], [streamed, 0]);
  const common = { run, path: "talk", step: "talk", attempt: 1 };
  const [start] = streamed;
  assert.deepEqual(start, { at: start?.["at"], ...common, kind: "start", input: '{"n":1}' });
  const end = streamed.find(({ kind }) => kind === "end");
  const rest = { kind: "end", status: "ok", output: "1", artifacts: { report: "reports/a.md" } };
  assert.deepEqual(end, { at: end?.["at"], ms: end?.["ms"], ...common, ...rest });
  const ms = Date.parse(String(end?.["at"])) - Date.parse(String(start?.["at"]));
  assert.equal(end?.["ms"], ms);
  const warned = streamed.find(({ level }) => level === "warn");
  assert.equal(warned?.["text"], "\u001b[31mcareful\u001b[0m\u0007\nand slow");
  const failed = streamed.findLast(({ kind }) => kind === "end");
  assert.equal(failed?.["status"], "error");
});

test("the lines of sub-workflows stand under the step that runs them", async () => {
  await using project = openProject(files);
  const { stderr } = await project.run("run", "workflows/outer.workflow.yml");
  assert.match(stderr, /^ {2}action +sub\/each\[a\/b\.md\]: made/m, "also while it runs");
  const logged = linesOf(await project.run("logs", "--level", "action"));
  const [start = "", ...others] = logged;
  assert.match(start, /^start\|sub\|as r\w{26}\|\{\}$/);
  assert.deepEqual(
    others.map((line) => line.split("|").slice(0, 2).join(" ")),
    [
      ...["start", "action", "warn", "ok"].map((level) => `${level} sub/each[a/b.md]`),
      "ok sub",
      ...["start", "action", "warn", "ok"].map((level) => `${level} after`),
    ],
  );
  const below = linesOf(await project.run("logs", "--step", "sub/each[a/b.md]", "--level", "stdout"));
  assert.deepEqual(below, ["stdout|sub/each[a/b.md]|printed"]);
  const child = /as (r\w{26})/.exec(start)?.[1] ?? "";
  assert.deepEqual(linesOf(await project.run("logs", child, "--level", "stdout")), ["stdout|each[a/b.md]|printed"]);
});

test("what was logged before the process was killed is there, and what comes after it too", async () => {
  await using project = openProject(files);
  const run = project.start("run", "waits.workflow.yml");
  await run.says("waits hold");
  // A line is written when it has waited for a moment, with or without an end of its step.
  const follower = project.start("logs", "--follow");
  await follower.prints("waits hold");
  run.kill("SIGKILL");
  await run.ended;
  const killed = linesOf(await project.run("logs"));
  assert.deepEqual(killed, ["start|hold|{}", "action|hold|waits hold"]);

  await follower.says("no process carries the run out, so that nothing comes until one does: ");
  letGo(project.folder);
  assert.equal((await project.run("resume", "--quiet")).code, 0);
  const followed = await follower.ended;
  assert.equal(followed.code, 0, followed.stderr);
  const logs = linesOf(await project.run("logs"));
  assert.deepEqual(linesOf(followed), logs, "the follower has seen all of it, once");
  assert.deepEqual(logs.slice(2, 5), ["action|hold|waits hold", "action|hold|went on", "ok|hold|TIME|null"]);
});

test("following ends when it is interrupted, a reader may leave early, and the run goes on", async () => {
  await using project = openProject(files);
  const run = project.start("run", "waits.workflow.yml");
  await run.says("waits hold");
  const follower = project.start("logs", "--follow", "--jsonl");
  await follower.prints("waits hold");
  follower.kill("SIGINT");
  assert.equal((await follower.ended).code, 130);

  const { command, env } = programCommand(project.folder, ["logs"]);
  const options = { cwd: project.folder, env, encoding: "utf8" } as const;
  assert.match(execFileSync("sh", ["-c", `${command} | head -n 1`], options), /start +hold/);
  letGo(project.folder);
  assert.equal((await run.ended).code, 0);
});

test("a failed run is shown with the last lines of what failed, and how to see the others", async () => {
  await using project = openProject(files);
  await project.run("run", "talking.workflow.yml", "--quiet");
  const { stdout } = await project.run("show", "latest");
  const [, shown = ""] = stdout.split("the log of fail ends with\n");
  const lines = shown.split("\n").slice(0, 6);
  assert.equal(lines.filter((line) => /^ {2}(?:action|warn|error|stdout|stderr) {2,}\S/.test(line)).length, 5, stdout);
  assert.match(lines[5] ?? "", /^ {2}5 more lines: .* logs r\w{26} --step 'fail'$/);
  assert.doesNotMatch(stdout, /the log of talk/, "what succeeded is not told");
});

test("a log is coloured where that is wanted, and then says the same", async () => {
  await using project = openProject(files);
  await project.run("run", "talking.workflow.yml", "--quiet");
  const { stdout: plain } = await project.run("logs");
  const { command, env } = programCommand(project.folder, ["logs"]);
  const options = { cwd: project.folder, env: { ...env, FORCE_COLOR: "1" }, encoding: "utf8" } as const;
  const coloured = execFileSync("sh", ["-c", command], options);
  // eslint-disable-next-line no-control-regex -- colours are its purpose
  assert.match(coloured, /\u001b\[32mok/);
  assert.equal(stripVTControlCharacters(coloured), plain);
});

test("a log that cannot be meant is refused", async () => {
  await using project = openProject(files);
  assert.equal((await project.run("logs")).code, 3, "nothing was ever run");
  await project.run("run", "talking.workflow.yml", "--quiet");
  const refused = async (code: number, why: RegExp, ...args: readonly string[]): Promise<void> => {
    const ended = await project.run("logs", ...args);
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, why);
  };
  await refused(3, /There is no run r9/, "r9");
  await refused(2, /has no step 'tal'. It has: talk, fail\./, "--step", "tal");
  await refused(2, /--level is one of action, warn, error, stdout, stderr, not 'loud'/, "--level", "loud");
  await refused(2, /--limit is a whole number from 1 to 1000000, not 'all'/, "--limit", "all");
  await refused(2, /--json is one document, which --follow has no end for: use --jsonl/, "--follow", "--json");
});
