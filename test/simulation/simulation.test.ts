import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "./simulate.ts";
import type { MissingGuard } from "./world.ts";

const seeds = Number(process.env["RUNWRIGHT_SEEDS"] ?? 2000);
const firstSeed = Number(process.env["RUNWRIGHT_SEED"] ?? 1);

test(`${seeds} simulated worlds with crashes, store faults, cancels, pauses and clock jumps keep every promise`, async (context) => {
  const broken: string[] = [];
  const totals = { seeds, runs: 0, calls: 0, effects: 0, crashes: 0, snapshots: 0, violations: 0 };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const report = await simulate(seed);
    totals.runs += report.runs;
    totals.calls += report.calls;
    totals.effects += report.effects;
    totals.crashes += report.crashes;
    totals.snapshots += report.snapshots;
    totals.violations += report.violations.length;
    if (report.violations.length > 0) broken.push(`seed ${seed}: ${report.violations.join("; ")}`);
  }
  context.diagnostic(JSON.stringify({ simulation: totals }));
  assert.deepEqual(broken.slice(0, 10), [], "replay one with RUNWRIGHT_SEED=<seed> RUNWRIGHT_SEEDS=1");
  assert.ok(totals.snapshots > seeds, "hardly a run was read from a snapshot");
  assert.ok(
    totals.crashes > seeds / 10 && totals.calls > seeds && totals.effects > seeds,
    "the worlds were too quiet to prove anything",
  );
});

test("the same seed lives through the same world", async () => {
  for (const seed of [3, 58, 1042]) assert.deepEqual(await simulate(seed), await simulate(seed));
});

for (const [guard, what, seen] of [
  ["durable-commit", "calls", /left before its start was durable|was carried out again|lost|not ended|runs twice/],
  ["hold", "calls", /started after its cancel was durable/],
  ["fence", "calls", /left before its start was durable|was carried out again|runs twice|damaged|M\d/],
  // The same guards, for the operations of what runs already.
  ["durable-commit", "operations", /^operation of .* left before its intent was durable/],
  ["hold", "operations", /^operation of .* was started after its cancel was durable/],
] as const satisfies readonly (readonly [MissingGuard, string, RegExp])[]) {
  test(`control: without ${guard} the simulation finds broken promises of ${what}`, async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 400 && found.length === 0; seed += 1) {
      const { violations } = await simulate(seed, guard);
      found.push(...violations.filter((each) => seen.test(each)));
    }
    assert.notEqual(found.length, 0);
  });
}
