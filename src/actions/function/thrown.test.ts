import assert from "node:assert/strict";
import { test } from "node:test";
import { describeThrown } from "./thrown.ts";

const where = { name: "Function 'f'", root: "/home/ada/p", allowed: "A module reads little.", loading: false };

test("a failure has its place, and a short stack of the project's own files with paths relative to it", () => {
  const error = new TypeError("x is not a function");
  error.stack = `TypeError: x is not a function
    at inner (file:///home/ada/p/lib/deep.mjs:7:1)
    at run (file:///home/ada/p/functions/f.mjs:3:9)
    at carryOut (file:///opt/runwright/dist/actions/function/child.js:50:9)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`;
  assert.deepEqual(describeThrown(error, where), {
    code: "function.failed",
    message: "Function 'f' failed: TypeError: x is not a function (lib/deep.mjs:7:1).",
    stack: "  at inner (lib/deep.mjs:7:1)\n  at run (functions/f.mjs:3:9)",
  });
});

test("a module says with retryable: false that another attempt cannot help", () => {
  assert.equal(
    describeThrown(Object.assign(new Error("no such customer"), { retryable: false }), where).code,
    "function.refused",
  );
  assert.equal(describeThrown(Object.assign(new Error("busy"), { retryable: true }), where).code, "function.failed");
  assert.equal(describeThrown({ retryable: false }, where).code, "function.refused");
});

test("things that are no errors are described too", () => {
  assert.equal(describeThrown("boom", where).message, "Function 'f' failed: it threw 'boom', which is no Error.");
  assert.equal(describeThrown(undefined, where).message, "Function 'f' failed: it threw undefined, which is no Error.");
  const hostile = { toString: () => assert.fail("hostile") };
  assert.equal(describeThrown(hostile, where).message, "Function 'f' threw something that cannot be described.");
});

test("a refused access says what was tried and what is allowed, and is not tried again", () => {
  const error = new Error("Access to this API has been restricted. Use --allow-fs-write to manage permissions.");
  error.stack = "";
  Object.assign(error, { code: "ERR_ACCESS_DENIED", permission: "FileSystemWrite", resource: "/etc/passwd" });
  assert.deepEqual(describeThrown(error, where), {
    code: "function.refused",
    message: "Function 'f' failed: it may not write /etc/passwd. A module reads little.",
  });
  Object.assign(error, { permission: "ChildProcess", resource: "" });
  assert.match(describeThrown(error, where).message, /it may not start a process\. A module/);
});

test("long messages are cut", () => {
  assert.ok(describeThrown(new Error("x".repeat(100_000)), where).message.length < 2200);
});
