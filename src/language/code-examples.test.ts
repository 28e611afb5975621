import assert from "node:assert/strict";
import { test } from "node:test";
import { type CodeExample, mended } from "./code-example.ts";
import { codeExamples, exampleWorld } from "./code-examples.ts";
import { codeTable } from "./codes.ts";
import { compileWorkflow } from "./compile.ts";

/** What is not true of an example that says it is of this code. E090 is no mistake of a file: only who runs it is told. */
function faultsOf(code: string, example: CodeExample): readonly string[] {
  const codesOf = (text: string): readonly string[] => {
    const { diagnostics, unsupported } = compileWorkflow({ file: "example.workflow.yml", text }, exampleWorld);
    return (code === "E090" ? [...diagnostics, ...unsupported] : diagnostics).map((each) => each.code);
  };
  const found = new Set(codesOf(example.file));
  const left = codesOf(mended(example));
  return [
    ...(example.file.split(example.wrong).length === 2
      ? []
      : [`${code}: '${example.wrong}' does not stand in it once`]),
    ...(found.size === 1 && found.has(code)
      ? []
      : [`${code}: the mistake gives ${[...found].join(", ") || "nothing"}`]),
    ...(left.length === 0 ? [] : [`${code}: mended it still gives ${left.join(", ")}`]),
  ];
}

test("the example of every code gives that code alone, and mended it gives nothing", () => {
  assert.deepEqual(Object.keys(codeExamples).toSorted(), Object.keys(codeTable).toSorted());
  assert.deepEqual(
    Object.entries(codeExamples).flatMap(([code, example]) => faultsOf(code, example)),
    [],
  );
});

test("control: an example of another code, one that mends nothing and one that is not there are found", () => {
  const { E304: right } = codeExamples;
  assert.deepEqual(faultsOf("E303", right), ["E303: the mistake gives E304"]);
  assert.deepEqual(faultsOf("E304", { ...right, right: '"spma"' }), ["E304: mended it still gives E304"]);
  assert.deepEqual(faultsOf("E304", { ...right, wrong: "nowhere" }), [
    "E304: 'nowhere' does not stand in it once",
    "E304: mended it still gives E304",
  ]);
});
