// docs/states.md is what the tables of the machine give. `UPDATE_DOCS=1 node test/states.test.ts` writes it anew. That the tables are what
// runs do is shown by test/machine/model.test.ts.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { assertStepTransition, hasEnded, isTerminal, type StepStatus, stepTransitions } from "../src/machine/states.ts";
import { root } from "./house/sources.ts";
import { statesReference } from "./reference/states.ts";

const place = path.join(root, "docs", "states.md");
const statuses: readonly StepStatus[] = [
  "pending",
  "ready",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
  "skipped",
];

test("docs/states.md is what the tables give", () => {
  const text = statesReference();
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(place, text);
  assert.equal(readFileSync(place, "utf8").replaceAll("\r\n", "\n"), text);
});

test("the page has every way of the tables in a diagram and in a row", () => {
  const text = readFileSync(place, "utf8");
  for (const { from = "[*]", to, by } of stepTransitions) {
    assert.ok(text.includes(`    ${from} --> ${to}\n`), `${from} to ${to}`);
    for (const kind of by) assert.ok(text.includes(`\`${kind}\``), kind);
  }
});

test("the machine takes a step along the ways of the table, and refuses every other by name", () => {
  for (const from of statuses)
    for (const to of statuses) {
      const isListed = stepTransitions.some((each) => each.from === from && each.to === to);
      if (isListed) assertStepTransition("a", from, to);
      else
        assert.throws(() => assertStepTransition("a", from, to), {
          code: "machine.illegal",
          message: `Step instance a cannot go from ${from} to ${to}.`,
        });
    }
});

test("what no way leads out of has ended", () => {
  assert.deepEqual(statuses.filter(hasEnded), ["succeeded", "failed", "cancelled", "skipped"]);
  assert.deepEqual(
    (["created", "running", "awaiting_approval", "paused", "completed", "failed", "cancelled"] as const).filter(
      isTerminal,
    ),
    ["completed", "failed", "cancelled"],
  );
});
