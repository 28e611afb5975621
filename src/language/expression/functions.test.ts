import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hasCode } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { compileExpression } from "./check.ts";
import { evaluate } from "./evaluate.ts";
import { functions, signatureOf } from "./functions.ts";
import { types, type Type } from "./type.ts";

const names = new Map<string, Type>(
  ["x", "inputs", "classify", "indoor", "outdoor", "a", "b", "items"].map((name) => [name, types.any]),
);
const environment = { names, step: () => undefined, stepIds: [] };

function valueOf(text: string, x: Json = null): Json {
  const { expression, problems } = compileExpression(text, environment);
  assert.ok(expression !== undefined, `${text}: ${JSON.stringify(problems)}`);
  return evaluate(expression, { name: () => x, step: () => null });
}

function refuses(text: string, x: Json, message: RegExp): void {
  assert.throws(
    () => valueOf(text, x),
    (error: Error) => hasCode(error, "expression.failed") && message.test(error.message),
  );
}

test("size counts characters, items and fields", () => {
  assert.equal(valueOf("size(x)", "añ😀"), 3);
  assert.equal(valueOf("size(x)", "\udc00\ud800a"), 3, "halves of a pair in the wrong order are two");
  assert.equal(valueOf("x.size()", [1, 2]), 2);
  assert.equal(valueOf("size(x)", { a: 1 }), 1);
  refuses("size(x)", null, /size\(\) needs an object, but got null/);
});

test("json and string write JSON, string leaves text as it is", () => {
  assert.equal(valueOf("json(x)", { a: ["b"] }), '{"a":["b"]}');
  assert.equal(valueOf("json(x)", "a"), '"a"');
  assert.equal(valueOf("string(x)", "a"), "a");
  assert.equal(valueOf("string(x)", 1.5), "1.5");
  assert.equal(valueOf("string(x)"), "null");
});

test("min, max and sum work on numbers; the least of nothing is null", () => {
  assert.equal(valueOf("min(3, 1, 2)"), 1);
  assert.equal(valueOf("max(x)", [1, 5, 2]), 5);
  assert.equal(valueOf("min(x)", []), null);
  assert.equal(valueOf("sum(x)", [1, 2.5]), 3.5);
  assert.equal(valueOf("sum(x)", []), 0);
  refuses("sum(x)", [1, "2"], /sum\(\) needs numbers, but the list holds text/);
});

test("CEL's conversions work on the one kind of number", () => {
  assert.equal(valueOf("double(x)", "4.5"), 4.5);
  assert.equal(valueOf("int(x)", -7.9), -7);
  assert.equal(valueOf("int(x)", "-12"), -12);
  assert.ok(Object.is(valueOf("int(x)", -0.5), 0), "there is no minus zero");
  for (const value of ["1.5", "", "0x1", "9007199254740993", 2 ** 53, true]) refuses("int(x)", value, /int\(\)/);
  assert.equal(valueOf("bool(x)", "True"), true);
  assert.equal(valueOf("bool(x)", "0"), false);
  assert.equal(valueOf("bool(x)", false), false);
  for (const value of ["yes", "TrUe", "", 1, null]) refuses("bool(x)", value, /bool\(\)/);
  assert.equal(valueOf("dyn(1) == x", 1), true);
  assert.equal(valueOf('dyn(1) == "1"'), false, "what dyn gives is compared with anything");
  assert.equal(valueOf("duration(x)", 1500), 1500);
});

test("a moment is taken apart in UTC or in a time zone", () => {
  const at = (text: string): Json => valueOf(`timestamp("2026-03-01T23:30:05.250Z").${text}`);
  assert.equal(at("getFullYear()"), 2026);
  assert.equal(at("getMonth()"), 2);
  assert.equal(at("getDate()"), 1);
  assert.equal(at('getDate("Europe/Zurich")'), 2);
  assert.equal(at('getHours("-02:30")'), 21);
  assert.equal(at('getHours("Europe/Zurich")'), 0);
  assert.equal(at('getMinutes("Asia/Kathmandu")'), 15);
  assert.equal(at("getDayOfWeek()"), 0);
  assert.equal(at("getDayOfYear()"), 59);
  assert.equal(at("getMilliseconds()"), 250);
  assert.equal(valueOf('timestamp("2026-07-01T00:00:00Z").getHours("Europe/Zurich")'), 2, "summer time");
  assert.equal(valueOf("x.getFullYear()", Date.parse("0001-01-01T00:00:00Z")), 1);
  const before = Date.UTC(-5, 5, 15, 12, 30, 15, 250);
  assert.equal(valueOf('x.getFullYear("Europe/Zurich")', before), -5, "before the year 1");
  assert.equal(valueOf('x.getMonth("Europe/Zurich")', before), 5);
  assert.equal(at('getMilliseconds("Europe/Zurich")'), 250);
  assert.equal(at('getSeconds("Europe/Zurich")'), 5);
  refuses("x.getHours()", 9e15, /is no moment/);
  refuses("x.getHours()", "2026", /needs a number/);
  refuses('x.getHours("Mars/Olympus")', 0, /there is no time zone "Mars/);
});

test("number reads numbers and nothing else", () => {
  assert.equal(valueOf("number(x)", " -1.5e2 "), -150);
  assert.equal(valueOf("number(x)", ".5"), 0.5);
  assert.equal(valueOf("number(x)", true), 1);
  for (const text of ["", "0x10", "1,5", "Infinity", "NaN", "1e999", "abc", "--1"])
    refuses("number(x)", text, /In the expression/);
});

test("texts change case, lose spaces, are split, joined and replaced", () => {
  assert.equal(valueOf("lower(x) + upper(x)", "aB"), "abAB");
  assert.equal(valueOf("trim(x)", "  a b\n"), "a b");
  assert.deepEqual(valueOf('split(x, ",")', "a,b,"), ["a", "b", ""]);
  assert.deepEqual(valueOf('x.split("")', "ab"), ["a", "b"]);
  assert.equal(valueOf('join(x, "-")', ["a", 1, true]), "a-1-true");
  assert.equal(valueOf("join(x)", ["a", "b"]), "ab");
  assert.equal(valueOf('replace(x, "a", "$&")', "banana"), "b$&n$&n$&", "a replacement has no signs of its own");
  refuses('join(x, "")', [null], /join\(\) needs texts, but the list holds null/);
  refuses('replace(x, "", "a")', "b", /it is empty/);
  assert.equal(valueOf('replace(x, "a", "o", 2)', "banana"), "bonona");
  assert.equal(valueOf('replace(x, "a", "o", 0) + replace(x, "a", "o", -1)', "banana"), "bananabonono");
  assert.deepEqual(valueOf('split(x, ",", 2)', "a,b,c"), ["a", "b,c"]);
  assert.deepEqual(valueOf('[split(x, ",", 0), split(x, ",", 1), split(x, ",", 9)]', "a,b"), [[], ["a,b"], ["a", "b"]]);
  assert.deepEqual(valueOf('split(x, "")', "a😀b"), ["a", "😀", "b"], "an emoji is one part");
  refuses('split(x, ",", 1.5)', "a", /whole number as its limit/);
});

test("keys and values keep the order of the fields", () => {
  assert.deepEqual(valueOf("keys(x)", { b: 1, a: 2 }), ["b", "a"]);
  assert.deepEqual(valueOf("values(x)", { b: 1, a: 2 }), [1, 2]);
});

test("unique keeps the first of equal values of any kind", () => {
  assert.deepEqual(valueOf("unique(x)", [1, "1", 1, null, { a: [1] }, { a: [1] }, null, "1"]), [
    1,
    "1",
    null,
    { a: [1] },
  ]);
});

test("sort puts numbers or texts in order and does not mix them", () => {
  assert.deepEqual(valueOf("sort(x)", [10, 9, 1]), [1, 9, 10]);
  assert.deepEqual(valueOf("sort(x)", ["b", "B", "a"]), ["B", "a", "b"]);
  refuses("sort(x)", [1, "a"], /cannot be compared/);
  refuses("sort(x)", [true, false], /needs numbers or texts/);
});

test("flatten opens one level", () => {
  assert.deepEqual(valueOf("flatten(x)", [[1, [2]], 3]), [1, [2], 3]);
});

test("merge lets the later object win", () => {
  assert.deepEqual(valueOf('merge(x, {"a": 2}, {"c": 3})', { a: 1, b: 1 }), { a: 2, b: 1, c: 3 });
});

test("product gives every combination", () => {
  assert.deepEqual(valueOf('product({"os": ["a", "b"], "n": [1, 2]})'), [
    { os: "a", n: 1 },
    { os: "a", n: 2 },
    { os: "b", n: 1 },
    { os: "b", n: 2 },
  ]);
  assert.deepEqual(valueOf('product({"os": [], "n": [1]})'), []);
  assert.deepEqual(valueOf("product({})"), [{}]);
  refuses('product({"os": x})', 1, /product\(\) needs a list, but got a number/);
});

test("durations and timestamps are milliseconds, so that they add up", () => {
  assert.equal(valueOf('duration("1h30m")'), 5_400_000);
  assert.equal(valueOf('timestamp("1970-01-01T01:00:00+01:00")'), 0);
  assert.equal(valueOf('timestamp("2026-03-01") - timestamp("2026-02-28T00:00:00Z") == duration("1d")'), true);
  refuses("duration(x)", "2 days", /write 30s, 5m, 2h or 7d/);
  refuses("duration(x)", "", /cannot read ""/);
  refuses("timestamp(x)", "2026-03-01T09:30:00", /write 2026-03-01T09:30:00Z/);
  refuses("timestamp(x)", "2026-13-01T09:30:00Z", /cannot read/);
});

test("every function of the table says what it does with an example that compiles", () => {
  for (const [name, { example, sentence }] of functions) {
    assert.deepEqual(compileExpression(example, environment).problems, [], name);
    assert.match(sentence, /^[A-Z].*\.$/s, name);
  }
});

test("the list of functions in the documentation is the table", () => {
  const rows = [...functions].map(
    ([name, entry]) => `| \`${signatureOf(name, entry)}\` | ${entry.sentence} | \`${entry.example}\` |`,
  );
  const page = readFileSync(new URL("../../../docs/expressions.md", import.meta.url), "utf8").replaceAll(/ {2,}/g, " ");
  const found = page.split("\n").filter((line) => /^\| `\w+\(.*\)` \|/.test(line));
  assert.deepEqual(found, rows);
});
