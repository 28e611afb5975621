import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression, type Compiled } from "./check.ts";
import { objectOf, types } from "./type.ts";

const environment = { names: new Map([["item", types.any]]), step: () => undefined, stepIds: [] };
const compile = (text: string): Compiled => compileExpression(text, environment);

test("an expression that depends on nothing is known before it runs", () => {
  assert.equal(compile("1 + 1 == 3").constant, false);
  assert.equal(compile("item.a && false").constant, false);
  assert.equal(compile("true || item.a").constant, true);
  assert.equal(compile("!(item.a && false)").constant, true);
  assert.equal(compile("true ? 1 : item").constant, 1);
  assert.equal(compile("[1, 2].exists(i, i > 1)").constant, true);
  assert.equal("constant" in compile("item.a || false"), false);
  assert.equal("constant" in compile("[1, 2].map(i, item)"), false);
  assert.deepEqual(compile('[{"id": 1}, {"id": 2}]').constant, [{ id: 1 }, { id: 2 }]);
  assert.equal(compile('number("abc")').problems[0]?.message, 'this always fails: number() cannot read "abc"');
});

test("whether an expression is constant is found out at little cost", () => {
  const long = Array.from({ length: 300 }, (_, index) => index).join(", ");
  const { constant, problems } = compile(`[${long}].all(a, [${long}].all(b, a + b >= 0))`);
  assert.equal(constant, undefined, "too many steps to find out before it runs");
  assert.deepEqual(problems, []);
  assert.equal(
    "constant" in compile(`[${'"abcdefgh".split(""), '.repeat(300)}1].map(a, a)`),
    false,
    "too large to be worth it",
  );
});

test("a failure beside a side that decides is no mistake, as when it runs", () => {
  assert.equal(compile("false && 1 / 0 > 1").constant, false);
  assert.equal(compile("item.a / 0 > 1 || true").constant, true);
  assert.equal(compile("(2 / 0 > 3 ? false : true) && (1 > 2)").constant, false);
  for (const text of ["true && 1 / 0 > 1", "item.a && 1 / 0 > 1", "item.a / 0 > 1 || item.b", "1 / 0 > 1 || false"]) {
    assert.deepEqual(
      compile(text).problems.map(({ message }) => message),
      ["a number is divided by zero"],
      text,
    );
  }
  assert.match(compile('true || "a" - 1 > 1').problems[0]?.message ?? "", /needs numbers/, "a type is wrong anywhere");
});

test("an object written in place may be asked for any field, a type that lists its fields may not", () => {
  assert.equal(compile('has({"a": 1}.b)').constant, false);
  assert.equal(compile('has({"a": 1}.a)').constant, true);
  assert.equal(compile('has({"a": 1 / 0}.b)').problems[0]?.message, "a number is divided by zero");
  const names = new Map([["inputs", objectOf({ name: types.text })]]);
  const { problems } = compileExpression("has(inputs.nam)", { ...environment, names });
  assert.equal(problems[0]?.hint, "did you mean 'name'?");
});
