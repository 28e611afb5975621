// Good and faulty files, cut up and put together at random: the checker always answers, soon, and about places that exist.
// RUNWRIGHT_FUZZ_FILES sets how many; the seed of a failure is printed.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { compileWorkflow } from "./compile.ts";
import { formatDiagnostic } from "./report.ts";

const runs = Number(process.env["RUNWRIGHT_FUZZ_FILES"] ?? 1000);
const world = { functions: ["audit", "find"], assignments: ["create-app-plan"], roles: ["tech-lead"] };
const folder = new URL("golden/", import.meta.url);
const corpus = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), "utf8").split("=====\n")[0] ?? "");
const lines = corpus.flatMap((text) => text.split("\n"));
const hangMs = 1000;

const marks = "${ } # : - [ ] { } \" ' | > &a *a !!x --- \\ << ? \0 \ud800 \u{1f600} \t".split(" ");
const fields = [
  "id",
  "do:",
  "for_each:",
  "needs: [a]",
  "if: a.output",
  "else: a",
  "loop: {max_iters: 2}",
  "set: {n: 1}",
];
const snippets = fc.constantFrom(...marks, ...fields, "\n", "  ", ": ", "- ", "|\n");
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.oneof(fc.constant(0), fc.nat({ max: 40 })),
  insert: fc.oneof(
    snippets,
    fc.constantFrom(...lines).map((line) => `\n${line}\n`),
    fc.string({ maxLength: 8, unit: "binary" }),
  ),
});
const mutated = fc
  .tuple(fc.constantFrom(...corpus), fc.array(edit, { minLength: 1, maxLength: 6 }))
  .map(([text, edits]) =>
    edits.reduce((made, { at, drop, insert }) => {
      const offset = Math.floor(at * made.length);
      return made.slice(0, offset) + insert + made.slice(offset + drop);
    }, text),
  );
const shuffled = fc.array(fc.constantFrom(...lines), { maxLength: 30 }).map((parts) => parts.join("\n"));

/** Anything but an answer about places in the file fails the test. */
function survives(text: string): void {
  const source = { file: "x.workflow.yml", text };
  const before = process.threadCpuUsage().user;
  const { diagnostics, plan } = compileWorkflow(source, world);
  assert.ok(process.threadCpuUsage().user - before < hangMs * 1000, "it hangs");
  assert.equal(
    plan === undefined,
    diagnostics.some(({ severity }) => severity === "error"),
  );
  for (const diagnostic of diagnostics) {
    const { range, fix, message } = diagnostic;
    for (const { start, end } of fix === undefined ? [range] : [range, fix.range]) {
      assert.ok(start >= 0 && start <= end && end <= text.length, `the place of "${message}" lies in the file`);
    }
    assert.ok(formatDiagnostic(diagnostic, source).length < 5000);
    assert.doesNotMatch(message, /undefined|\[object|NaN/);
  }
  if (plan !== undefined) {
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan, "a Plan is plain JSON");
    for (const { waitsFor, index } of plan.steps)
      assert.ok(!waitsFor.includes(index) && new Set(waitsFor).size === waitsFor.length);
  }
}

test("a file that was cut up is answered like any other", () => {
  fc.assert(fc.property(mutated, survives), { numRuns: runs });
});

test("a file of lines from everywhere is answered like any other", () => {
  fc.assert(fc.property(shuffled, survives), { numRuns: Math.ceil(runs / 4) });
});
