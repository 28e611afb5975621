import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { compileWorkflow, explainWaits } from "../compile.ts";
import type { StepWaits } from "./waits.ts";

const world = { functions: ["audit"], assignments: [], roles: [] };

const text = `workflow: x
inputs: { strict: boolean }
steps:
  - id: plan
    set: { n: 1 }
  - id: check
    if: inputs.strict && plan.output.n > 0
    function: audit
  - id: skip
    else: check
    set: { n: 2 }
  - id: rest
    needs: [plan]
    do:
      - id: inner
        needs: [skip]
        set: { n: "\${plan.output.n}" }
  - id: tidy
    run_on: always
    set: { how: "\${plan.status}" }
`;

/** `b<-a` for every edge, also for those of `everyStepBefore`. */
function edges(steps: readonly StepWaits[]): readonly string[] {
  return steps.flatMap(({ id, group, everyStepBefore, waitsFor }, index) => {
    const before = steps.slice(0, everyStepBefore === undefined ? 0 : index).filter((other) => other.group === group);
    return [...new Set([...waitsFor, ...before].map((other) => `${id}<-${other.id}`))];
  });
}

/** The same from the Plan, which is what runs. */
function planEdges(source: { readonly file: string; readonly text: string }): readonly string[] {
  const { plan } = compileWorkflow(source, world);
  assert.ok(plan !== undefined);
  return plan.steps.flatMap(({ id, waitsFor }) => waitsFor.map((index) => `${id}<-${plan.steps[index]?.id}`));
}

/** The steps that wait for something without a reason. */
function unexplained(steps: readonly StepWaits[]): readonly string[] {
  return steps.filter(({ waitsFor }) => waitsFor.some(({ because }) => because.length === 0)).map(({ id }) => id);
}

test("every edge says why: needs, reads, the order, run_on, else, and what stands inside a group", () => {
  const steps = explainWaits({ file: "x.workflow.yml", text }, world) ?? [];
  const why = (id: string) => steps.find((step) => step.id === id)?.waitsFor;
  const order = { kind: "before" };
  assert.deepEqual(why("plan"), []);
  assert.deepEqual(why("check"), [
    { id: "plan", because: [{ kind: "reads", by: "check", what: "plan.output", field: "if", line: 7 }, order] },
  ]);
  assert.deepEqual(why("skip"), [{ id: "check", because: [order, { kind: "else" }] }]);
  assert.deepEqual(why("rest"), [
    {
      id: "plan",
      because: [
        { kind: "needs", by: "rest" },
        { kind: "reads", by: "inner", what: "plan.output", field: "set", line: 17 },
      ],
    },
    { id: "skip", because: [{ kind: "needs", by: "inner" }] },
  ]);
  const read = { kind: "reads", by: "tidy", what: "plan.status", field: "set", line: 20 };
  assert.deepEqual(steps.at(-1), {
    id: "tidy",
    everyStepBefore: "always",
    waitsFor: [{ id: "plan", because: [read] }],
  });
  assert.equal(steps.find(({ id }) => id === "inner")?.group, "rest");
});

test("the edges are those that the Plan runs by, each with a reason, in every file of the golden tests that has no errors", () => {
  const folder = new URL("../golden/", import.meta.url);
  const texts = readdirSync(folder).map(
    (file) => readFileSync(new URL(file, folder), "utf8").split("=====\n")[0] ?? "",
  );
  let checked = 0;
  for (const each of [text, ...texts]) {
    const source = { file: "x.workflow.yml", text: each };
    const steps = explainWaits(source, world);
    if (steps === undefined) continue;
    checked += 1;
    assert.deepEqual(edges(steps), planEdges(source));
    assert.deepEqual(unexplained(steps), []);
  }
  assert.ok(checked > 2, `${checked} files were without errors`);
});

test("control: an edge without a reason is found, and a file with errors has no edges", () => {
  assert.deepEqual(unexplained([{ id: "b", waitsFor: [{ id: "a", because: [] }] }]), ["b"]);
  assert.equal(explainWaits({ file: "x.workflow.yml", text: text.replace("audit", "adit") }, world), undefined);
});
