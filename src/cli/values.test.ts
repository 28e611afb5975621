import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../base/error.ts";
import { inputsOfPairs } from "./values.ts";

const schema = {
  type: "object",
  properties: { name: { type: "string" }, count: { type: "integer" }, tags: { type: "array" }, any: {} },
};

test("an input is read as its type asks", () => {
  assert.deepEqual(inputsOfPairs(["name=42", "count=42", 'tags=["a","b"]', "any=true"], schema), {
    name: "42",
    count: 42,
    tags: ["a", "b"],
    any: true,
  });
  assert.deepEqual(inputsOfPairs(["name=a=b", "any=plain text"], schema), { name: "a=b", any: "plain text" });
});

test("a pair without a name and an unknown input are refused", () => {
  for (const pair of ["name", "=x", "nam=x"]) {
    assert.throws(
      () => inputsOfPairs([pair], schema),
      (error) => hasCode(error, "usage.invalid"),
    );
  }
});

test("a workflow that takes other inputs is given them", () => {
  assert.deepEqual(inputsOfPairs(["count=42", "nam=x", "n=3"], { ...schema, additionalProperties: true }), {
    count: 42,
    nam: "x",
    n: 3,
  });
  assert.deepEqual(inputsOfPairs(["n=3"], { ...schema, additionalProperties: { type: "string" } }), { n: "3" });
});
