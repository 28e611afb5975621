// Expressions of chance over inputs of chance: what the checker accepts does not fail on a type when it runs.
// RUNWRIGHT_FUZZ_EXPRESSIONS sets how many, RUNWRIGHT_FUZZ_SEED the first; the seed of a failure is printed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { hasCode, RunwrightError } from "../../src/base/error.ts";
import type { Json, JsonObject } from "../../src/base/json.ts";
import { compileExpression } from "../../src/language/expression/check.ts";
import { evaluate } from "../../src/language/expression/evaluate.ts";
import type { Expression } from "../../src/language/expression/tree.ts";
import { typeOfSchema } from "../../src/language/expression/type.ts";
import { mutated, typedCase } from "./typed-chance.ts";

const count = Number(process.env["RUNWRIGHT_FUZZ_EXPRESSIONS"] ?? 10_000);
const firstSeed = Number(process.env["RUNWRIGHT_FUZZ_SEED"] ?? 1);
/** How long one expression may take, and how much more memory may be held after all of them. */
const hangMs = 1000;
const heapBytesMax = 64 * 1024 * 1024;
/** How many of the expressions must be accepted and give a value, so that the property says something. */
const valueShareMin = 0.5;

// What depends on the value and not on its type: the checker cannot know it.
const byValue = [
  "divided by zero",
  "not a finite number",
  "cannot read",
  "whole numbers up to 2^53",
  "which is no moment",
  "a list is indexed by a whole number",
];

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("what the checker accepts does not fail on a type, and nothing hangs or crashes", (context) => {
  const heldBefore = heldBytes();
  const counts = { value: 0, byValue: 0, refused: 0, loose: 0 };
  for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
    const { schema, values, text, loose } = typedCase(seed);
    for (const outcome of outcomesOf(seed, text, schema, values)) {
      if (outcome instanceof RunwrightError) {
        const excused = loose || isByValue(outcome);
        assert.ok(excused, `seed ${seed}: ${text}\n${outcome.message}\n${JSON.stringify({ schema, values })}`);
        counts[loose ? "loose" : "byValue"] += 1;
      } else counts[outcome] += 1;
    }
    outcomesOf(seed, mutated(seed, text), schema, values);
  }
  const grown = heldBytes() - heldBefore;
  assert.ok(grown < heapBytesMax, `${grown} bytes more are held`);
  context.diagnostic(JSON.stringify({ expressions: count * 2, ...counts, grownKib: Math.round(grown / 1024) }));
  assert.ok(counts.value / (count * 2) >= valueShareMin, JSON.stringify(counts));
});

test("values that do not satisfy their types are found out", () => {
  let found = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const { schema, text, loose } = typedCase(seed);
    const outcomes = outcomesOf(seed, text, schema, [{ a: {}, b: {}, c: {}, d: {}, e: {} }]);
    found += outcomes.filter((outcome) => outcome instanceof RunwrightError && !loose && !isByValue(outcome)).length;
  }
  assert.ok(found > 10, `${found} failures`);
});

type Outcome = "value" | "refused" | RunwrightError;

/** What becomes of an expression with each of the values; anything but a value or a failure of ours ends the test. */
function outcomesOf(seed: number, text: string, schema: JsonObject, values: readonly Json[]): readonly Outcome[] {
  const before = process.threadCpuUsage().user;
  try {
    const names = new Map([["inputs", typeOfSchema(schema)]]);
    const { expression, problems } = compileExpression(text, { names, step: () => undefined, stepIds: [] });
    assert.equal(expression === undefined, problems.length > 0);
    for (const { start, end } of problems) assert.ok(0 <= start && start <= end && end <= text.length);
    const outcomes = expression === undefined ? ["refused" as const] : values.map((inputs) => run(expression, inputs));
    assert.ok(process.threadCpuUsage().user - before < hangMs * 1000, "it takes too long");
    return outcomes;
  } catch (error) {
    throw new Error(`seed ${seed}: ${text}`, { cause: error });
  }
}

function run(expression: Expression, inputs: Json): Outcome {
  try {
    evaluate(expression, { name: (name) => (name === "inputs" ? inputs : undefined), step: () => null });
    return "value";
  } catch (error) {
    if (hasCode(error, "expression.failed") || hasCode(error, "expression.too-expensive")) return error;
    throw error;
  }
}

function isByValue(error: RunwrightError): boolean {
  return error.code === "expression.too-expensive" || byValue.some((words) => error.message.includes(words));
}

function heldBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
