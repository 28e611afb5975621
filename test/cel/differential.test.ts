import assert from "node:assert/strict";
import { test } from "node:test";
import { isCelError, isCelList, isCelMap, run } from "@bufbuild/cel";
import { Environment } from "@marcbachmann/cel-js";
import * as fc from "fast-check";
import { isJsonObject, type Json } from "../../src/base/json.ts";
import { answerOf, type Answer, type Evaluate } from "./answer.ts";
import type { CelCase } from "./cases.ts";
import { chanceDeclarations, chanceExpressions, chanceNames, chanceRelations, chanceValues } from "./chance.ts";
import { mistakes } from "./mistakes.ts";

/** How many expressions are compared, and how many at most until a mistake must have shown itself. */
const comparisons = 1000;
const comparisonsOfMistake = 5000;
const relationComparisons = 300;

type Values = Readonly<Record<string, Json>>;

const celJs = new Environment({ homogeneousAggregateLiterals: false });
for (const [name, type] of Object.entries(chanceDeclarations)) celJs.registerVariable(name, type);

test("expressions of chance give what two CEL libraries give", () => {
  fc.assert(
    fc.property(chanceExpressions, chanceValues, (text, values) => {
      const expected = inBufbuild(text, values);
      assert.deepEqual(inCelJs(text, values), expected, "the libraries differ");
      assert.deepEqual(inOurs(text, values), expected);
    }),
    { numRuns: comparisons },
  );
});

// The other library gives `==`, `<` and `in` a level each, so that only one can be asked.
test("relations without brackets bind as in CEL", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(chanceRelations, chanceValues, (text, values) => {
      const expected = inBufbuild(text, values);
      seen.add(JSON.stringify(expected));
      assert.deepEqual(inOurs(text, values), expected);
    }),
    { numRuns: relationComparisons },
  );
  assert.deepEqual(seen, new Set(['{"value":true}', '{"value":false}', '"failed"']));
});

test("an operator that is mistaken for another is found by the comparison", () => {
  for (const operator of ["&&", "||", "==", "<", "+", "in"]) {
    const broken = mistakes.get(operator);
    const found = fc.check(
      fc.property(chanceExpressions, chanceValues, (text, values) => {
        assert.deepEqual(inOurs(text, values, broken), inBufbuild(text, values));
      }),
      { numRuns: comparisonsOfMistake, endOnFailure: true },
    );
    assert.ok(found.failed, `a mistaken ${operator} was not found`);
  }
});

/** A value, or that there is none: the words of failures are everyone's own. */
type Outcome = { readonly value: Json } | "failed";

function inOurs(text: string, values: Values, broken?: Evaluate): Outcome {
  const celCase: CelCase = {
    file: "",
    name: "",
    text,
    names: chanceNames,
    values: new Map(Object.entries(values)),
    expected: { kind: "failure" },
    unchecked: false,
    lacks: new Set(),
    celTree: "",
  };
  const answer = answerOf(celCase, broken);
  // The checker may tell beforehand that a part is never true or always fails, which CEL only notices when it gets there.
  return outcomeOf("value" in answer ? answer : answerOf({ ...celCase, unchecked: true }, broken));
}

function outcomeOf(answer: Answer): Outcome {
  return "value" in answer ? { value: answer.value } : "failed";
}

function inBufbuild(text: string, values: Values): Outcome {
  const result = run(text, values);
  return isCelError(result) ? "failed" : { value: jsonOf(result) };
}

function inCelJs(text: string, values: Values): Outcome {
  try {
    return { value: jsonOf(celJs.evaluate(text, values)) };
  } catch (error) {
    assert.ok(error instanceof Error);
    return "failed";
  }
}

/** A library's value as JSON: one kind of number and no minus zero. */
function jsonOf(value: unknown): Json {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return value + 0;
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value) || isCelList(value)) return [...(value as Iterable<unknown>)].map(jsonOf);
  if (value instanceof Map || isCelMap(value)) {
    return Object.fromEntries(
      [...(value as Iterable<[unknown, unknown]>)].map(([key, item]) => [String(key), jsonOf(item)]),
    );
  }
  assert.ok(isJsonObject(value), `not a value: ${typeof value}`);
  return value;
}
