import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression, type Compiled } from "./check.ts";
import { types } from "./type.ts";

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
