import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { assert as check, constantFrom, oneof, property, string } from "fast-check";
import { safePlace } from "../../base/paths.ts";
import { compileWorkflow } from "../compile.ts";
import { workflowIdProblem } from "./ids.ts";

const world = { functions: ["audit"], assignments: [], roles: [] };

const said = (text: string): readonly string[] =>
  compileWorkflow({ file: "a.workflow.yml", text }, world).diagnostics.map(({ code, message }) => `${code} ${message}`);

test("ids are safe in URLs and used once, and what a workflow cannot be without is asked for", () => {
  const step = "steps:\n  - function: audit\n";
  assert.deepEqual(said(`workflow: tidy-up_2\n${step}`), []);
  assert.deepEqual(said(`workflow: Tidy Up\n${step}`), ["E012 'Tidy Up' is not a URL-safe id"]);
  assert.deepEqual(said(`workflow: ../a\n${step}`), ["E012 '../a' is not a URL-safe id"]);
  assert.deepEqual(said(`workflow: nul\n${step}`), ["E012 'nul' is a name that Windows keeps for itself"]);
  assert.deepEqual(said(step), ["E011 this workflow has no id"]);
  assert.deepEqual(said("workflow: a\n"), ["E015 this workflow has no steps"]);
  assert.deepEqual(said(`workflow: a\n${step}  - function: audit\n`), ["E024 step id 'audit' is used twice"]);
  assert.deepEqual(said("workflow: a\nsteps:\n  - id: a/b\n    function: audit\n"), ["E012 'a/b' is not a step id"]);
});

test("whatever is a workflow id is one harmless file name on every platform, and so is what is offered instead", () => {
  const text = oneof(
    string({ unit: constantFrom("a", "Z", "0", "-", "_", ".", "/", "\\", ":", " ", "ä") }),
    string(),
    constantFrom("con", "NUL", "com1", "a.", "..", "C:x"),
  );
  check(
    property(text, constantFrom("posix" as const, "win32" as const), (written, platform) => {
      const problem = workflowIdProblem(written);
      const id = problem === undefined ? written : problem.better;
      if (id === undefined) return;
      assert.equal(workflowIdProblem(id), undefined, id);
      const name = `${id}.workflow.yml`;
      assert.deepEqual(safePlace(platform === "win32" ? "C:\\p" : "/p", name, path[platform]), { place: name });
      assert.equal(encodeURIComponent(id), id);
    }),
    { numRuns: 10_000 },
  );
});
