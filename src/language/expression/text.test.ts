import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import { render, renderText } from "./template.ts";
import { compileText, type CompiledText } from "./text.ts";
import { objectOf, types, type Type } from "./type.ts";

const inputs = objectOf(
  { name: types.text, limit: types.integer, note: types.text, any: types.any },
  { optional: ["note"] },
);
const environment = {
  names: new Map<string, Type>([["inputs", inputs]]),
  step: (id: string) => (id === "plan" ? { step: 4, id, fields: { output: types.any } } : undefined),
  stepIds: ["plan"],
};
const compile = (text: string): CompiledText => compileText(text, environment);

function valueOf(text: string, given: JsonObject = {}): Json {
  const { template, problems } = compile(text);
  assert.deepEqual(problems, []);
  return render(template, { name: () => given, step: () => ({ "create-app": ["a"] }) });
}

test("a text without expressions is itself", () => {
  assert.deepEqual(compile("Hello").template, { kind: "literal", value: "Hello" });
  assert.equal(valueOf("costs $${x}"), "costs ${x}");
  assert.equal(valueOf("#general"), "#general");
});

test("a text that is exactly one expression keeps its type", () => {
  assert.equal(valueOf("${inputs.limit + 1}", { limit: 2 }), 3);
  assert.deepEqual(valueOf("${inputs.any}", { any: { a: [1] } }), { a: [1] });
  assert.equal(valueOf("${inputs.note}"), null);
  assert.equal(compile("${inputs.limit}").type.kind, "number");
  assert.deepEqual(compile("${ inputs.limit }").template, {
    kind: "value",
    expression: {
      text: "inputs.limit",
      tree: { kind: "member", of: { kind: "name", name: "inputs" }, field: "limit" },
    },
  });
});

test("a reference reads a step's output", () => {
  assert.deepEqual(valueOf("#plan.create-app"), ["a"]);
  assert.equal(compile("#plan.create-app").reads[0]?.step, 4);
});

test("among other words, values become text: objects JSON, null a failure", () => {
  assert.equal(valueOf("${inputs.name} has ${inputs.limit}.", { name: "A", limit: 2 }), "A has 2.");
  assert.equal(valueOf("got ${inputs.any}", { any: { a: [true] } }), 'got {"a":[true]}');
  assert.throws(
    () => valueOf("got ${inputs.any}", { any: null }),
    (error: Error) =>
      hasCode(error, "expression.failed") &&
      error.message === `'inputs.any' is null in a text: write default(inputs.any, "").`,
  );
});

test("null among other words is found before it runs where the type knows it", () => {
  const text = "note: ${inputs.note}";
  assert.deepEqual(compile(text).problems, [
    {
      code: "E303",
      message: "inputs.note may be null",
      hint: 'write default(inputs.note, "")',
      start: 8,
      end: 19,
      fix: { start: 8, end: 19, text: 'default(inputs.note, "")' },
    },
  ]);
});

test("the problems of all expressions of a text are told, with their places in it", () => {
  const text = "a ${inputs.nme} b ${ lenght(1) } ${inputs.name = 1}";
  assert.deepEqual(
    compile(text).problems.map(({ start, end }) => text.slice(start, end)),
    ["nme", "lenght", "="],
  );
  assert.equal(compile("a ${").problems[0]?.code, "E300");
  assert.equal(compile("a ${}").problems[0]?.message, "there is no expression here");
});

test("a question is text whatever its template is", () => {
  const names = { name: () => ({ any: { a: 1 }, limit: 2 }), step: () => null };
  assert.equal(renderText(compile("${inputs.any}").template, names), '{"a":1}');
  assert.equal(renderText(compile("${inputs.limit} left").template, names), "2 left");
  assert.equal(renderText({ kind: "literal", value: true }, names), "true");
  assert.throws(
    () => renderText(compile("${inputs.note}").template, names),
    (error) => hasCode(error, "expression.failed"),
  );
});

test("lists and objects are rendered part by part, whatever their keys are called", () => {
  const { template } = compile("${inputs.limit}");
  const value = render(
    { kind: "object", fields: [["__proto__", { kind: "list", items: [template, { kind: "literal", value: null }] }]] },
    { name: () => ({ limit: 1 }), step: () => null },
  );
  assert.equal(JSON.stringify(value), '{"__proto__":[1,null]}');
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

test("a text does not grow past 8 MiB", () => {
  const any = "a".repeat(3_000_000);
  assert.throws(
    () => valueOf("${inputs.any}${inputs.any}${inputs.any}", { any }),
    (error) => hasCode(error, "expression.too-expensive"),
  );
});
