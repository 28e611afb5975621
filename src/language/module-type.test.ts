import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "./compile.ts";
import { moduleOutput } from "./module-type.ts";

const run = "export default async function run() { return { output: {} }; }\n";

test("a module says what it gives in the short form or as JSON Schema", () => {
  const boolean = { type: "boolean" };
  assert.deepEqual(moduleOutput(`export const output = { passed: "boolean", 'why?': "string", };\n${run}`), {
    type: "object",
    properties: { passed: boolean, why: { type: "string" } },
    required: ["passed"],
  });
  assert.deepEqual(moduleOutput(`${run}export const output = ["boolean"] as const;\n`), {
    type: "array",
    items: boolean,
  });
  assert.deepEqual(
    moduleOutput(`export const output: Type =\n  {\n    type: "object", properties: { n: { type: "number" } } };`),
    {
      type: "object",
      properties: { n: { type: "number" } },
    },
  );
  assert.deepEqual(moduleOutput(`export const output = "boolean";`), boolean);
});

test("what is computed, cut off, no type or not there says nothing", () => {
  for (const text of [
    run,
    "export const output = make();",
    "export const output = { a: other };",
    "export const output = { a: ",
    "export const output = { ...base };",
    "export const outputs = { a: 'string' };",
    "// export const output = { a: 'string' }",
  ])
    assert.equal(moduleOutput(text), undefined, text);
});

test("a step without output has the type of its module, which its readers and its result are held to", () => {
  const text = (field: string): string =>
    `workflow: x\nsteps:\n  - function: work\n  - { id: b, if: work.output.${field}, set: { n: 1 } }\n`;
  const world = {
    functions: ["work"],
    moduleOutput: (_kind: string, name: string) =>
      name === "work" ? moduleOutput(`export const output = { passed: "boolean" };\n${run}`) : undefined,
  };
  const check = (field: string) => compileWorkflow({ file: "x.workflow.yml", text: text(field) }, world);
  assert.deepEqual(check("passed").diagnostics, []);
  assert.deepEqual(check("passed").plan?.steps[0]?.output?.["required"], ["passed"]);
  assert.deepEqual(
    check("pased").diagnostics.map(({ code, hint }) => [code, hint]),
    [["E302", "did you mean 'passed'?"]],
  );
  const own = text("n").replace("function: work", "{ function: work, output: { n: boolean } }");
  assert.deepEqual(
    compileWorkflow({ file: "x.workflow.yml", text: own }, world).diagnostics,
    [],
    "the file's own goes before",
  );
});
