import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, isAsExpected } from "./answer.ts";
import { celCases, type CelCase } from "./cases.ts";
import { mistakes } from "./mistakes.ts";
import { besideTheList, differences, leftOut, type Difference, type LeftOut } from "./reasons.ts";

/** Share of the asked cases that must pass. One that differs on purpose has not passed. */
const shareMin = 0.95;

/** How many cases each reason leaves out, so that a rule cannot come to hide a mistake. */
const leftOutCounts: Readonly<Record<LeftOut, number>> = {
  "int64/uint arithmetic": 218,
  bytes: 109,
  protobuf: 567,
  "non-string map keys": 31,
  enums: 85,
  "types as values": 23,
  "extension libraries": 562,
};

const cases = celCases();
const asked = cases.filter((celCase) => leftOut(celCase) === undefined);
const listed = new Map(
  Object.entries(differences).flatMap(([reason, names]) => names.map((name) => [name, reason as Difference])),
);
const idOf = ({ file, name }: CelCase): string => `${file} ${name}`;

test("the cases of the CEL project pass, but for those on the list", (context) => {
  const counts = new Map<string, Partial<Record<"passed" | LeftOut | Difference, number>>>();
  const missed: string[] = [];
  const differing = new Set<string>();
  for (const celCase of cases) {
    const outcome = outcomeOf(celCase);
    if (outcome === "missed") missed.push(`${idOf(celCase)}: ${celCase.text}`);
    if (listed.get(idOf(celCase)) === outcome) differing.add(idOf(celCase));
    for (const file of [celCase.file, "all files"]) {
      const row = counts.get(file) ?? {};
      if (outcome !== "missed") row[outcome] = (row[outcome] ?? 0) + 1;
      counts.set(file, row);
    }
  }
  for (const [file, row] of counts) context.diagnostic(JSON.stringify({ file, ...row }));

  assert.deepEqual(missed, []);
  const passing = [...listed.keys()].filter((id) => !differing.has(id));
  assert.deepEqual(passing, [], "these pass: take them off the list");

  const all = counts.get("all files") ?? {};
  const left = Object.fromEntries(Object.keys(leftOutCounts).map((reason) => [reason, all[reason as LeftOut]]));
  assert.deepEqual(left, leftOutCounts, "a rule that leaves cases out leaves out others than before");
  const passed = all.passed ?? 0;
  const beside = [...besideTheList].reduce((sum, reason) => sum + leftOutCounts[reason], 0);
  context.diagnostic(JSON.stringify({ cases: cases.length, asked: asked.length, passed, besideTheList: beside }));
  assert.ok(passed / asked.length >= shareMin, `${passed} of ${asked.length} asked cases pass`);
});

function outcomeOf(celCase: CelCase): "passed" | "missed" | LeftOut | Difference {
  const reason = leftOut(celCase);
  if (reason !== undefined) return reason;
  if (isAsExpected(celCase, answerOf(celCase))) return "passed";
  return listed.get(idOf(celCase)) ?? "missed";
}

test("the cases find any operator that is mistaken for another", () => {
  for (const [operator, broken] of mistakes) {
    const found = asked.some(
      (celCase) => !listed.has(idOf(celCase)) && !isAsExpected(celCase, answerOf(celCase, broken)),
    );
    assert.ok(found, `a mistaken ${operator} was not found`);
  }
});
