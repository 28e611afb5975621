// What people see and do in a terminal, with a real one: `script` runs the program on a pseudo terminal.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { test } from "node:test";
import { openProject, type Project, programCommand } from "./cli/project.ts";
import { workflows } from "./cli/workflows.ts";

const noTerminal = process.platform !== "linux" || spawnSync("script", ["--version"]).status !== 0;
const options = { skip: noTerminal ? "there is no `script` to make a terminal" : false };
const hide = "\u001b[?25l";
const show = "\u001b[?25h";

interface Session {
  readonly code: number | null;
  readonly screen: string;
}

/** Runs a command on a terminal; whenever the screen holds the next text, its keys are typed. */
function inTerminal(
  project: Project,
  args: readonly string[],
  typed: readonly (readonly [after: string, keys: string])[],
): Promise<Session> {
  const { command, env } = programCommand(project.folder, args);
  const child = spawn("script", ["-qefc", `stty cols 90 rows 24; ${command}`, "/dev/null"], {
    cwd: project.folder,
    env: { ...env, TERM: "xterm" },
    timeout: 60_000,
  });
  let screen = "";
  let from = 0;
  const left = [...typed];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    screen += chunk;
    for (let next = left[0]; next !== undefined && screen.indexOf(next[0], from) >= 0; next = left[0]) {
      from = screen.indexOf(next[0], from) + next[0].length;
      left.shift();
      child.stdin.write(next[1]);
    }
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, screen })));
}

test("a gate asks right there; what is accepted goes on", options, async () => {
  await using project = openProject(workflows);
  const { code, screen } = await inTerminal(project, ["run", "asking.workflow.yml"], [["leave for later", "\r"]]);
  assert.equal(code, 0, screen);
  assert.match(screen, /pages +3[^]*Print 3 pages\?[^]*accepted[^]*succeeded/);
  assert.ok(screen.lastIndexOf(show) > screen.lastIndexOf(hide), "the cursor is back");
});

test("a field is changed before it is accepted", options, async () => {
  await using project = openProject(workflows);
  const keys = [
    ["leave for later", "\u001b[B\r"],
    ["Draft█", "\u0015Final\r"],
    ["3█", "\u00158\r"],
  ] as const;
  const { code, screen } = await inTerminal(project, ["run", "asking.workflow.yml"], keys);
  assert.equal(code, 0, screen);
  assert.match(screen, /title +Final\r\n/);
  assert.match(screen, /pages +8\r\n/);
});

test("a gate that is left for later ends the command with 6, Ctrl+C at it with 130", options, async () => {
  await using project = openProject(workflows);
  const later = await inTerminal(project, ["run", "asking.workflow.yml"], [["leave for later", "\u001b[A\r"]]);
  assert.equal(later.code, 6, later.screen);
  const broken = await inTerminal(project, ["resume", "latest"], [["leave for later", "\u0003"]]);
  assert.equal(broken.code, 130, broken.screen);
  assert.match(broken.screen, /stopped safely/);
});

test("with --until-gate a gate is not asked about in a terminal either", options, async () => {
  await using project = openProject(workflows);
  const { code, screen } = await inTerminal(project, ["run", "asking.workflow.yml", "--until-gate"], []);
  assert.equal(code, 6, screen);
  assert.match(screen, /The run waits for a decision/);
  assert.doesNotMatch(screen, /leave for later|stopped safely|a gate is open/);
});

test("Ctrl+C while calls run stops safely, and the cursor comes back", options, async () => {
  await using project = openProject(workflows);
  const { code, screen } = await inTerminal(project, ["run", "counting.workflow.yml"], [["noted 2", "\u0003"]]);
  assert.equal(code, 130, screen);
  assert.ok(screen.includes(hide), "the live view was there");
  assert.ok(screen.lastIndexOf(show) > screen.lastIndexOf(hide), "the cursor is back");
  const resumed = await project.run("resume", "latest");
  assert.equal(resumed.code, 0, resumed.stderr);
});

test("with --no-input nothing is asked", options, async () => {
  await using project = openProject(workflows);
  const { code } = await inTerminal(project, ["run", "asking.workflow.yml", "--no-input"], []);
  assert.equal(code, 6);
});

test("publishing asks, and only a yes publishes", options, async () => {
  await using project = openProject(workflows);
  const no = await inTerminal(project, ["publish", "fine.workflow.yml"], [["Publish fine?", "n"]]);
  assert.equal(no.code, 5, no.screen);
  assert.match(no.screen, /nothing was published/);
  assert.match((await project.run("versions")).stderr, /nothing was published yet/);
  const yes = await inTerminal(project, ["publish", "fine.workflow.yml"], [["Publish fine?", "y"]]);
  assert.equal(yes.code, 0, yes.screen);
  assert.match(yes.screen, /published[^]*fine@1/);
});
