import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../base/json.ts";
import { compileWorkflow, type CompiledWorkflow } from "../compile.ts";
import type { ConnectorDescriptor } from "../connector.ts";
import { createProblems } from "../problems.ts";
import { formatDiagnostic } from "../report.ts";
import { loadSource } from "../source/load.ts";
import { toJson } from "../source/tree.ts";
import { nativeTree } from "./native-tree.ts";

const weather: ConnectorDescriptor = {
  name: "open-meteo",
  version: "1.0.4",
  title: "Weather",
  actions: {
    current: {
      title: "Current weather",
      effect: "read",
      input: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
        additionalProperties: false,
      },
      output: { type: "object", properties: { summary: { type: "string" } }, required: ["summary"] },
    },
  },
};
const pins = {
  models: { fast: "openai/gpt-5-mini-2025-08-07" },
  connectors: { weather: "open-meteo@1.0.4" },
  agents: {},
};
const world = { functions: ["audit"], assignments: [], roles: [], connectors: [weather], pins };

function treeOf(plan: Json, file = "plan.json"): Json {
  const text = JSON.stringify(plan);
  const problems = createProblems(text);
  const root = loadSource({ file, text }, problems);
  const native = root === undefined ? undefined : nativeTree(root, { file, text }, problems);
  assert.deepEqual(
    problems.inOrder(() => ""),
    [],
  );
  return native === undefined ? null : toJson(native);
}

const compiled = (text: string): CompiledWorkflow => compileWorkflow({ file: "plan.json", text }, world);

/** `E030 needs 'x'` of each problem, with the written text it points at. */
function said(text: string): readonly string[] {
  return compiled(text).diagnostics.map(
    ({ code, message, range }) => `${code} ${message} @ ${text.slice(range.start, range.end)}`,
  );
}

test("every kind of subtask is a step with its verb, whatever a planner leaves empty", () => {
  const nothing = { condition: null, for_each: null, prompt: null, on_failure: null, args: null, depends_on: [] };
  const plan = {
    strategy: "graph",
    answer: null,
    subtasks: [
      { ...nothing, id: "a", kind: "tool", target: "weather.current", args: { city: "Tokyo" } },
      { ...nothing, id: "b", kind: "tool", target: "weather.current", args: [{ name: "city", value: "Paris" }] },
      { ...nothing, id: "c", kind: "llm", target: "fast", prompt: "Compare", args: [], depends_on: ["a", "b"] },
      { ...nothing, id: "d", kind: "agent", target: "coder", prompt: "Go", on_failure: "continue" },
      { ...nothing, id: "e", kind: "function", target: "audit", for_each: "a.result.list" },
      { ...nothing, id: "f", kind: "approve", target: null, prompt: "OK?", condition: "c.result != ''" },
      { ...nothing, id: "g", kind: "set", target: "", args: { n: 1 } },
      { id: "h", target: "weather.current" },
      { id: "i", target: "fast", prompt: "Say it" },
    ],
  };
  assert.deepEqual(treeOf(plan, "/x/Weather plan.workflow.json"), {
    workflow: "weather-plan",
    mode: "parallel",
    steps: [
      { id: "a", depends_on: [], tool: "weather.current", with: { city: "Tokyo" } },
      { id: "b", depends_on: [], tool: "weather.current", with: { city: "Paris" } },
      { id: "c", prompt: "Compare", depends_on: ["a", "b"], llm: "fast" },
      { id: "d", prompt: "Go", on_failure: "continue", depends_on: [], agent: "coder" },
      { id: "e", for_each: "a.result.list", depends_on: [], function: "audit" },
      { id: "f", condition: "c.result != ''", depends_on: [], approve: "OK?", by: ["requester"] },
      { id: "g", depends_on: [], set: { n: 1 } },
      { id: "h", tool: "weather.current" },
      { id: "i", prompt: "Say it", llm: "fast" },
    ],
    output: Object.fromEntries("abcdefghi".split("").map((id) => [id, `\${${id}.output}`])),
  });
});

test("the order of a plan stands in depends_on; the old sequential without any is a chain, and single has one subtask", () => {
  const first = { id: "a", kind: "function", target: "audit", depends_on: [] };
  const second = { id: "b", kind: "function", target: "audit", depends_on: [] };
  const waits = (plan: Json): Json =>
    compiled(JSON.stringify(plan)).plan?.steps.map((step) => [...step.waitsFor]) ?? null;
  assert.deepEqual(waits({ subtasks: [first, second] }), [[], []]);
  assert.deepEqual(waits({ mode: "parallel", subtasks: [first, second] }), [[], []]);
  assert.deepEqual(waits({ mode: "sequential", subtasks: [first, second] }), [[], [0]]);
  assert.deepEqual(waits({ mode: "sequential", subtasks: [{ ...first, depends_on: ["b"] }, second] }), [[1], []]);
  assert.deepEqual(waits({ mode: "single", subtasks: [first] }), [[]]);
  assert.deepEqual(said(JSON.stringify({ mode: "single", subtasks: [first, second] })), [
    'E015 mode single has one subtask, but this plan has 2 @ "single"',
  ]);
});

test("a planner's whole graph of cities is right as it is", () => {
  const cities = ["Tokyo", "New York", "Paris", "Lagos", "Lima"];
  const asked = cities.map((city, n) => ({
    id: `weather_${n}`,
    depends_on: [],
    kind: "tool",
    target: "weather.current",
    args: { city },
  }));
  const compare = {
    id: "compare",
    depends_on: asked.map(({ id }) => id),
    kind: "llm",
    target: "fast",
    prompt: `Compare: \${json([${asked.map(({ id }) => `${id}.result`).join(", ")}])}`,
  };
  const umbrella = {
    id: "umbrella",
    depends_on: ["weather_2"],
    condition: "weather_2.result.summary contains 'rain'",
    kind: "llm",
    target: "fast",
    prompt: "Write one line about an umbrella",
  };
  const { diagnostics, plan } = compiled(JSON.stringify({ subtasks: [...asked, compare, umbrella] }));
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(
    plan?.steps.map(({ waitsFor }) => waitsFor.length),
    [0, 0, 0, 0, 0, 5, 1],
  );
});

test("an answer is what the plan gives", () => {
  const plan = { answer: "It is ${a.result}", subtasks: [{ id: "a", kind: "function", target: "audit" }] };
  assert.deepEqual((treeOf(plan) as { output: Json }).output, "It is ${a.result}");
});

test("what is wrong is said where it stands, once, and all at once", () => {
  const text = `{"mode":"paralel","strategy":"grph","subtasks":[
    {"id":"a","kind":"tol","target":"weather.current","args":{"city":"x"}},
    {"id":"b","kind":"tool","target":"weather.current","args":[{"name":"city","value":"x"},{"name":"city","value":"y"},{"nam":"z"}],"depends_on":["a","zz"]},
    {"id":"c","kind":"llm","args":{"x":1},"target":"fast","prompt":"Go"},
    {"id":"d","kind":"set","target":"x"},
    {"id":"e","kind":"tool"},
    {"id":"f"},
    {"id":"g","kind":"function","target":"audit","args":"no","tools":["x"],"condition":"a.result ="},
    3, {}]}`;
  assert.deepEqual(said(text), [
    `E015 mode is parallel, sequential or single, not 'paralel' @ "paralel"`,
    `E015 strategy is graph or reactive, not 'grph' @ "grph"`,
    `E015 kind is tool, llm, agent, function, approve or set, not 'tol' @ "tol"`,
    `E015 argument 'city' is given twice @ "city"`,
    `E015 an argument is {name, value}, with nothing else @ {"nam":"z"}`,
    `E030 step 'b' needs 'zz', which does not exist @ "zz"`,
    `E010 unknown key 'args' in a subtask of kind llm @ "args"`,
    `E015 subtask 'd' has no args @ "set"`,
    `E010 unknown key 'target' in a subtask of kind set @ "target"`,
    `E015 subtask 'e' has no target @ "tool"`,
    `E020 subtask 'f' says nothing to do @ "f"`,
    `E015 args is an object, or a list of {name, value}, not 'no' @ "no"`,
    `E010 unknown key 'tools' in a function step @ "tools"`,
    `E300 step 'g', if: unexpected character "=" @ =`,
    "E015 a subtask is a map of fields, not a number @ 3",
    "E015 a subtask is a map of fields, not an empty one @ {}",
  ]);
});

test("a message has the line and the place of the plan, not of what it became", () => {
  const text = '{"subtasks":[\n {"id":"a","kind":"function","target":"audti"}\n]}';
  const source = { file: "plan.json", text };
  const [diagnostic] = compiled(text).diagnostics;
  assert.ok(diagnostic !== undefined);
  assert.equal(diagnostic.path, "subtasks[0].target");
  assert.match(formatDiagnostic(diagnostic, source), /plan\.json:2:39 +no executor for function 'audti'/);
});

test("a plan without subtasks, or with something else there, is no plan", () => {
  assert.deepEqual(said('{"subtasks":[],"answer":"42"}'), ['E015 this plan has no subtasks @ "subtasks"']);
  assert.deepEqual(said('{"subtasks":"none"}'), [`E015 subtasks is a list of subtasks, not 'none' @ "none"`]);
});

test("a file with steps is no plan, and subtasks in it are an unknown key", () => {
  const text = '{"workflow":"a","subtasks":[],"steps":[{"function":"audit"}]}';
  assert.deepEqual(said(text), [`E010 unknown key 'subtasks' at the top level @ "subtasks"`]);
});
