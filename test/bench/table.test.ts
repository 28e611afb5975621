import assert from "node:assert/strict";
import { test } from "node:test";
import { type Row, scenarios } from "../../bench/contender.ts";
import { comparable, figuresOf, timeOf } from "../../bench/figures.ts";
import { goals } from "../../bench/goals.ts";
import { tableOf } from "../../bench/table.ts";

function row(system: Row["system"], scenario: Row["scenario"], ms: number, more: Partial<Row> = {}): Row {
  return { system, scenario, round: 1, ms, steps: 1000, cpuMs: 0, residentMb: 100, ...more };
}

/** The cells of the line that has this text in it. */
function cells(lines: readonly string[], text: string): readonly string[] {
  const line = lines.find((each) => each.includes(text)) ?? "";
  return line.split("|").map((cell) => cell.trim());
}

test("only rounds whose disk was like that of the middle one are compared", () => {
  const probes = [1, 1.4, 0.9, 4, 0.5].map((ms, index) => [index + 1, ms] as const);
  assert.deepEqual(comparable(new Map(probes)), new Set([1, 2, 3]));
  assert.deepEqual(comparable(new Map([[1, 3]])), new Set([1]));
});

test("a ratio is the median of those of single rounds, and only of rounds in which both were measured", () => {
  const rows = [
    ...[10, 20, 100].map((ms, index) => row("runwright", "sequential-1000", ms, { round: index + 1 })),
    ...[40, 100, 100].map((ms, index) => row("openworkflow", "sequential-1000", ms, { round: index + 1 })),
    row("openworkflow", "sequential-1000", 1, { round: 4 }),
  ];
  const of = (system: Row["system"]) => ({ system, scenario: "sequential-1000", pick: timeOf }) as const;
  assert.equal(figuresOf(rows).ratio(of("runwright"), of("openworkflow")), 4);
  assert.equal(figuresOf(rows).ratio(of("runwright"), of("mastra")), undefined);
});

test("the table says of each goal whether it was met, by how much, and what was not measured", () => {
  const rows = [
    row("runwright", "sequential-1000", 100),
    row("statements", "sequential-1000", 70),
    row("openworkflow", "sequential-1000", 390),
    row("runwright", "start-to-result", 1000, { p50Ms: 0.9, p99Ms: 6 }),
    row("runwright", "idle", 0, { steps: 0, residentMb: 70 }),
  ];
  const lines = tableOf(
    rows,
    new Map([
      ["mastra", "failed"],
      ["openworkflow", "not installed"],
    ]),
  );
  const met = (text: string): string | undefined => cells(lines, text).at(-2);
  assert.deepEqual(cells(lines, "(a) one run").slice(2, 9), [
    "100",
    "100",
    "100",
    "390 (3.9 x)",
    "failed",
    "G1: >= 4 times openworkflow",
    "not met (3.9)",
  ]);
  assert.equal(met("bare statements"), "met (70)");
  assert.equal(met("p50 <= 1 ms"), "met (0.9)");
  assert.equal(met("p99 <= 5 ms"), "not met (6)");
  assert.equal(met("<= 90 MB"), "met (70)");
  assert.equal(cells(lines, "(d) start").at(5), "not installed");
  assert.equal(lines.filter((line) => line.includes("(b)")).length, 0);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
});

test("a figure of which the other half is missing meets no goal and fails none", () => {
  const lines = tableOf([row("runwright", "fan-out-100000", 2000, { steps: 100_000 })], new Map());
  assert.equal(cells(lines, "an item").at(-2), "not measured");
  assert.equal(cells(lines, "<= 3,000 ms").at(-2), "met (2,000)");
});

test("each goal stands at a scenario in which what it compares is measured", () => {
  for (const { name, scenario, says } of goals) {
    const { systems } = scenarios[scenario];
    if (says.includes("Mastra")) assert.ok(systems.includes("mastra"), name);
    if (says.includes("statements")) assert.ok(systems.includes("statements"), name);
  }
});
