import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../compile.ts";

const world = { functions: ["audit"], roles: ["team"] };
const compiled = (text: string): ReturnType<typeof compileWorkflow> =>
  compileWorkflow({ file: "x.workflow.yml", text: `workflow: x\n${text}` }, world);
const said = (text: string): readonly string[] =>
  compiled(text).diagnostics.map(({ code, message }) => `${code} ${message}`);

test("ten items of a for-each run at once where nothing else is said", () => {
  const { plan } = compiled('steps: [{ for_each: "${[1, 2]}", function: audit }]');
  assert.equal(plan?.steps[0]?.forEach?.parallelMax, 10);
});

test("a name of sixty characters is shown whole, a longer one in part, each in one line", () => {
  assert.deepEqual(said(`${"k".repeat(60)}: 1\nsteps: [{ function: audit }]`), [
    `E010 unknown key '${"k".repeat(60)}' at the top level`,
  ]);
  assert.deepEqual(said(`${"k".repeat(61)}: 1\nsteps: [{ function: audit }]`), [
    `E010 unknown key '${"k".repeat(57)}…' at the top level`,
  ]);
  assert.deepEqual(said('steps: [{ id: "A\\n\\n B", function: audit }]'), ["E012 'A B' is not a step id"]);
});

test("the longest delay is as long as the first or longer", () => {
  const retry = (delays: string): readonly string[] => said(`steps: [{ function: audit, retry: { ${delays} } }]`);
  assert.deepEqual(retry("delay: 5s, max_delay: 5s"), []);
  assert.deepEqual(retry("delay: 1s, max_delay: 5s"), []);
  assert.deepEqual(retry("delay: 6s, max_delay: 5s"), ["E015 max_delay is at least as long as delay, not '5s'"]);
});

test("a duration in words is mended", () => {
  const units = {
    "2 milliseconds": "2ms",
    "2 ms": "2ms",
    "3 Secs": "3s",
    "1.5 minutes": "1.5m",
    "5 mins": "5m",
    "1 hrs": "1h",
    "2 days": "2d",
  };
  for (const [written, meant] of Object.entries(units)) {
    const [found] = compiled(`steps: [{ id: a, wait: ${written} }]`).diagnostics;
    assert.equal(found?.fix?.text, meant, written);
  }
  assert.equal(compiled("steps: [{ id: a, wait: 2 weeks }]").diagnostics[0]?.fix, undefined);
  assert.deepEqual(said("steps: [{ id: a, wait: 3650d }]"), []);
  assert.deepEqual(said("steps: [{ id: a, wait: 3651d }]"), ["E016 '3651d' is longer than ten years"]);
});

test("a circle of ten steps is told whole, a longer one by its ends", () => {
  const circle = (length: number): readonly string[] => {
    const steps = Array.from({ length }, (_, n) => `{ id: s${n}, needs: [s${(n + 1) % length}], function: audit }`);
    return said(`mode: parallel\nsteps: [${steps.join(", ")}]`);
  };
  assert.equal(circle(9)[0]?.includes("…"), false);
  assert.equal(circle(10)[0]?.includes("…"), true);
  assert.equal(circle(9).length, 1);
});

test("who reads a step on a circle is told of the circle only", () => {
  const steps = `mode: parallel
steps:
  - { id: a, needs: [b], function: audit }
  - { id: b, needs: [a], function: audit }
  - { id: c, needs: [a, b], set: { n: "\${a.output}", m: "\${b.output}" } }
`;
  assert.deepEqual(
    compiled(steps).diagnostics.map(({ code }) => code),
    ["E033"],
  );
});

test("a group is not tried again: its steps are, or a loop repeats it", () => {
  assert.deepEqual(said("steps: [{ id: g, on_failure: retry, do: [{ function: audit }] }]"), [
    "E015 on_failure is stop or continue in a step of kind 'do', not 'retry'",
  ]);
});

test("what a group gives has the types of its values", () => {
  const group = 'steps:\n  - id: g\n    do: [{ id: a, set: { n: 1 } }]\n    output: { n: "${a.output.n}", t: x }\n';
  assert.deepEqual(said(`${group}output: "\${g.output.n + 1}"`), []);
  assert.deepEqual(said(`${group}output: "\${g.output.m}"`), ["E302 output: g.output has no field 'm'"]);
  assert.deepEqual(said(`${group}output: "\${g.output.n + g.output.t}"`), ["E303 output: cannot add number + text"]);
});

test("only a call has artifacts", () => {
  const steps = "steps: [{ id: f, function: audit }, { id: s, set: { n: 1 } }]\n";
  assert.deepEqual(said(`${steps}output: "\${f.artifacts}"`), []);
  assert.deepEqual(said(`${steps}output: "\${s.artifacts}"`), ["E302 output: step s has no 'artifacts'"]);
});

test("a type that stands elsewhere is looked up there, whatever its name", () => {
  const inputs = `inputs: { type: object, properties: { a: { $ref: "#/$defs/x~1y~0z" } }, required: [a], $defs: { "x/y~z": number } }\nsteps: [{ function: audit }]\n`;
  assert.deepEqual(said(`${inputs}output: "\${inputs.a + 1}"`), []);
  assert.deepEqual(said(`${inputs}output: "\${inputs.a + 'b'}"`), ["E303 output: cannot add number + text"]);
});

test("a misspelt field is not missed too", () => {
  assert.deepEqual(said("stpes: [{ function: audit }]"), ["E010 unknown key 'stpes' at the top level"]);
  const misspelt = compileWorkflow({ file: "x.yml", text: "worklow: x\nsteps: [{ function: audit }]" }, world);
  assert.deepEqual(
    misspelt.diagnostics.map(({ code }) => code),
    ["E010"],
  );
});

test("a gate lets only fields be changed that its value has, where it is known which", () => {
  const gate = (show: string): readonly string[] =>
    said(
      `inputs: { any: any, one: { x: string } }\nsteps: [{ id: g, approve: Go?, by: [team], show: "\${${show}}", editable: [x, y] }]`,
    );
  assert.deepEqual(gate("inputs.any"), []);
  assert.deepEqual(gate("inputs.one"), ["E302 gate 'g' shows a value that has no field 'y'"]);
});

test("keys of items that are known beforehand must differ", () => {
  const items = (list: string): readonly string[] =>
    said(`steps: [{ id: a, for_each: "\${${list}}", key: item, function: audit }]`);
  assert.deepEqual(items("['a', 'b']"), []);
  assert.deepEqual(items("['a', 'b', 'a']"), ["E308 step 'a', key: key 'a' occurs twice (items 1, 3)"]);
});
