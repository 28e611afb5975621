import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "../plan.ts";
import { misfitOf } from "./assignable.ts";
import { givenTypeOf, listOf, objectOf, type Type, types, typeOfSchema, typeOfValue, unionOf } from "./type.ts";

/** What is said about a value where a schema is wanted: `path: message`. */
function said(value: Type, wanted: Type): string | undefined {
  const misfit = misfitOf(value, wanted);
  return misfit === undefined ? undefined : `${misfit.path.join(".")}: ${misfit.message}`;
}

const bugOrSpam: Type = { kind: "text", enum: ["bug", "spam"] };
const spamOrLow: Type = { kind: "text", enum: ["spam", "low"] };
const orNull = (type: Type): Type => unionOf([type, types.null]);
const person = objectOf({ name: types.text, age: types.integer }, { optional: ["age"] });

const fits: readonly (readonly [name: string, value: Type, wanted: Type])[] = [
  ["anything where text is wanted", types.any, types.text],
  ["text where anything is wanted", types.text, types.any],
  ["a whole number where a number is wanted", types.integer, types.number],
  ["a number that may turn out whole", types.number, types.integer],
  ["some texts of an enum", { kind: "text", enum: ["spam"] }, bugOrSpam],
  ["text of unknown content where some are allowed", types.text, bugOrSpam],
  ["an enum where text is wanted", bugOrSpam, types.text],
  ["null where null is allowed", types.null, orNull(types.text)],
  ["text or null where both are allowed", orNull(types.text), orNull(types.text)],
  ["text where text or null is allowed", types.text, orNull(types.text)],
  ["text or number where either is allowed", unionOf([types.text, types.number]), unionOf([types.number, types.text])],
  ["an empty list where a list of objects is wanted", typeOfValue([]), listOf(person)],
  ["a list of unknown items", types.list, listOf(types.text)],
  ["an object without its optional field", objectOf({ name: types.text }), person],
  ["an object that may have any field", types.object, person],
  ["more fields where an object is open", objectOf({ a: types.text, b: types.text }), objectOf({}, { open: true })],
  ["an object in one of two forms", person, unionOf([objectOf({ id: types.text }), person])],
];

for (const [name, value, wanted] of fits) {
  test(`${name} fits`, () => assert.equal(said(value, wanted), undefined));
}

const misfits: readonly (readonly [name: string, value: Type, wanted: Type, said: string])[] = [
  ["a number where text is wanted", types.number, types.text, ": expected text, got number"],
  ["text where true/false is wanted", types.text, types.boolean, ": expected true/false, got text"],
  ["text where a list is wanted", types.text, listOf(types.text), ": expected list of text, got text"],
  ["a list where an object is wanted", types.list, person, ": expected object, got list"],
  ["null where text is wanted", types.null, types.text, ": expected text, got null"],
  ["text or null where text is wanted", orNull(types.text), types.text, ": may be null, but text is needed"],
  [
    "text or number where text is wanted",
    unionOf([types.text, types.number]),
    types.text,
    ": may be number, but text is needed",
  ],
  ["a list where text or null is wanted", types.list, orNull(types.text), ": expected text or null, got list"],
  ["a text outside an enum", typeOfValue("bgu"), bugOrSpam, ": is 'bgu', but only bug, spam are allowed"],
  ["an enum that reaches beyond another", spamOrLow, bugOrSpam, ": may be 'low', but only bug, spam are allowed"],
  ["a text beside the only one", typeOfValue("b"), typeOfValue("a"), ": is 'b', but only a is allowed"],
  ["an item of a list", listOf(types.number), listOf(types.text), "[]: expected text, got number"],
  ["a missing field", objectOf({ age: types.integer }), person, "name: is missing"],
  [
    "a field that may be missing",
    objectOf({ name: types.text }, { optional: ["name"] }),
    person,
    "name: may be missing",
  ],
  ["a field of another type", objectOf({ name: types.integer }), person, "name: expected text, got number"],
  [
    "a field that is not known",
    objectOf({ name: types.text, nam: types.text }),
    person,
    "nam: is not known here; it takes: name, age",
  ],
  [
    "a field deep inside",
    objectOf({ people: listOf(objectOf({ name: orNull(types.text) })) }),
    objectOf({ people: listOf(person) }),
    "people.[].name: may be null, but text is needed",
  ],
];

for (const [name, value, wanted, expected] of misfits) {
  test(`${name} does not fit`, () => assert.equal(said(value, wanted), expected));
}

test("a long enum is not listed to its end", () => {
  const many: Type = { kind: "text", enum: Array.from({ length: 40 }, (_, n) => `v${n}`) };
  assert.match(said(typeOfValue("x"), many) ?? "", /v11 and 28 more are allowed$/);
});

test("a default may be left out by who gives the value, and is there for who holds it", () => {
  const schema: Schema = {
    type: "object",
    properties: { unit: { type: "string", default: "c" }, city: { type: "string" } },
    required: ["city", "unit"],
  };
  const given = objectOf({ city: types.text });
  assert.equal(said(given, givenTypeOf(schema)), undefined);
  assert.equal(said(given, typeOfSchema(schema)), "unit: is missing");
});

test("objects that are far too large to compare are left to the run", () => {
  const wanted = (count: number): Type => objectOf(fieldsOf(count, types.text));
  const value = (count: number): Type => objectOf({ ...fieldsOf(count, types.text), [`f${count - 1}`]: types.number });
  assert.equal(said(value(100), wanted(100)), "f99: expected text, got number");
  assert.equal(said(value(20_000), wanted(20_000)), undefined);
});

function fieldsOf(count: number, type: Type): Readonly<Record<string, Type>> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, type]));
}
