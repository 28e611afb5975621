import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "./parse.ts";
import type { Syntax } from "./syntax.ts";
import { expressionLimits } from "./work.ts";

/** An expression with brackets around each of its operators, or what is wrong with it. */
function bracketed(text: string): string {
  const { syntax, problem } = parse(text);
  return syntax === undefined ? `${problem.code} ${problem.message}` : written(syntax);
}

function written(syntax: Syntax): string {
  switch (syntax.kind) {
    case "binary":
      return `(${written(syntax.left)} ${syntax.operator} ${written(syntax.right)})`;
    case "not":
      return `(!${written(syntax.of)})`;
    case "call":
      return `${syntax.name}(${syntax.args.map(written).join(", ")})`;
    case "name":
      return syntax.name;
    default:
      return JSON.stringify(syntax.kind === "literal" ? syntax.value : syntax.kind);
  }
}

test("all relations are one level and go from left to right, as CEL has them", () => {
  assert.equal(bracketed("a == b in c"), "((a == b) in c)");
  assert.equal(bracketed("a == b < c"), "((a == b) < c)");
  assert.equal(bracketed("a != b in c >= d"), "(((a != b) in c) >= d)");
  assert.equal(bracketed("a < b in c == d in e"), "((((a < b) in c) == d) in e)");
  assert.equal(bracketed("a == b contains c"), "((a == b) contains c)");
  assert.equal(bracketed("a in b == c"), "((a in b) == c)");
  assert.equal(bracketed("a + b == c * d in e && f == g < h"), "((((a + b) == (c * d)) in e) && ((f == g) < h))");
});

test("brackets around a relation hold it together", () => {
  assert.equal(bracketed("a == (b in c)"), "(a == (b in c))");
  assert.equal(bracketed("a == ( ( b ) in c )"), "(a == (b in c))");
  assert.equal(bracketed("a == (b) in (c)"), "((a == b) in c)");
  assert.equal(bracketed("a == (b < c) in d"), "((a == (b < c)) in d)");
  assert.equal(bracketed("a == ((b < c) in d)"), "(a == ((b < c) in d))");
  assert.equal(bracketed("f(a == b in c)"), "f(((a == b) in c))");
  assert.equal(bracketed('a == (")" in c)'), '(a == (")" in c))');
  assert.equal(bracketed("(a == b in (c < d))"), "((a == b) in (c < d))");
});

test("what is turned around keeps its places", () => {
  const { syntax } = parse("(x) && a == b in (c)");
  assert.ok(syntax?.kind === "binary" && syntax.right.kind === "binary");
  const { left, right, start } = syntax.right;
  assert.deepEqual([start, left.start, left.end], [7, 7, 13]);
  assert.equal("(x) && a == b in (c)".slice(right.start, right.end), "c");
});

test("an expression has a bound on its length, its parts and its nesting", () => {
  const { textMax, nodesMax, depthMax } = expressionLimits;
  const deep = "E399 the expression is nested too deeply";
  assert.equal(bracketed(" ".repeat(textMax - 1) + "a"), "a");
  assert.match(bracketed(" ".repeat(textMax) + "a"), /^E399 the expression has 8193 characters; at most 8192/);
  assert.equal(bracketed(`1${"+1".repeat(nodesMax)}`), "E399 the expression has too many parts");
  for (const [open, close] of [
    ["(", ")"],
    ["[", "]"],
    ["size(", ")"],
    ['{"a":', "}"],
    ["a ? b : ", ""],
  ] as const) {
    const nested = (depth: number): string => `${open.repeat(depth)}a${close.repeat(depth)}`;
    assert.equal(bracketed(nested(depthMax)), deep, open);
    assert.notEqual(bracketed(nested(depthMax / 4)), deep, open);
  }
  for (const sign of ["!", "-", "! "]) {
    assert.notEqual(bracketed(`${sign.repeat(depthMax - 1)}a`), deep, sign);
    assert.equal(bracketed(`${sign.repeat(depthMax)}a`), deep, sign);
  }
  assert.notEqual(bracketed(`"${"!".repeat(depthMax * 2)}"`), deep);
});
