import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression } from "./check.ts";
import { describeType, listOf, types, unionOf, type Type } from "./type.ts";

const environment = {
  names: new Map<string, Type>([
    ["list", listOf(types.number)],
    ["maybe", listOf(unionOf([types.number, types.null]))],
    ["score", types.number],
    ["note", unionOf([types.number, types.null])],
    ["rows", listOf(types.object)],
    ["p", types.boolean],
  ]),
  step: () => undefined,
  stepIds: [],
};

function said(text: string): string {
  return compileExpression(text, environment)
    .problems.map(({ code, message, hint, start, end }) => `${code} ${message} = ${hint} [${text.slice(start, end)}]`)
    .join("\n");
}

test("the first argument of every macro must be a name", () => {
  const bodies = {
    all: "item.done",
    exists: "item.done",
    exists_one: "item.done",
    filter: "item.done",
    map: "item.name",
  };
  for (const [macro, body] of Object.entries(bodies)) {
    const hint = `write list.${macro}(item, ${body})`;
    const message = `E300 the first argument of '${macro}' must be a new name, for the item = ${hint}`;
    for (const first of [".5", ".5e3", "#a", "#a.b", "1", "'a'", "true", "null", "[1]"]) {
      assert.equal(said(`list.${macro}(${first}, true)`), `${message} [${first}]`);
    }
    assert.equal(said(`list.${macro}( a.b, true)`), `${message} [a.b]`);
    assert.equal(said(`list.${macro}(-a, true)`), `${message} [-a]`);
    assert.ok(said(`list.map(i, i).${macro}(f(x), true)`).startsWith(message), macro);
    assert.equal(said(`list.${macro}(i, i > .5)`), "");
  }
  assert.equal(
    said("list.map(.5, true, 1)"),
    "E300 the first argument of 'map' must be a new name, for the item = write list.map(item, item.name) [.5]",
  );
});

const typeOf = (text: string): string => {
  assert.equal(said(text), "", text);
  return describeType(compileExpression(text, environment).type);
};

test("the least of a list that visibly has an item is a number", () => {
  for (const list of [
    "[score, 2]",
    "[score] + list",
    "list + [score]",
    "[1].map(i, i * score)",
    "sort([score])",
    "unique([score])",
    "(p ? [1] : [score, 2])",
  ]) {
    assert.equal(typeOf(`min(${list})`), "number", list);
    assert.equal(typeOf(`max(${list}) >= 8`), "true/false", list);
  }
  assert.equal(typeOf("sum([score])"), "number");
  for (const list of [
    "list",
    "[]",
    "[score].filter(i, i > 1)",
    "[1].map(i, i > 1, i)",
    "(p ? [1] : [])",
    "list + list",
  ]) {
    assert.equal(typeOf(`min(${list})`), "number or null", list);
    assert.match(said(`min(${list}) >= 8`), /may be null/, list);
  }
});

test("a list whose items may be null is named before a function fails on one", () => {
  for (const name of ["min", "max", "sum", "sort", "join"]) {
    assert.equal(said(`${name}(maybe)`), "E303 maybe may hold null = write maybe.filter(item, item != null) [maybe]");
    assert.match(said(`${name}([score, note])`), /may hold null/);
    assert.equal(said(`${name}(maybe.filter(item, item != null))`), "");
  }
  assert.match(said("min([1] + maybe)"), /write \(\[1\] \+ maybe\)\.filter/);
  assert.equal(said("unique(maybe)"), "");
  assert.match(
    said("join(rows)"),
    /join\(\) needs list of \(text or number or true\/false\), but 'rows' is list of objects/,
  );
});

test("several arguments of min and max are numbers, not lists", () => {
  assert.match(said("min([score], [score])"), /min\(\) needs number, but '\[score\]' is list of number/);
  assert.match(said("max(1, list)"), /max\(\) needs number/);
  assert.equal(said("max(1, score)"), "");
});

test("what a filter has ruled out is ruled out after it", () => {
  assert.equal(typeOf("maybe.filter(i, i != null)"), "list of number");
  assert.equal(typeOf("maybe.filter(i, i != null && i > 1)"), "list of number");
  assert.equal(typeOf("maybe.map(i, i != null, i + 1)"), "list of number");
  assert.equal(typeOf("maybe.filter(i, i == null)"), "list of (number or null)");
  assert.match(said("maybe.map(i, i == null, i + 1)"), /i may be null/);
  assert.match(said("maybe.map(i, i != null || p, i + 1)"), /i may be null/);
});
