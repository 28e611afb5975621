import assert from "node:assert/strict";
import { test } from "node:test";
import type { MissingGuard } from "./missing-guards.ts";
import { type Report, simulate } from "./simulate.ts";

const seeds = Number(process.env["RUNWRIGHT_SEEDS"] ?? 2000);
const firstSeed = Number(process.env["RUNWRIGHT_SEED"] ?? 1);

test(`${seeds} simulated worlds with crashes, store faults, cancels, pauses and clock jumps keep every promise`, async (context) => {
  const broken: string[] = [];
  const totals = { seeds, runs: 0, children: 0, calls: 0, crashes: 0, askedOnce: 0, violations: 0 };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const report = await simulate(seed);
    for (const name of ["runs", "children", "calls", "crashes"] as const) totals[name] += report[name];
    totals.askedOnce += report.asksOnce ? 1 : 0;
    totals.violations += report.violations.length;
    if (report.violations.length > 0) broken.push(`seed ${seed}: ${report.violations.join("; ")}`);
  }
  context.diagnostic(JSON.stringify({ simulation: totals }));
  assert.deepEqual(broken.slice(0, 10), [], "replay one with RUNWRIGHT_SEED=<seed> RUNWRIGHT_SEEDS=1");
  const { crashes, calls, children } = totals;
  assert.ok(
    seeds < 100 || (crashes > seeds / 10 && calls > seeds && children > seeds / 4),
    "the worlds were too quiet to prove anything",
  );
});

test("the same seed lives through the same world", async () => {
  for (const seed of [3, 58, 1042]) assert.deepEqual(await simulate(seed), await simulate(seed));
});

/** Each is broken without its guard; `once`: only where nobody asks twice. */
const controls: readonly (readonly [Exclude<MissingGuard, "none">, RegExp, "once"?])[] = [
  ["durable-commit", /left before its start was durable|was carried out again|lost|not ended|runs twice/],
  ["hold", /started after its cancel was durable/],
  ["hold", /started after its pause was durable/],
  ["fence", /left before its start was durable|was carried out again|runs twice|damaged|M\d/],
  ["fence", /two holders/],
  ["holders", /two holders/],
  ["nudge", /I5: it has not ended/, "once"],
  ["look", /I5: it has not ended/, "once"],
  ["child-end", /I5: it has not ended/],
  ["child-once", /has started more than one run/],
  ["cascade", /started after its cancel was durable/],
];

for (const [guard, seen, once] of controls) {
  const [broken] = seen.source.split("|");
  test(`control: without ${guard} the simulation finds ${broken}`, async () => {
    const shown = (report: Report): boolean =>
      (once === undefined || report.asksOnce) && report.violations.some((each) => seen.test(each));
    let found = false;
    for (let seed = 1; seed <= 400 && !found; seed += 1) found = shown(await simulate(seed, guard));
    assert.ok(found);
  });
}
