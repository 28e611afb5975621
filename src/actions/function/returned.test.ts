import assert from "node:assert/strict";
import { test } from "node:test";
import { checkReturned, stepFields, toolFields } from "./returned.ts";

const check = (value: unknown, bytesMax = 1000): unknown => {
  const checked = checkReturned(value, { name: "Function 'f'", fields: stepFields }, bytesMax);
  return "text" in checked ? (JSON.parse(checked.text) as unknown) : `${checked.code}: ${checked.message}`;
};

test("output, vars and artifacts are taken as they are", () => {
  const returned = { output: [1, { a: null }], vars: { n: 1 }, artifacts: { report: "reports/a.md" } };
  assert.deepEqual(check(returned), returned);
});

test("a module that returns nothing, or no output, has the output null", () => {
  for (const value of [undefined, {}, { output: undefined }]) assert.deepEqual(check(value), { output: null });
  assert.deepEqual(check({ vars: { a: 1 } }), { vars: { a: 1 }, output: null });
});

test("anything else says what was expected", () => {
  const expected = "expected nothing, or an object with only output, vars and artifacts: return { output: … }.";
  const cases: readonly [unknown, string][] = [
    [5, `a number; ${expected}`],
    [null, `null; ${expected}`],
    [[1], `a list; ${expected}`],
    ["text", `a string; ${expected}`],
    [{ output: 1, result: 2 }, `an object with the field 'result'; ${expected}`],
    [{ vars: [1] }, "vars that are a list; expected an object."],
    [{ artifacts: { a: 1 } }, "the artifact 'a' as a number; expected the path of a file."],
    [{ artifacts: "a.md" }, "artifacts that are a string; expected an object of file paths by name."],
  ];
  for (const [value, message] of cases)
    assert.equal(check(value), `function.output-invalid: Function 'f' returned ${message}`);
});

test("what JSON cannot hold is named with its place", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const cases: readonly [unknown, RegExp][] = [
    [{ output: { rows: [1, { at: () => 1 }] } }, /output\.rows\[1\]\.at is a function\.$/],
    [{ output: { at: new Date(0) } }, /output\.at is a Date, not a plain object\.$/],
    [{ output: Number.NaN }, /output is NaN\.$/],
    [{ output: 1n }, /output is a bigint\.$/],
    [{ output: { a: undefined } }, /output\.a is undefined\.$/],
    [{ vars: { map: new Map() } }, /vars\.map is a Map/],
    [{ output: cyclic }, /nested too deeply or refers to itself\.$/],
  ];
  for (const [value, pattern] of cases) assert.match(String(check(value)), pattern);
});

test("a value above the limit is refused by its bytes, not its characters", () => {
  assert.equal(
    check({ output: "ä".repeat(50) }, 100),
    "step.value-too-large: Function 'f' returned 113 bytes of JSON; at most 100 can be kept.",
  );
  assert.deepEqual(check({ output: "a".repeat(50) }, 100), { output: "a".repeat(50) });
});

test("the module of a connector returns an output and a receipt", () => {
  const returner = { name: "Function 'f'", fields: toolFields };
  assert.deepEqual(checkReturned({ output: 1, receipt: { id: 7 } }, returner, 1000), {
    text: '{"output":1,"receipt":{"id":7}}',
  });
  for (const value of [{ receipt: [1] }, { vars: {} }])
    assert.equal("code" in checkReturned(value, returner, 1000), true);
});
