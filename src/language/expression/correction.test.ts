import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression } from "./check.ts";
import { types, type Type } from "./type.ts";

const environment = {
  names: new Map<string, Type>(["item", "inputs", "classify"].map((name) => [name, types.any])),
  step: () => undefined,
  stepIds: [],
};

/** The problems as they are printed: code, message, hint, and the part of the text that is marked. */
function said(text: string): string {
  return compileExpression(text, environment)
    .problems.map(({ code, message, hint, start, end }) => {
      const marked = `[${text.slice(start, end)}]`;
      return `${code} ${message}${hint === undefined ? "" : ` = ${hint}`} ${marked}`;
    })
    .join("\n");
}

function mended(text: string): string {
  const fix = compileExpression(text, environment).problems[0]?.fix;
  assert.ok(fix !== undefined, text);
  return text.slice(0, fix.start) + fix.text + text.slice(fix.end);
}

test("what cannot be read is explained in terms of what was meant", () => {
  assert.equal(said('classify.output.category = "bug"'), 'E300 unexpected character "=" = use == to compare [=]');
  assert.equal(said('inputs.limit > "3" and true'), "E300 'and' is not an operator = write && [and]");
  assert.equal(mended("item.a AND item.b"), "item.a && item.b");
  assert.equal(said("not item.a"), "E300 'not' is not an operator = write ! [not]");
  assert.equal(said("item.a === 1"), 'E300 unexpected character "===" = write == [===]');
  assert.equal(mended("item.a !== 1"), "item.a != 1");
  assert.equal(said("item.a & item.b"), 'E300 unexpected character "&" = write && [&]');
  assert.equal(said("item.a ?? 1"), 'E300 unexpected character "??" = write default(a, b) [??]');
  assert.equal(
    said("item?.a"),
    'E300 unexpected character "?" = write a plain dot: a missing field reads as null [?.]',
  );
  assert.equal(said("item.map(i => i)"), 'E300 unexpected character "=>" = write list.map(item, item.name) [=>]');
  assert.equal(
    said("${item} == 1"),
    'E300 unexpected character "${" = the whole value is an expression here: leave out ${ and } [${]',
  );
  assert.equal(said("if item then 1"), "E300 'if' is not an operator = write condition ? one : other [if]");
  assert.equal(said("(item"), "E300 '(' is not closed = add ) [(]");
  assert.equal(said("item)"), 'E300 unexpected character ")" = nothing before it is open [)]');
  assert.equal(said('item == "a'), 'E300 the text that starts here is not closed = add " ["a]');
  assert.equal(said("item =="), "E300 something is missing after '==' [==]");
  assert.equal(said("item ? 1"), "E300 ':' is missing after '?' [1]");
  assert.equal(said("1 2"), "E300 unexpected 2 = an operator is missing before it [2]");
  assert.equal(
    said("item.map(1, 2)"),
    "E300 the first argument of 'map' must be a new name, for the item = write list.map(item, item.name) [1]",
  );
  assert.equal(said("package.x"), "E300 'package' is a reserved word = give the value another name [package]");
  assert.equal(mended('item.matches("\\d")'), 'item.matches("\\\\d")');
  assert.equal(said("1u"), "E300 '1u' is not a number of JSON = write 1 [1u]");
  assert.equal(said('b"a"'), 'E300 b"a" is bytes, which JSON does not have = write "a" [b"a"]');
  assert.equal(said("  "), "E300 there is no expression here []");
});

test("a function has no backticks around its name", () => {
  assert.equal(
    said("item.`a-b`()"),
    "E305 unknown function '`a-b`' = known here: size, json, first, default, min, max, sum, string [`a-b`]",
  );
  assert.match(said("item.`size`()"), /^E305 unknown function '`size`'/);
});

test("what is too large to be evaluated is refused before it runs", () => {
  assert.match(said(`${"(".repeat(80)}1${")".repeat(80)}`), /^E399 the expression is nested too deeply/);
  assert.match(said(Array.from({ length: 2000 }, () => "1").join("+")), /^E399 the expression has too many parts/);
  assert.match(said(`${"!".repeat(8000)}item`), /^E399/);
  assert.ok(said("!".repeat(8000)).length < 9000, "a message stays short");
  assert.match(said(`"${"a".repeat(9000)}"`), /^E399 the expression has 9002 characters; at most 8192 are allowed/);
});

test("a function of another language is mended to the one that does the same here", () => {
  const meant = {
    length: "size",
    len: "size",
    uint: "int",
    float: "number",
    parseInt: "int",
    parseFloat: "number",
    boolean: "bool",
    str: "string",
    toString: "string",
    String: "string",
    toLowerCase: "lower",
    lowerAscii: "lower",
    lowercase: "lower",
    toUpperCase: "upper",
    upperAscii: "upper",
    uppercase: "upper",
    strip: "trim",
    coalesce: "first",
    distinct: "unique",
  };
  for (const [other, own] of Object.entries(meant)) assert.equal(mended(`${other}(item)`), `${own}(item)`, other);
});
