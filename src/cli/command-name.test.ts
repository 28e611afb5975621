import assert from "node:assert/strict";
import { test } from "node:test";
import { commandName, runAgain } from "./command-name.ts";

const clone = { npm_package_name: "runwright", npm_command: "run-script" };

test("hints name a command that works from where this one was called", () => {
  const source = "/project/src/cli/main.ts";
  assert.equal(commandName({}, "/usr/bin/runwright", "/project"), "runwright");
  assert.equal(commandName({}, source, "/project"), "node src/cli/main.ts");
  assert.equal(commandName({ ...clone, npm_lifecycle_event: "start" }, source, "/project"), "npm run runwright --");
  assert.equal(commandName({ npm_command: "exec", npm_lifecycle_event: "npx" }, "/x/main.js", "/p"), "npx runwright");
  assert.equal(
    commandName({ npm_package_name: "mine", npm_lifecycle_event: "audit" }, "/x/main.js", "/p"),
    "npx runwright",
  );
});

test("a run is started again the way it was", () => {
  assert.equal(runAgain("npm run runwright --", "a.yml", { ...clone, npm_lifecycle_event: "start" }), "npm start --");
  assert.equal(runAgain("runwright", "a.yml", {}), "runwright run a.yml");
});
