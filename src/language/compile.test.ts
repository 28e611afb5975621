import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson, type Json } from "../base/json.ts";
import { compileWorkflow } from "./compile.ts";
import type { Plan, StepPlan } from "./plan.ts";

const world = { functions: ["audit", "find", "create-app"], assignments: ["plan-app"], roles: [] };

function plan(text: string): Plan {
  const { plan: made, diagnostics } = compileWorkflow({ file: "a.workflow.yml", text: `workflow: a\n${text}` }, world);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === "error").map(({ code, message }) => `${code} ${message}`),
    [],
  );
  assert.ok(made !== undefined);
  return made;
}

function step(made: Plan, id: string): StepPlan {
  const found = made.steps.find((one) => one.id === id);
  assert.ok(found !== undefined, `there is a step ${id}`);
  return found;
}

/** `b<-a+c` for every step that waits. */
function waits(made: Plan): readonly string[] {
  return made.steps
    .filter(({ waitsFor }) => waitsFor.length > 0)
    .map(({ id, waitsFor }) => `${id}<-${waitsFor.map((index) => made.steps[index]?.id).join("+")}`);
}

test("a Plan is plain JSON with every default resolved", () => {
  const made = plan("steps:\n  - function: audit\n    with: { n: 1, list: [a] }\n");
  assert.deepEqual(made, {
    plan: 1,
    expr: 1,
    workflow: "a",
    inputs: { type: "object", properties: {}, required: [], additionalProperties: false },
    env: [],
    mode: "sequential",
    roots: [0],
    steps: [
      {
        index: 0,
        id: "audit",
        position: 0,
        verb: { kind: "function", name: "audit", with: { kind: "literal", value: { n: 1, list: ["a"] } } },
        runOn: "success",
        retry: {
          attemptsMax: 3,
          backoff: "exponential",
          delayMs: 1000,
          factor: 2,
          delayMsMax: 60_000,
          jitter: true,
          totalMs: 86_400_000,
        },
        onFailure: "stop",
        timeoutMs: 300_000,
        waitsFor: [],
      },
    ],
  });
  assert.equal(canonicalJson(JSON.parse(JSON.stringify(made)) as Json), canonicalJson(made as unknown as Json));
});

test("the same text gives the same Plan", () => {
  const text = "steps:\n  - id: a\n    set: { n: 1 }\n  - id: b\n    set: { n: '${a.output.n}' }\n";
  assert.equal(JSON.stringify(plan(text)), JSON.stringify(plan(text)));
});

test("steps are numbered depth first and know their group", () => {
  const made = plan(
    "steps:\n  - id: g\n    do:\n      - function: audit\n      - id: h\n        do:\n          - function: find\n  - id: z\n    wait: 1s\n",
  );
  assert.deepEqual(
    made.steps.map(({ index, id, parent, position }) => [index, id, parent, position]),
    [
      [0, "g", undefined, 0],
      [1, "audit", 0, 0],
      [2, "h", 0, 1],
      [3, "find", 2, 0],
      [4, "z", undefined, 1],
    ],
  );
  assert.deepEqual(made.roots, [0, 4]);
  assert.deepEqual(step(made, "g").verb, { kind: "do", mode: "sequential", children: [1, 2] });
});

test("in a sequential list a step waits for the one before it; in a parallel one for what it needs and reads", () => {
  const steps =
    "steps:\n  - id: a\n    set: { n: 1 }\n  - id: b\n    set: { n: 1 }\n  - id: c\n    set: { n: '${a.output.n}' }\n  - id: d\n    needs: [b]\n    set: { n: '${c.output.n + a.output.n}' }\n";
  assert.deepEqual(waits(plan(steps)), ["b<-a", "c<-a+b", "d<-b+c+a"]);
  assert.deepEqual(waits(plan(`mode: parallel\n${steps}`)), ["c<-a", "d<-b+c+a"]);
});

test("explicit needs take the place of the order, and none means none", () => {
  const made = plan(
    "steps:\n  - function: audit\n  - id: b\n    needs: []\n    function: find\n  - id: c\n    depends_on: audit\n    function: find\n",
  );
  assert.deepEqual(waits(made), ["c<-audit"]);
  assert.deepEqual(step(made, "b").needs, []);
  assert.deepEqual(step(made, "c").needs, [0]);
  assert.equal(step(made, "audit").needs, undefined);
});

test("a dependency between groups is lifted to where they stand side by side", () => {
  const made = plan(`mode: parallel
steps:
  - id: one
    do:
      - id: a
        set: { n: 1 }
  - id: two
    mode: parallel
    do:
      - id: b
        set: { n: "\${a.output.n}" }
      - id: c
        needs: [a, b]
        set: { n: 1 }
  - id: three
    needs: [c]
    function: audit
`);
  assert.deepEqual(waits(made), ["two<-one", "c<-b", "three<-two"]);
  assert.deepEqual(step(made, "c").needs, [3]);
  assert.deepEqual(step(made, "three").needs, [2]);
  assert.equal(step(made, "two").needs, undefined);
});

test("what a group gives and when its loop ends reads its steps without waiting among them", () => {
  const made = plan(`steps:
  - id: before
    set: { limit: 3 }
  - id: other
    set: { n: 1 }
  - id: cycle
    loop: { max_iters: 5, stop_when: check.output.n >= before.output.limit, next_stage: check.output.stage, fallback_next_stage: code }
    do:
      - id: code
        set: { n: "\${iter.n}", last: "\${iter.last.check.n}" }
      - id: check
        set: { n: 1, stage: code }
    output: { n: "\${check.output.n}" }
`);
  assert.deepEqual(waits(made), ["other<-before", "cycle<-before+other", "check<-code"]);
  const { loop } = step(made, "cycle");
  assert.equal(loop?.iterationsMax, 5);
  assert.equal(loop?.fallbackNextStage, 3);
  assert.equal(loop?.onExhausted, "fail");
  assert.equal(loop?.nextStage?.text, "check.output.stage");
});

test("a step that runs on failure waits for all before it", () => {
  const made = plan(
    "steps:\n  - function: audit\n  - function: find\n  - id: c\n    run_on: failure\n    fail: Sorry\n  - id: d\n    run_on: always\n    needs: [find]\n    wait: 0s\n",
  );
  assert.deepEqual(waits(made), ["find<-audit", "c<-audit+find", "d<-find"]);
  assert.equal(step(made, "c").runOn, "failure");
});

test("else waits for the step with the if", () => {
  const made = plan(
    "mode: parallel\nsteps:\n  - id: a\n    if: run.id != ''\n    function: audit\n  - id: b\n    else: a\n    function: find\n",
  );
  assert.deepEqual(waits(made), ["b<-a"]);
  assert.equal(step(made, "b").elseOf, 0);
});

test("retry, timeout and failure policy come from the step, then from the file, then from the table", () => {
  const made = plan(`defaults: { retry: { max: 5, delay: 2s }, timeout: 1m, on_failure: continue }
steps:
  - id: plain
    function: audit
  - id: own
    function: audit
    retry: { max: 0, backoff: fixed, delay: 90s, jitter: false, total: 1h }
    timeout: 10s
    on_failure: stop
  - id: short
    function: audit
    retries: 4
    retry_backoff: 1.5
  - id: pure
    set: { n: 1 }
`);
  assert.deepEqual(step(made, "plain").retry, {
    attemptsMax: 6,
    backoff: "exponential",
    delayMs: 2000,
    factor: 2,
    delayMsMax: 60_000,
    jitter: true,
    totalMs: 86_400_000,
  });
  assert.equal(step(made, "plain").timeoutMs, 60_000);
  assert.equal(step(made, "plain").onFailure, "continue");
  assert.deepEqual(step(made, "own").retry, {
    attemptsMax: 1,
    backoff: "fixed",
    delayMs: 90_000,
    factor: 2,
    delayMsMax: 90_000,
    jitter: false,
    totalMs: 3_600_000,
  });
  assert.equal(step(made, "own").timeoutMs, 10_000);
  assert.equal(step(made, "own").onFailure, "stop");
  assert.equal(step(made, "short").retry.attemptsMax, 5);
  assert.equal(step(made, "short").retry.delayMs, 1500);
  assert.equal(step(made, "pure").retry.attemptsMax, 1);
  assert.equal(step(made, "pure").timeoutMs, undefined);
});

test("on_failure: retry tries three more times, or as often as retries says, then stops", () => {
  const made = plan(
    "steps:\n  - id: a\n    function: audit\n    on_failure: retry\n  - id: b\n    function: audit\n    on_failure: retry\n    retries: 7\n",
  );
  assert.equal(step(made, "a").retry.attemptsMax, 4);
  assert.equal(step(made, "b").retry.attemptsMax, 8);
  assert.equal(step(made, "b").onFailure, "stop");
});

test("a gate holds what is shown, who decides and what happens without them", () => {
  const made = plan(`steps:
  - id: draft
    set: { title: x, text: y }
  - id: gate
    approve: Publish \${draft.output.title}?
    by: [editor, "local:ada"]
    quorum: 2
    show: \${draft.output}
    editable: title
    timeout: 2d
    on_timeout: accept
    on_reject: continue
  - id: shown
    set: { title: "\${gate.output.title}", by: "\${gate.decision.by}" }
`);
  const { verb } = step(made, "gate");
  assert.ok(verb.kind === "approve");
  assert.deepEqual(
    {
      by: verb.by,
      quorum: verb.quorum,
      editable: verb.editable,
      timeoutMs: verb.timeoutMs,
      onTimeout: verb.onTimeout,
      onReject: verb.onReject,
    },
    {
      by: ["editor", "local:ada"],
      quorum: 2,
      editable: ["title"],
      timeoutMs: 172_800_000,
      onTimeout: "accept",
      onReject: "continue",
    },
  );
  assert.equal(verb.question.kind, "text");
  assert.equal(verb.show?.kind, "value");
  assert.equal(step(made, "gate").timeoutMs, undefined);
});

test("a for-each names its item, its key and how many run at once", () => {
  const made = plan(`inputs: { files: [{ path: string }] }
steps:
  - id: each
    for_each: inputs.files
    as: file
    key: \${file.path}
    max_parallel: 3
    title: \${index}. \${file.path}
    do:
      - function: audit
        with: { path: "\${file.path}" }
  - id: all
    set: { n: "\${size(each.output)}", failed: "\${each.failed}" }
`);
  const { forEach } = step(made, "each");
  assert.equal(forEach?.as, "file");
  assert.equal(forEach?.parallelMax, 3);
  assert.equal(forEach?.items.text, "inputs.files");
  assert.equal(forEach?.key?.text, "file.path");
  assert.deepEqual(waits(made), ["all<-each"]);
});

test("the output of a group is the object of its steps' outputs, and # reads it", () => {
  const made = plan(`steps:
  - id: plan
    do:
      - assignment: plan-app
  - function: create-app
    with: { from: "#plan.plan-app", same: "\${plan.output.plan_app}", topic: "#general" }
`);
  const { verb } = step(made, "create-app");
  assert.ok(verb.kind === "function" && verb.with.kind === "object");
  const fields = new Map(verb.with.fields);
  const read = { kind: "member", of: { kind: "step", step: 0, field: "output" }, field: "plan-app" };
  for (const name of ["from", "same"]) {
    const field = fields.get(name);
    assert.deepEqual(field?.kind === "value" ? field.expression.tree : field, read);
  }
  assert.deepEqual(fields.get("topic"), { kind: "literal", value: "#general" });
});

test("texts, labels, inputs and environment of the file reach the Plan", () => {
  const made = plan(
    "name: An audit\ndescription: Looks at files\nlabels: { team: docs, tier: 1 }\nenv: [HOME_URL]\ninputs: { n?: integer, s: { type: string, default: x } }\noutput: { url: '${env.HOME_URL}' }\nsteps:\n  - function: audit\n",
  );
  assert.equal(made.name, "An audit");
  assert.deepEqual(made.labels, { team: "docs", tier: "1" });
  assert.deepEqual(made.env, ["HOME_URL"]);
  assert.deepEqual(made.inputs["required"], ["s"]);
  assert.equal(made.output?.kind, "object");
});

test("warnings leave the Plan; errors take it", () => {
  const warned = compileWorkflow(
    {
      file: "a.yml",
      text: "workflow: a\nsteps:\n  - id: g\n    loop: { max_iters: 2 }\n    do:\n      - function: audit\n",
    },
    world,
  );
  assert.deepEqual(
    warned.diagnostics.map(({ code, severity }) => [code, severity]),
    [["W060", "warning"]],
  );
  assert.ok(warned.plan !== undefined);
  const failed = compileWorkflow({ file: "a.yml", text: "workflow: a\nsteps:\n  - function: nothing\n" }, world);
  assert.equal(failed.plan, undefined);
});

test("a file in workflows/ is named after its workflow", () => {
  const text = "workflow: a\nsteps:\n  - function: audit\n";
  for (const file of [
    "workflows/a.workflow.yml",
    "C:\\x\\workflows\\a.workflow.yaml",
    "b.workflow.yml",
    "elsewhere/b.yml",
  ]) {
    assert.deepEqual(compileWorkflow({ file, text }, world).diagnostics, [], file);
  }
  const other = compileWorkflow({ file: "/x/workflows/b.workflow.yml", text }, world);
  assert.deepEqual(
    other.diagnostics.map(({ code }) => code),
    ["E012"],
  );
});

test("the path of a problem leads to it", () => {
  const text = "workflow: a\nsteps:\n  - id: g\n    do:\n      - function: nothing\n        needs: [x]\n";
  const { diagnostics } = compileWorkflow({ file: "a.yml", text }, world);
  assert.deepEqual(
    diagnostics.map(({ code, path }) => [code, path]),
    [
      ["E048", "steps[0].do[0].function"],
      ["E030", "steps[0].do[0].needs[0]"],
    ],
  );
});

test("every fix mends what it was offered for", () => {
  const texts = [
    "workflow: My Flow\nsteps:\n  - function: audit\n",
    "workflow: a\nsteps:\n  - functoin: audit\n    id: b\n",
    "workflow: a\nsteps:\n  - function: audti\n",
    "workflow: a\nsteps:\n  - id: a\n    wait: 2 days\n",
    "workflow: a\nsteps:\n  - id: first\n    function: audit\n  - id: b\n    needs: [frist]\n    function: find\n",
    'workflow: a\ninputs: { n?: integer }\nsteps:\n  - id: b\n    set: { x: "${inputs.n + 1}" }\n',
  ];
  for (const text of texts) {
    const [problem] = compileWorkflow({ file: "a.yml", text }, world).diagnostics;
    assert.ok(problem?.fix !== undefined, text);
    const { range, text: edit } = problem.fix;
    const mended = text.slice(0, range.start) + edit + text.slice(range.end);
    assert.deepEqual(compileWorkflow({ file: "a.yml", text: mended }, world).diagnostics, [], mended);
  }
});
