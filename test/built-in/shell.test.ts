// The connector `shell`: programs that the configuration names, and no others.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempDisposableSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { hasCode, messageOf } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { isAlive, mapOf, until, wordsOf } from "../mcp/stage.ts";
import { type BuiltInStage, openBuiltIns } from "./stage.ts";

const node = process.execPath;
const onLinux = { skip: process.platform !== "linux", timeout: 60_000 };

function run(
  stage: BuiltInStage,
  script: string,
  more: JsonObject = {},
  signal?: AbortSignal,
): ReturnType<BuiltInStage["call"]> {
  const { args = [], ...rest } = more;
  return stage.call("shell.run", { command: node, args: ["-e", script, ...(args as string[])], ...rest }, {}, signal);
}

test("it is off until the configuration names programs, and says how to switch it on", async () => {
  await using stage = openBuiltIns();
  await assert.rejects(
    run(stage, ""),
    (error) =>
      hasCode(error, "connector.not-configured") &&
      error.message.includes("shell: { enabled: true, commands: [node] }"),
  );
});

test("a program that is not named is not allowed, however it is written", async () => {
  await using stage = openBuiltIns({ shellCommands: ["git", node] });
  for (const command of ["sh", "/bin/sh", "git ", "GIT", "./git", "../git", "git;sh", `${node} `, ""])
    await assert.rejects(stage.call("shell.run", { command }, {}), (error) =>
      hasCode(error, command === "" ? "tool.input-invalid" : "tool.not-allowed"),
    );
  await assert.rejects(stage.call("shell.run", { command: "git" }, { folder: "../.." }), (error) =>
    hasCode(error, "connector.not-configured"),
  );
});

test("what a step writes is one argument, whatever it holds", async () => {
  await using stage = openBuiltIns({ shellCommands: [node] });
  const args = ["$(touch pwned)", "; touch pwned", "a b", "*", "", "\n"];
  const { output } = await run(stage, "console.log(JSON.stringify(process.argv.slice(1)))", { args });
  assert.deepEqual(JSON.parse(wordsOf(mapOf(output)["stdout"] ?? null)), args);
  assert.equal(existsSync(path.join(stage.root, "pwned")), false);
  await assert.rejects(run(stage, "", { args: ["a\u0000b"] }), (error) => hasCode(error, "tool.input-invalid"));
});

test("it sees no variable of ours, runs in the folder that is named, and reads what it is given", async () => {
  process.env["RUNWRIGHT_CANARY"] = "s3cret";
  await using stage = openBuiltIns({ shellCommands: [node] });
  mkdirSync(path.join(stage.root, "work"));
  const script = `console.log(JSON.stringify([Object.keys(process.env), process.cwd(), require("fs").readFileSync(0, "utf8")]))`;
  const reply = await stage.call("shell.run", { command: node, args: ["-e", script], stdin: "in" }, { folder: "work" });
  delete process.env["RUNWRIGHT_CANARY"];
  const [names, cwd, stdin] = JSON.parse(wordsOf(mapOf(reply.output)["stdout"] ?? null)) as [string[], string, string];
  assert.deepEqual([names.toSorted(), cwd, stdin], [["LANG", "PATH"], path.join(stage.root, "work"), "in"]);
});

test("an exit code that is not expected is a failure with the last words", async () => {
  await using stage = openBuiltIns({ shellCommands: [node] });
  const script = "console.error('first'); console.error('disk is full'); process.exit(3)";
  await assert.rejects(
    run(stage, script),
    (error) => hasCode(error, "tool.failed") && /exit code 3: first \| disk is full/.test(error.message),
  );
  const { output } = await run(stage, script, { exit_codes: [0, 3] });
  assert.equal(mapOf(output)["exit_code"], 3);
});

test("what it prints beyond the bound is dropped, and it ends all the same", async () => {
  await using stage = openBuiltIns({ shellCommands: [node] });
  const { output } = await run(stage, "for (let n = 0; n < 30; n += 1) process.stdout.write('x'.repeat(100_000));");
  const { stdout, truncated } = mapOf(output);
  assert.deepEqual([wordsOf(stdout ?? null).length, truncated], [1_048_576, true]);
});

test("a program whose time is over is ended, with all that it started", onLinux, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  const file = path.join(folder.path, "pid");
  await using stage = openBuiltIns({ shellCommands: [node] });
  await assert.rejects(
    run(stage, startsAnother(file), { timeout_s: 2 }),
    (error) => hasCode(error, "tool.failed") && error.message.includes("after 2 s"),
  );
  await until(() => !isAlive(Number(readFileSync(file, "utf8"))));
});

test("an aborted program is ended, with all that it started", onLinux, async () => {
  using folder = mkdtempDisposableSync(path.join(tmpdir(), "runwright-"));
  const file = path.join(folder.path, "pid");
  await using stage = openBuiltIns({ shellCommands: [node] });
  const stop = new AbortController();
  const running = run(stage, startsAnother(file), {}, stop.signal).catch((error: unknown) => error);
  await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
  stop.abort();
  assert.ok(hasCode(await running, "call.aborted"), messageOf(await running));
  await until(() => !isAlive(Number(readFileSync(file, "utf8"))));
});

test("a named program that is not there is not configured", async () => {
  await using stage = openBuiltIns({ shellCommands: ["no-such-program"] });
  await assert.rejects(stage.call("shell.run", { command: "no-such-program" }, {}), (error) =>
    hasCode(error, "connector.not-configured"),
  );
});

/** A program that starts another one, says its number and never ends. */
function startsAnother(file: string): string {
  return `
    const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"], { stdio: "ignore" });
    require("fs").writeFileSync(${JSON.stringify(file)}, String(child.pid));
    setInterval(() => 0, 1000);`;
}
