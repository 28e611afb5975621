// Which changes of a type may refuse what was taken before.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "../../language/plan.ts";
import { validateValue } from "../../language/schema/validate.ts";
import { narrowing } from "./schema-change.ts";

const text: Schema = { type: "string" };
const fields = (properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const harmless: readonly (readonly [Schema, Schema])[] = [
  [text, { type: "string", description: "a name", default: "x", title: "Name" }],
  [{ type: "integer" }, { type: "number" }],
  [text, { type: ["string", "null"] }],
  [text, {}],
  [{ enum: ["a"] }, { enum: ["a", "b"] }],
  [
    { minimum: 3, maxLength: 5 },
    { minimum: 2, maxLength: 6 },
  ],
  [{ type: "string", pattern: "^a" }, text],
  [fields({ a: text }, "a"), fields({ a: text })],
  [fields({ a: text }), fields({ a: text, b: text })],
  [fields({ a: text }), fields({ a: text, b: { type: "string", default: "x" } }, "b")],
  [
    { type: "array", items: { type: "integer" } },
    { type: "array", items: { type: "number" } },
  ],
];

const breaking: readonly (readonly [Schema, Schema, RegExp])[] = [
  [text, { type: "integer" }, /its type is integer, not string/],
  [{}, text, /its type is string, not anything/],
  [{ type: "number" }, { type: "integer" }, /its type is integer, not number/],
  [{ type: ["string", "null"] }, text, /its type is string, not string or null/],
  [text, { type: "string", enum: ["a"] }, /only "a" is taken/],
  [{ enum: ["a", "b"] }, { enum: ["a"] }, /"b" is no longer taken/],
  [text, { type: "string", maxLength: 5 }, /maxLength is 5, not there/],
  [{ minimum: 1 }, { minimum: 2 }, /minimum is 2, not 1/],
  [{ exclusiveMaximum: 9 }, { exclusiveMaximum: 8 }, /exclusiveMaximum is 8, not 9/],
  [text, { type: "string", pattern: "^a" }, /pattern is another/],
  [fields({ a: text }), fields({ a: text }, "a"), /'a' is needed/],
  [fields({ a: text, b: text }), fields({ a: text }), /'b' is no longer taken/],
  [fields({ a: fields({ b: text }) }), fields({ a: fields({ b: { type: "null" } }) }), /'a': 'b': its type is null/],
  [{ type: "object" }, fields({}), /it takes no other fields/],
  [{ type: "object", properties: {} }, { type: "object", properties: { a: text } }, /'a': its type is string/],
  [{ type: "array", items: text }, { type: "array", items: { type: "null" } }, /an item: its type is null/],
  [{ type: "array" }, { type: "array", items: text }, /it takes other values/],
  [{ type: "array" }, { type: "array", uniqueItems: true }, /its items must differ/],
];

for (const [before, after] of harmless) {
  test(`takes all that it took: ${JSON.stringify(before)} → ${JSON.stringify(after)}`, () => {
    assert.equal(narrowing(before, after), undefined);
    assert.equal(narrowing(before, before), undefined);
  });
}

for (const [before, after, why] of breaking) {
  test(`may refuse what it took: ${JSON.stringify(before)} → ${JSON.stringify(after)}`, () => {
    assert.match(narrowing(before, after) ?? "", why);
  });
}

test("a change that is called harmless refuses no value that was taken", () => {
  const values = [null, true, 0, 2, 2.5, 9, "a", "b", "long text", [], ["a"], [1], {}, { a: "x" }, { b: 1 }, { a: 1 }];
  const all = [...harmless.flat(), ...breaking.flatMap(([before, after]) => [before, after])];
  let refused = 0;
  for (const before of all) {
    for (const after of all) {
      const isHarmless = narrowing(before, after) === undefined;
      for (const value of values) {
        if (validateValue(before, value).length > 0 || validateValue(after, value).length === 0) continue;
        refused += 1;
        // What is missing and has a default is filled in before the inputs are looked at.
        const hasDefault = JSON.stringify(after).includes('"default"');
        assert.ok(!isHarmless || hasDefault, JSON.stringify([before, after, value]));
      }
    }
  }
  assert.ok(refused > 1000, `the control: ${refused} values are refused by changes that are not`);
});
