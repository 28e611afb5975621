import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../base/json.ts";
import type { Schema } from "../plan.ts";
import { validateValue } from "./validate.ts";

const cases: readonly (readonly [schema: Schema, value: Json, said: readonly string[]])[] = [
  [{ const: "a" }, "b", ['is not "a"']],
  [{ enum: ["a", 1] }, "b", ['is not one of "a", 1']],
  [{ type: ["string", "null"] }, 1, ["expected text or null, got a number"]],
  [{ type: "boolean" }, "true", ["expected true/false, got text"]],
  [{ type: "array" }, {}, ["expected a list, got an object"]],
  [{ type: "object" }, true, ["expected an object, got true/false"]],
  [{ type: "number" }, null, ["expected a number, got null"]],
  [{ oneOf: [{ type: "number" }, { type: "integer" }] }, 1, ["fits more than one of the allowed forms"]],
  [{ oneOf: [{ type: "number" }, { type: "string" }] }, null, ["fits none of the allowed forms"]],
  [{ propertyNames: { pattern: "^a" } }, { b: 1 }, ["does not match ^a", "b is not an allowed field name"]],
  [{ properties: {}, additionalProperties: false }, { a: 1 }, ["a is unknown; no fields are expected here"]],
  [{ additionalProperties: { type: "string" } }, { "a/b~c": 1 }, ['["a/b~c"] expected text, got a number']],
  [{ required: ["a", "b"] }, { a: 1 }, ["b is missing"]],
  [{ properties: { a: { required: ["b"] } } }, { a: {} }, ["a.b is missing"]],
  [{ items: { items: { type: "string" } } }, [["a"], ["b", 1]], ["[1][1] expected text, got a number"]],
  [
    { uniqueItems: true },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    ["holds an item twice"],
  ],
  [{ uniqueItems: false }, [1, 1], []],
  [{ minimum: 2 }, 1, ["must be >= 2"]],
  [{ type: "string", pattern: "^[a-z]+$" }, "A", ["does not match ^[a-z]+$"]],
  [{}, { anything: [1] }, []],
];

for (const [schema, value, expected] of cases) {
  const words = expected.length === 0 ? "fits" : expected.join(", ");
  test(`${JSON.stringify(value)} for ${JSON.stringify(schema)}: ${words}`, () => {
    const said = validateValue(schema, value).map(({ path, message }) =>
      path === "" ? message : `${path} ${message}`,
    );
    assert.deepEqual(said, expected);
  });
}
