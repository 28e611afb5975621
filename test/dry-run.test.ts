// M24: a dry run makes no call outside and has the events of a real run. RUNWRIGHT_DRY_PLANS says of how many random plans.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RunwrightError } from "../src/base/error.ts";
import { digestText } from "../src/base/digest.ts";
import type { Json } from "../src/base/json.ts";
import { dryRun, realRun, type Shape } from "./dry-run/compare.ts";
import { seeded } from "./simulation/chance.ts";
import { aloneSize, randomPlan } from "./simulation/plans.ts";

const plansMax = Number(process.env["RUNWRIGHT_DRY_PLANS"] ?? 300);

/** The same path gives the same answer, whatever the attempt. */
function answerAt(seed: number, path: string): Json | RunwrightError {
  const number = Number.parseInt(digestText(`${seed} ${path}`).slice(0, 8), 16);
  if (number % 5 === 0) return new RunwrightError("function.failed", "It fails at this path.");
  return [null, "a", 1, true, ["x", "y"], { a: 1, ok: true }][number % 6] ?? null;
}

test(`M24: over ${plansMax} random plans a dry run has the events of a real run with the same answers, in the same order`, async () => {
  const kinds = new Set<string>();
  for (let seed = 0; seed < plansMax; seed += 1) {
    const plan = randomPlan(seeded(seed), aloneSize);
    const { shape, fixtures } = await realRun(plan, ({ path }) => answerAt(seed, path));
    assert.deepEqual(await dryRun(plan, fixtures), shape, `seed ${seed}`);
    for (const event of shape) kinds.add(event.split(" ")[0] ?? "");
  }
  for (const kind of [
    "gate.decided",
    "iteration.started",
    "scope.expanded",
    "step.waiting",
    "step.failed",
    "step.cancelled",
  ])
    assert.ok(kinds.has(kind), `no run had ${kind}`);
});

test("control: a dry run that gets another answer differs", async () => {
  const differing: Shape[] = [];
  for (let seed = 0; seed < 40; seed += 1) {
    const plan = randomPlan(seeded(seed), aloneSize);
    const { shape, fixtures } = await realRun(plan, ({ path }) => answerAt(seed, path));
    const failed = Object.fromEntries(
      Object.keys(fixtures).map((path) => [path, { error: { code: "function.failed", message: "no" } }]),
    );
    const dry = await dryRun(plan, failed);
    if (JSON.stringify(dry) !== JSON.stringify(shape)) differing.push(dry);
  }
  assert.ok(differing.length > 10, `${differing.length} of 40 differ`);
});
