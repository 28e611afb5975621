// What the run of mutants changes, and what it leaves alone. The run itself, `npm run mutate`, takes minutes and is no part of the tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, mutantsOf } from "./mutants.ts";

/** What becomes of a source, mutant by mutant. */
function changesOf(source: string): readonly string[] {
  return mutantsOf("x.ts", source).map((mutant) => applied(source, mutant));
}

test("operators, numbers, constants, texts, conditions, results and calls are changed, one at a time", () => {
  assert.deepEqual(changesOf("const a: boolean = b === 1;"), [
    "const a: boolean = b !== 1;",
    "const a: boolean = b === 2;",
  ]);
  assert.deepEqual(changesOf("x = a < b && !c;"), [
    "x = a <= b && !c;",
    "x = a >= b && !c;",
    "x = a < b || !c;",
    "x = a < b && c;",
  ]);
  assert.deepEqual(changesOf("x = a ?? (b, c);"), ["x = a;"]);
  assert.deepEqual(changesOf("if (a) done(b);"), ["if (!(a)) done(b);", "if (false) done(b);", "if (a) void 0;"]);
  assert.deepEqual(changesOf("while (a) {}"), ["while (false) {}"]);
  assert.deepEqual(changesOf("x = f(a ? b : c);"), ["x = f(!(a) ? b : c);"]);
  assert.deepEqual(changesOf("function f(): number { return g(h); }"), ["function f(): number { return undefined; }"]);
  assert.deepEqual(changesOf("x = true;"), ["x = false;"]);
  assert.deepEqual(changesOf('x = a === "map";'), ['x = a !== "map";', 'x = a === "";']);
  assert.deepEqual(changesOf("x = `a ${b + c} d`;"), ["x = `a ${b - c} d`;"]);
});

test("types, names of modules, messages, patterns, comments and keys are left alone", () => {
  assert.deepEqual(changesOf('import { a } from "b";\n'), []);
  assert.deepEqual(changesOf('type A = "b" | 3;\nconst a = new Map<string, 4>();\n'), []);
  assert.deepEqual(changesOf('say("write a < b", `c < d`);')[0], "void 0;");
  assert.equal(changesOf('say("write a < b", `c < d`);').length, 1);
  assert.deepEqual(changesOf("x = /[<]=1 && 2/; // 3 < 4\n"), []);
  assert.deepEqual(changesOf('x = { "a-b": y };'), []);
});
