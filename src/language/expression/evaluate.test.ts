import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import { compileExpression } from "./check.ts";
import { evaluate, evaluateWithin } from "./evaluate.ts";
import type { Node } from "./tree.ts";
import type { StepType } from "./checker.ts";
import { types, unionOf, type Type } from "./type.ts";

const open = new Map<string, Type>([["x", types.any]]);
const environment = { names: open, step: () => undefined, stepIds: [] };

function valueOf(text: string, x: Json = null): Json {
  const { expression, problems } = compileExpression(text, environment);
  assert.ok(expression !== undefined, `${text}: ${JSON.stringify(problems)}`);
  return evaluate(expression, { name: (name) => (name === "x" ? x : undefined), step: () => null });
}

function refuses(text: string, x: Json, message: RegExp): void {
  assert.throws(
    () => valueOf(text, x),
    (error: Error) => hasCode(error, "expression.failed") && message.test(error.message),
  );
}

function isTooExpensive(text: string, x: Json): void {
  assert.throws(
    () => valueOf(text, x),
    (error) => hasCode(error, "expression.too-expensive"),
  );
}

test("there is one kind of number", () => {
  assert.equal(valueOf("x + 1", 2.5), 3.5);
  assert.equal(valueOf("7 / 2"), 3.5);
  assert.equal(valueOf("1 == 1.0"), true);
  assert.equal(valueOf("-x % 3", 7), -1);
  assert.equal(valueOf("2 + 3 * 4 - 1"), 13);
  assert.equal(valueOf("0x10 + 1e2"), 116);
});

test("a number may begin with its point, a field may stand between backticks", () => {
  assert.equal(valueOf(".5 + x", 1), 1.5);
  assert.equal(valueOf("[.25e1][0]"), 2.5);
  assert.equal(valueOf("x.`content-type` + x.`a.b/c d`", { "content-type": "a", "a.b/c d": "b" }), "ab");
  assert.equal(valueOf("has(x.`no-such`)", {}), false);
  for (const text of ["x..5", "x.5", "`x`", "x.``", "1 .5", ".5x", ".5e", ".5_"]) {
    assert.ok(compileExpression(text, environment).expression === undefined, text);
  }
});

test("+ joins texts and lists", () => {
  assert.equal(valueOf('x + "b"', "a"), "ab");
  assert.deepEqual(valueOf("x + [2]", [1]), [1, 2]);
  refuses('x + "b"', 1, /a number and text cannot be added/);
});

test("equality looks into lists and objects and does not mind the order of fields", () => {
  assert.equal(valueOf('x == {"b": [1, {"c": null}], "a": 2}', { a: 2, b: [1, { c: null }] }), true);
  assert.equal(valueOf('x == {"a": 2}', { a: 2, b: 1 }), false);
  assert.equal(valueOf('x != "1"', 1), true);
  assert.equal(valueOf("x == null"), true);
});

test("order is that of numbers, of texts and of false before true", () => {
  assert.equal(valueOf("x < 10", 9), true);
  assert.equal(valueOf('x < "10"', "9"), false);
  assert.equal(valueOf("x >= true", true), true);
  refuses("x < 1", null, /null cannot be compared with a number/);
});

test("what is missing reads as null, at any depth", () => {
  assert.equal(valueOf("x.a.b.c", { a: null }), null);
  assert.equal(valueOf("x.a.b.c", {}), null);
  assert.equal(valueOf("x[5]", [1]), null);
  assert.equal(valueOf("x[-1]", [1]), null);
  assert.equal(valueOf('x["k"]', { k: 3 }), 3);
  refuses("x.name", [1], /'name' was read of a list, which has no fields/);
  refuses('x["a"]', [1], /indexed by a whole number, not by text/);
  refuses("x[0]", "text", /text cannot be indexed/);
});

test("a condition takes true and false and nothing else", () => {
  refuses("x && true", null, /'&&' needs true or false, but got null/);
  refuses("!x", 0, /'!' needs true or false, but got a number/);
  refuses("x ? 1 : 2", "yes", /needs true or false, but got text/);
});

test("a side that decides wins over a side that fails, whichever comes first", () => {
  assert.equal(valueOf("x.a > 1 || true", {}), true);
  assert.equal(valueOf("true || x.a > 1", {}), true);
  assert.equal(valueOf("x.a > 1 && false", {}), false);
  refuses("x.a > 1 || false", {}, /null cannot be compared/);
});

test("the words contains, startsWith and endsWith work between their sides and as methods", () => {
  assert.equal(valueOf('x contains "ai"', "rain"), true);
  assert.equal(valueOf("x contains 2", [1, 2]), true);
  assert.equal(valueOf('x startsWith "ra" && x endsWith "in"', "rain"), true);
  assert.equal(valueOf('x.contains("ai") && x.startsWith("r") && x.endsWith("n")', "rain"), true);
  assert.equal(valueOf('"a contains b" == x', "a contains b"), true);
  refuses('x contains "a"', { a: 1 }, /'contains' needs text or a list, but got an object/);
});

test("in looks for an item of a list or a key of an object", () => {
  assert.equal(valueOf("x in [1, 2]", 2), true);
  assert.equal(valueOf('"a" in x', { a: null }), true);
  assert.equal(valueOf("[1] in x", [[1], [2]]), true);
  refuses('"a" in x', "abc", /'in' needs a list or an object, but got text/);
});

test("macros walk lists and the keys of objects", () => {
  assert.deepEqual(valueOf("x.map(i, i * 2)", [1, 2]), [2, 4]);
  assert.deepEqual(valueOf("x.map(i, i > 1, i * 2)", [1, 2]), [4]);
  assert.deepEqual(valueOf("x.filter(k, k != 'a')", { a: 1, b: 2 }), ["b"]);
  assert.equal(valueOf("x.all(i, i > 0)", []), true);
  assert.equal(valueOf("x.exists(i, i > 1)", [1, 2]), true);
  assert.equal(valueOf("x.exists_one(i, i > 0)", [1, 2]), false);
  assert.deepEqual(valueOf("x.map(i, x.filter(j, j > i).map(j, i + j))", [1, 2, 3]), [[3, 4], [5], []]);
  assert.deepEqual(valueOf("[1].map(x, x + 1)", 9), [2], "a variable hides the name around it");
  refuses("x.map(i, i)", null, /'map' needs a list or an object, but got null/);
});

test("an item that decides wins over items that fail", () => {
  assert.equal(valueOf("x.exists(i, i > 1)", ["a", 2]), true);
  assert.equal(valueOf("x.all(i, i > 1)", ["a", 1]), false);
  refuses("x.exists(i, i > 1)", ["a", 1], /text cannot be compared/);
});

test("has tells a field that is there from one that is not", () => {
  assert.equal(valueOf("has(x.a)", { a: null }), true);
  assert.equal(valueOf("has(x.a)", {}), false);
  assert.equal(valueOf("has(x.a.b)", {}), false);
});

test("has tells whether a field of a step itself is there", () => {
  const fields = { output: unionOf([types.text, types.null]), status: types.text };
  const step: StepType = { step: 0, id: "a", fields };
  const { expression } = compileExpression("has(a.output)", {
    ...environment,
    step: (name) => (name === "a" ? step : undefined),
    stepIds: ["a"],
  });
  assert.ok(expression !== undefined);
  const given = (output: Json): Json => evaluate(expression, { name: () => undefined, step: () => output });
  assert.deepEqual([given("text"), given(""), given(null)], [true, true, false]);
});

test("first and default take the first value that is not null and look no further", () => {
  assert.equal(valueOf("first(x.a, x.b, 3)", { b: 2 }), 2);
  assert.equal(valueOf('default(x, "none")'), "none");
  assert.equal(valueOf("first(1, x.a > 1)", {}), 1);
  assert.equal(valueOf("first(x)"), null);
});

test("names of an object's own machinery are fields like any other", () => {
  for (const key of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    assert.equal(valueOf(`x.${key}`, {}), null);
    assert.equal(valueOf(`x["${key}"]`, {}), null);
    assert.equal(valueOf(`has(x.${key})`, {}), false);
    assert.equal(valueOf(`"${key}" in x`, {}), false);
    assert.equal(valueOf(`{"${key}": 1}["${key}"]`), 1);
  }
  const made = valueOf('merge({"a": 1}, {"__proto__": {"admin": true}})') as JsonObject;
  assert.equal(Object.getPrototypeOf(made), Object.prototype);
  assert.equal(made["admin"], undefined);
  assert.deepEqual(Object.keys(made), ["a", "__proto__"]);
  assert.equal(JSON.stringify(valueOf('product({"__proto__": [1]})')), '[{"__proto__":1}]');
});

test("a key stands once in an object and is text", () => {
  refuses('{x: 1, "a": 2}', "a", /the key "a" stands twice/);
  refuses("{x: 1}", 2, /the keys of an object are text, not a number/);
});

test("a result that no JSON number can hold is a failure", () => {
  refuses("1 / x", 0, /divided by zero/);
  refuses("1 % x", 0, /divided by zero/);
  refuses("x * x", 1e200, /not a finite number/);
});

test("there is no minus zero, since JSON would lose its sign", () => {
  for (const text of ["-0", "-x", "x * -1", "-(x + 0)", "0 % -5", "0 / -5"])
    assert.ok(Object.is(valueOf(text, 0), 0), text);
});

test("a failure names the expression", () => {
  refuses("x + 1", "a", /^In the expression 'x \+ 1': text and a number cannot be added\.$/);
});

test("reading a large stored value is free, building one is bounded", () => {
  const large = { text: "a".repeat(2_000_000), list: Array.from({ length: 60_000 }, () => "some item of a list") };
  assert.equal(valueOf("x", large), large);
  assert.equal(valueOf("x.list", large), large.list);
  assert.equal(valueOf("size(x.text)", large), 2_000_000);
  isTooExpensive("[x.text]", large);
  isTooExpensive("json(x)", large);
  isTooExpensive("x.text + x.text", large);
  isTooExpensive('{"a": x.list}', large);
});

test("values that share parts do not grow past the bound unseen", () => {
  const twice = Array.from({ length: 40 }, () => ".map(i, [i, i])").join("");
  isTooExpensive(`[0]${twice}`, null);
  isTooExpensive(`size(json([0]${twice})) > 0`, null);
  isTooExpensive(`[x]${twice} == [x + 0]${twice}`, 1);
});

test("an evaluation ends after 100,000 steps", () => {
  const list = Array.from({ length: 1000 }, (_, index) => index);
  isTooExpensive("x.all(a, x.all(b, a + b >= 0))", list);
  isTooExpensive("x.map(a, x).flatten().size() > 0", list);
  isTooExpensive("x.all(a, x == x + [])", list);
  isTooExpensive('split(x, "")', "a".repeat(1_000_000));
  isTooExpensive('replace(x, "a", "bbb")', "a".repeat(1_000_000));
  isTooExpensive('product({"a": x, "b": x, "c": x})', list);
  isTooExpensive(
    "x.all(a, a.missing.missing > 1 || true)",
    Array.from({ length: 10_000 }, () => ({})),
  );
});

test("a pattern that would run for minutes elsewhere takes no time", () => {
  assert.equal(valueOf('x.matches("^(a+)+$")', `${"a".repeat(5000)}!`), false);
  assert.equal(valueOf('matches(x, "b+")', "abba"), true);
  assert.equal(valueOf("x[0].matches(x[1])", ["abc", "^a.c$"]), true);
  refuses("x[0].matches(x[1])", ["abc", "("], /is not a regular expression/);
  isTooExpensive('matches(x, "(a[ab]{0,60}b[ab]{0,60}[cq])")', "ab".repeat(50_000));
  isTooExpensive(
    'x.all(p, "a".matches(p))',
    Array.from({ length: 100 }, () => "a"),
  );
});

test("a stored tree is bounded too, whoever made it", () => {
  let deep: Node = { kind: "literal", value: true };
  for (let depth = 0; depth < 2500; depth += 1) deep = { kind: "not", of: deep };
  const names = { name: () => null, step: () => null };
  assert.throws(
    () => evaluate({ text: "deep", tree: deep }, names),
    (error) => hasCode(error, "expression.too-expensive"),
  );

  const macro = (body: Node): Node => ({
    kind: "macro",
    macro: "all",
    of: { kind: "list", items: [] },
    variable: "i",
    body,
  });
  const four = macro(macro(macro(macro({ kind: "literal", value: true }))));
  assert.throws(
    () => evaluate({ text: "four", tree: four }, names),
    (error) => hasCode(error, "expression.too-expensive"),
  );

  const unknown: Node = { kind: "call", name: "constructor", args: [] };
  assert.throws(
    () => evaluate({ text: "unknown", tree: unknown }, names),
    (error) => hasCode(error, "expression.failed"),
  );
});

test("a long chain is evaluated without running out of stack", () => {
  assert.equal(valueOf(Array.from({ length: 900 }, () => "x").join(" + "), 1), 900);
});

test("a duration is read up to 100 characters", () => {
  assert.equal(valueOf("duration(x) == duration(y)".replace("y", '"50s"'), "1s".repeat(50)), true);
  refuses("duration(x)", "1s".repeat(50) + "1h", /duration\(\) cannot read/);
});

test("expressions that share what they may take leave the next one less, also when they fail", () => {
  const { expression } = compileExpression("list.all(x, x >= 0)", {
    names: new Map([["list", types.any]]),
    step: () => undefined,
    stepIds: [],
  });
  assert.ok(expression !== undefined);
  const over = (list: Json) => ({ name: () => list, step: () => null });
  const budget = { stepsLeft: 100 };
  assert.equal(evaluateWithin(budget, expression, over([1, 2, 3])), true);
  const left = budget.stepsLeft;
  assert.ok(left > 50 && left < 100, String(left));
  assert.throws(
    () => evaluateWithin(budget, expression, over(["a"])),
    (error) => hasCode(error, "expression.failed"),
  );
  assert.ok(budget.stepsLeft < left);
  const many = Array.from({ length: 100 }, () => 1);
  assert.throws(
    () => evaluateWithin(budget, expression, over(many)),
    (error) => hasCode(error, "expression.too-expensive"),
  );
  assert.equal(budget.stepsLeft, 0);
  assert.throws(
    () => evaluateWithin(budget, expression, over([1])),
    (error) => hasCode(error, "expression.too-expensive"),
  );
});
