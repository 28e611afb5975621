import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import { compileExpression } from "./check.ts";
import { evaluate } from "./evaluate.ts";
import { functions } from "./functions.ts";
import { render } from "./template.ts";
import { compileText } from "./text.ts";
import { listOf, objectOf, types, type Type } from "./type.ts";
import { expressionLimits } from "./work.ts";

const inputs = objectOf(
  { name: types.text, limit: types.integer, tags: listOf(types.text), note: types.text },
  { optional: ["note"] },
);
const environment = {
  names: new Map<string, Type>([
    ["inputs", inputs],
    ["x", types.any],
  ]),
  step: (id: string) => (id === "s" ? { step: 0, id, fields: { output: types.any, status: types.text } } : undefined),
  stepIds: ["s"],
};
const values: readonly Json[] = [
  null,
  true,
  0,
  -1.5,
  1e308,
  "",
  "text",
  [],
  [1, "a", null],
  {},
  { a: { b: [1] }, __proto__x: 1 },
];

/** How much processor time one case may take before it counts as a hang; far above what a bounded evaluation needs. */
const hangMs = 1000;

/** The seed that a failure printed, to see it again. */
const { RUNWRIGHT_FUZZ_SEED: seed } = process.env;
const again = seed === undefined ? {} : { seed: Number(seed) };

/** Compiles and runs a text; anything but a result or one of our own errors fails the test. */
function survives(text: string, x: Json): void {
  const before = process.threadCpuUsage().user;
  const { expression, problems } = compileExpression(text, environment);
  assert.equal(expression === undefined, problems.length > 0, text);
  for (const { start, end, message, hint, fix } of problems) {
    assert.ok(start >= 0 && start <= end && end <= text.length, `the place of "${message}" lies in ${text}`);
    assert.ok(fix === undefined || (fix.start >= 0 && fix.end <= text.length && hint !== undefined), text);
  }
  if (expression !== undefined) {
    assert.deepEqual(JSON.parse(JSON.stringify(expression)), expression, "a tree is plain JSON");
    run(() =>
      evaluate(expression, {
        name: (name) => (name === "x" ? x : { name: "n", limit: 1, tags: ["a"] }),
        step: () => x,
      }),
    );
  }
  run(() => render(compileText(text, environment).template, { name: () => x, step: () => x }));
  assert.ok(process.threadCpuUsage().user - before < hangMs * 1000, `${text} takes too long`);
}

function run(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof RunwrightError && error.code.startsWith("expression."), String(error));
  }
}

const words = [
  ..."( ) [ ] { } . , : ? ! + - * / % < > = & | \" ' # $ \\ && || == != >= in contains startsWith ${ } not and".split(
    " ",
  ),
  ...'x x.a inputs.name inputs.note s.output s 1 0 2.5 1e9 "a" \'b\' null true has( .matches( i [0] ["a"] #s.a'.split(
    " ",
  ),
  ...'__proto__ constructor 1u b"x" "\\d" // é 😀 {"a":1} [1,2] .`a-b` .5 .map(i, .all(i, .filter(i,'.split(" "),
  ...[...functions.keys()].map((name) => `${name}(`),
  " ",
  "\n",
];

test("any heap of pieces of expressions is refused or evaluated, never more", () => {
  const heap = fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(heap, fc.constantFrom(...values), (text, x) => survives(text, x)),
    { numRuns: 9000, ...again },
  );
});

test("expressions that are made to be slow are answered in time", () => {
  const long = (start: string, part: (index: number) => string, end = ""): string => {
    const parts = Array.from({ length: 990 }, (_, index) => part(index));
    while (start.length + parts.join("").length + end.length > expressionLimits.textMax) parts.pop();
    return start + parts.join("") + end;
  };
  const brackets = ["(".repeat(30), ")".repeat(30)] as const;
  for (const text of [
    long(`x == ${brackets.join("x")}`, () => " in x"),
    long("x == x", (index) => (index % 2 === 0 ? " < x" : " == x")),
    long("x", (index) => ` && x.a${index} != null`),
    long("true", (index) => ` && has(x.a${index})`),
    long("false", () => " || x / 0 > 1"),
    long("true", () => " && x.all(i, i == x)"),
    long(`"${"-".repeat(100)}"`, () => " + (x)"),
    long("", () => "!", "x"),
    long("x", () => ".map(i, i)"),
  ]) {
    survives(text, [1]);
    survives(text, null);
  }
});

test("any text at all is refused or evaluated, never more", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => survives(text, null)),
    { numRuns: 3000, ...again },
  );
});

const wellFormed = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthIdentifier: "node" },
    fc.constantFrom(
      "x",
      "x.a",
      "x[0]",
      "inputs.name",
      "inputs.limit",
      "inputs.tags",
      "s.output.a",
      "null",
      "true",
      "1",
      "-2.5",
      '"a"',
      "[]",
      "{}",
    ),
    fc
      .tuple(
        tie("node"),
        fc.constantFrom("+", "-", "*", "/", "%", "==", "<", "&&", "||", "in", "contains", "endsWith"),
        tie("node"),
      )
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    fc.tuple(fc.constantFrom("!", "-"), tie("node")).map(([sign, of]) => `${sign}(${of})`),
    fc.tuple(tie("node"), tie("node"), tie("node")).map(([test_, yes, no]) => `((${test_}) ? (${yes}) : (${no}))`),
    fc
      .tuple(tie("node"), fc.constantFrom("all", "exists", "exists_one", "map", "filter"), tie("node"))
      .map(([of, macro, body]) => `(${of}).${macro}(x, ${body})`),
    fc
      .tuple(fc.constantFrom(...functions.keys()), fc.array(tie("node"), { minLength: 1, maxLength: 3 }))
      .map(([name, args]) => `${name}(${args.join(", ")})`),
    fc.array(tie("node"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc
      .tuple(fc.constantFrom("a", "__proto__", "constructor"), tie("node"))
      .map(([key, value]) => `{"${key}": ${value}}`),
  ),
})).node;

test("any well-formed expression is refused or evaluated, never more", () => {
  fc.assert(
    fc.property(wellFormed, fc.constantFrom(...values), (text, x) => survives(text, x)),
    { numRuns: 6000, ...again },
  );
});

test("evaluating twice gives the same, and leaves its values as they are", () => {
  fc.assert(
    fc.property(wellFormed, fc.jsonValue(), (text, given) => {
      const { expression } = compileExpression(text, environment);
      if (expression === undefined) return;
      const x = given as Json;
      const before = JSON.stringify(x);
      const outcome = (): string => {
        try {
          return JSON.stringify(evaluate(expression, { name: () => x, step: () => x }));
        } catch (error) {
          return String(error);
        }
      };
      assert.equal(outcome(), outcome());
      assert.equal(JSON.stringify(x), before);
    }),
    { numRuns: 3000, ...again },
  );
});
