import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { play } from "./play.ts";

const fails = (): never => {
  throw new Error("no");
};

describe("the start rule", () => {
  test("a sequential list runs its steps one after the other", () => {
    const { calls, status } = play(`
workflow: w
steps:
  - { id: a, function: work }
  - { id: b, function: work }
  - { id: c, function: work }
`);
    assert.deepEqual(calls, ["a", "b", "c"]);
    assert.equal(status("c"), "succeeded");
  });

  test("a parallel list starts what waits for nothing at once, and a reader after what it reads", () => {
    const { events } = play(`
workflow: w
mode: parallel
steps:
  - { id: a, function: work }
  - { id: b, function: work, with: { from: "\${a.output}" } }
  - { id: c, function: work }
`);
    const started = events.filter((each) => each.kind === "step.started").map((each) => each.path);
    assert.deepEqual(started, ["a", "c", "b"]);
  });

  test("a step whose if is false is skipped, and its else step runs", () => {
    const { story } = play(
      `
workflow: w
inputs: { n: number }
steps:
  - { id: a, if: inputs.n == 1, function: work }
  - { id: b, else: a, if: inputs.n == 2, function: work }
  - { id: c, else: b, if: inputs.n == 3, function: work }
  - { id: d, else: c, function: work }
`,
      {},
      { n: 3 },
    );
    const skipped = story().filter((each) => each.startsWith("step.skipped"));
    assert.deepEqual(skipped, ["step.skipped a (if)", "step.skipped b (if)", "step.skipped d (else)"]);
  });

  test("a skipped step does not skip its follower in a list, but a step that needs only skipped steps is skipped", () => {
    const { status, state } = play(
      `
workflow: w
inputs: { no: boolean }
steps:
  - { id: a, if: inputs.no, function: work }
  - { id: b, function: work }
  - { id: c, needs: [a], function: work }
  - { id: d, needs: [a, b], function: work }
`,
      {},
      { no: false },
    );
    assert.deepEqual([status("b"), status("c"), status("d")], ["succeeded", "skipped", "succeeded"]);
    assert.equal(state.instances.get("c")?.skipped, "needs");
  });

  test("reading a skipped step gives null, and so does a member of that null", () => {
    const { state } = play(
      `
workflow: w
inputs: { no: boolean }
steps:
  - { id: a, if: inputs.no, set: { x: 1 } }
  - { id: b, set: { whole: "\${default(a.output, 'none')}", member: "\${default(a.output.x, 7)}" } }
`,
      {},
      { no: false },
    );
    assert.deepEqual(state.instances.get("b")?.output, { whole: "none", member: 7 });
  });
});

describe("failure", () => {
  test("stop: nothing new starts but cleanup steps, and the run fails with the step's error", () => {
    const { status, state } = play(
      `
workflow: w
steps:
  - { id: a, function: bad, retry: { max: 0 } }
  - { id: b, function: work }
  - { id: c, run_on: failure, function: work }
  - { id: d, run_on: always, function: work }
`,
      { bad: fails },
    );
    assert.deepEqual([status("b"), status("c"), status("d")], ["skipped", "succeeded", "succeeded"]);
    assert.equal(state.ended?.phase, "failed");
    assert.deepEqual([state.ended?.error?.code, state.ended?.error?.path], ["function.failed", "a"]);
  });

  test("a step that runs on failure finds the failure behind a step that the stop skipped", () => {
    const { status } = play(
      `
workflow: w
steps:
  - { id: a, function: bad, retry: { max: 0 } }
  - { id: b, run_on: always, function: work }
  - { id: c, function: work }
  - { id: d, needs: [c], run_on: failure, function: work }
`,
      { bad: fails },
    );
    assert.deepEqual([status("b"), status("c"), status("d")], ["succeeded", "skipped", "succeeded"]);
  });

  test("continue: the step is failed, its followers go on, its output is null and the run completes", () => {
    const { status, state } = play(
      `
workflow: w
steps:
  - { id: a, function: bad, retry: { max: 0 }, on_failure: continue }
  - { id: b, needs: [a], set: { status: "\${a.status}", output: "\${a.output}", code: "\${a.error.code}" } }
  - { id: c, run_on: failure, needs: [b], function: work }
`,
      { bad: fails },
    );
    assert.deepEqual(state.instances.get("b")?.output, { status: "failed", output: null, code: "function.failed" });
    assert.equal(status("c"), "succeeded", "failure ranges over everything the need waits for");
    assert.equal(state.ended?.outcome, "ok");
  });

  test("a group with continue contains the failure of its children", () => {
    const { status, state } = play(
      `
workflow: w
steps:
  - id: g
    on_failure: continue
    do:
      - { id: a, function: bad, retry: { max: 0 } }
      - { id: b, function: work }
  - { id: c, function: work }
`,
      { bad: fails },
    );
    assert.deepEqual([status("g"), status("g/b"), status("c")], ["failed", "skipped", "succeeded"]);
    assert.equal(state.ended?.phase, "completed");
  });

  test("stop cancels running siblings: their call is aborted and the step ends as cancelled", () => {
    const { status } = play(
      `
workflow: w
mode: parallel
steps:
  - { id: a, function: bad, retry: { max: 0 } }
  - { id: b, function: work }
  - { id: g, do: [{ id: h, function: work }, { id: i, function: work }] }
`,
      { bad: fails },
    );
    assert.deepEqual(
      [status("b"), status("g/h"), status("g/i"), status("g")],
      ["cancelled", "skipped", "skipped", "cancelled"],
    );
  });

  test("an attempt that fails is repeated as often as the policy allows, then the step has failed", () => {
    const { calls, state } = play("workflow: w\nsteps: [{ id: a, function: bad, retry: { max: 2, delay: 1s } }]\n", {
      bad: fails,
    });
    assert.deepEqual(calls, ["a", "a#2", "a#3"]);
    assert.equal(state.instances.get("a")?.attempt, 3);
    assert.equal(state.ended?.phase, "failed");
  });

  test("fail ends its step with the text given", () => {
    const { state } = play(
      'workflow: w\ninputs: { who: string }\nsteps: [{ id: a, fail: "no ${inputs.who} here" }]\n',
      {},
      { who: "Ada" },
    );
    assert.equal(state.ended?.error?.message, "no Ada here");
  });

  test("an expression that fails at run time is the failure of its step, not of the engine", () => {
    const { state } = play(
      'workflow: w\ninputs: { x: any }\nsteps: [{ id: a, set: { y: "text ${inputs.x}" } }]\n',
      {},
      { x: null },
    );
    assert.equal(state.ended?.error?.code, "expression.failed");
  });
});

describe("for_each", () => {
  const list = (input: unknown): never => input as never;

  test("runs one instance an item over a list known only at run time, in as many lanes as allowed", () => {
    const { state, events } = play(
      `
workflow: w
steps:
  - { id: find, function: list, output: [string] }
  - { id: each, for_each: find.output, as: name, max_parallel: 2, function: work, with: { name: "\${name}", at: "\${index}" } }
  - { id: sum, set: { names: "\${each.output.map(e, e.name)}", failed: "\${size(each.failed)}" } }
`,
      { list: () => ["x", "y", "z"] },
    );
    assert.deepEqual(state.instances.get("sum")?.output, { names: ["x", "y", "z"], failed: 0 });
    const story = events.flatMap((each) =>
      each.kind === "step.started" || each.kind === "step.succeeded" ? [`${each.kind.slice(5)} ${each.path}`] : [],
    );
    assert.deepEqual(story.slice(2, 6), ["started each[0]", "started each[1]", "succeeded each[0]", "started each[2]"]);
  });

  test("keys make the paths, and equal keys fail the step", () => {
    const keyed = (names: readonly string[]): ReturnType<typeof play> =>
      play(
        `
workflow: w
inputs: { names: [string] }
steps:
  - { id: each, for_each: inputs.names, as: name, key: name, set: { n: "\${name}" } }
`,
        {},
        { names },
      );
    assert.equal(keyed(["EP-2", "a b"]).status("each[a%20b]"), "succeeded");
    const twice = keyed(["a", "b", "a"]);
    assert.equal(twice.state.ended?.error?.code, "items.duplicate-key");
    assert.match(twice.state.ended.error.message, /items 1, 3/);
  });

  test("an empty list succeeds at once", () => {
    const { state } = play("workflow: w\nsteps: [{ id: each, for_each: '[]', function: work }]\n");
    assert.equal(state.ended?.outcome, "ok");
  });

  test("the policy is per item: continue lets the others go on, stop ends them", () => {
    const run = (policy: string): ReturnType<typeof play> =>
      play(
        `
workflow: w
steps:
  - { id: each, for_each: "[1, 2, 3]", max_parallel: 1, function: odd, with: { n: "\${item}" }, on_failure: ${policy}, retry: { max: 0 } }
  - { id: sum, run_on: always, set: { ok: "\${size(each.output)}", failed: "\${each.failed.map(f, f.index)}", all: "\${each.results.map(r, r.status)}" } }
`,
        {
          odd: (input) => {
            if ((input as { n: number }).n === 2) throw new Error("even");
            return list(input);
          },
        },
      );
    const kept = run("continue");
    assert.deepEqual(kept.state.instances.get("sum")?.output, {
      ok: 2,
      failed: [1],
      all: ["succeeded", "failed", "succeeded"],
    });
    const stopped = run("stop");
    assert.deepEqual(stopped.state.instances.get("sum")?.output, {
      ok: 1,
      failed: [1],
      all: ["succeeded", "failed", "skipped"],
    });
    assert.equal(stopped.state.ended?.phase, "failed");
  });

  test("an item that is no list fails the step with what it found", () => {
    const { state } = play(
      "workflow: w\nsteps: [{ id: get, function: work }, { id: each, for_each: get.output, function: work }]\n",
      { work: () => "text" },
    );
    assert.equal(state.ended?.error?.code, "items.not-a-list");
    assert.match(state.ended.error.message, /is text/);
  });

  test("nested for-eaches see the outer item, and each body has its own instances", () => {
    const { state } = play(`
workflow: w
steps:
  - id: outer
    for_each: "['a', 'b']"
    as: letter
    do:
      - { id: inner, for_each: "[1, 2]", as: n, set: { tag: "\${letter + string(n)}" } }
      - { id: tags, set: { all: "\${inner.output.map(i, i.tag)}" } }
output: { tags: "\${outer.output.map(o, o.tags.all)}" }
`);
    assert.deepEqual(state.ended?.output, {
      tags: [
        ["a1", "a2"],
        ["b1", "b2"],
      ],
    });
    assert.ok(state.instances.has("outer[1]/inner[0]"));
  });
});

describe("loop", () => {
  test("repeats its body until stop_when, and iter.last holds the outputs of the iteration before", () => {
    const { state, calls } = play(
      `
workflow: w
steps:
  - id: cycle
    loop: { max_iters: 5, stop_when: check.output.n >= 3 }
    do:
      - { id: check, function: count, with: { last: "\${iter.last.check.n}" }, output: { n: number } }
output: { n: "\${check.output.n}", iterations: "\${cycle.iterations}" }
`,
      { count: (input) => ({ n: ((input as { last: number | null }).last ?? 0) + 1 }) },
    );
    assert.deepEqual(calls, ["cycle@1/check", "cycle@2/check", "cycle@3/check"]);
    assert.deepEqual(state.ended?.output, { n: 3, iterations: 3 });
  });

  test("an exhausted loop fails, or goes on when it says so", () => {
    const run = (policy: string): string =>
      play(
        `workflow: w\nsteps: [{ id: l, loop: { max_iters: 2, stop_when: "x.output.done", on_exhausted: ${policy} }, do: [{ id: x, set: { done: false } }] }]\n`,
      ).state.ended?.phase ?? "";
    assert.deepEqual([run("fail"), run("continue")], ["failed", "completed"]);
  });

  test("the next iteration starts at the stage that the last child recommends, else at the fallback", () => {
    const { calls } = play(
      `
workflow: w
steps:
  - id: cycle
    loop: { max_iters: 3, stop_when: iter.n == 3, fallback_next_stage: code }
    do:
      - { id: plan, function: work }
      - { id: code, function: work }
      - { id: check, function: judge, with: { n: "\${iter.n}" } }
`,
      { judge: (input) => ((input as { n: number }).n === 1 ? {} : { recommended_next_stage: "check" }) },
    );
    assert.deepEqual(calls.slice(3), ["cycle@2/code", "cycle@2/check", "cycle@3/check"]);
  });
});

test("a title is made when the step begins, and one that cannot be made fails nothing", () => {
  const { state } = play(
    `
workflow: w
inputs: { names: [any] }
steps:
  - { id: each, for_each: inputs.names, as: name, title: "Greet \${name}", function: work }
`,
    {},
    { names: ["Ada", null] },
  );
  assert.deepEqual(
    [state.instances.get("each[0]")?.title, state.instances.get("each[1]")?.title],
    ["Greet Ada", undefined],
  );
  assert.equal(state.ended?.outcome, "ok");
});
