import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression } from "./check.ts";
import { listOf, types, type Type } from "./type.ts";

const environment = {
  names: new Map<string, Type>([["list", listOf(types.number)]]),
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
