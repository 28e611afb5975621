// Milliseconds to check and compile one file, warm: every example and every golden text, right or wrong: `node bench/language.ts [rounds]`.
import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { builtInConnectors } from "../src/connectors/built-in.ts";
import { compileWorkflow } from "../src/language/compile.ts";
import { median } from "./probe.ts";

const rounds = Number(process.argv[2] ?? "50");
const warmRounds = 10;
const goalMs = 25;
const root = path.join(import.meta.dirname, "..");
// What the examples name; a file that names more is refused early, and would look faster than it is.
const world = {
  functions: globSync("examples/**/functions/*.ts", { cwd: root })
    .map((file) => path.basename(file, ".ts"))
    .concat("audit"),
  assignments: ["create-app-plan"],
  roles: ["support-leads", "product-owner", "tech-lead"],
  connectors: builtInConnectors,
  agents: ["claude-code", "codex"],
  pins: {
    models: { fast: "openai/gpt-5-mini-2025-08-07" },
    connectors: { weather: "open-meteo@1.0.4" },
    agents: {},
  },
};

const sets = {
  examples: textsOf("examples/**/*.workflow.{yml,json}"),
  goldens: textsOf("src/language/golden/*").map((text) => text.split("=====\n")[0] ?? ""),
};

console.log(`${availableParallelism()} cores, Node ${process.version}, ${rounds} rounds, goal ${goalMs} ms a file`);
for (const [set, texts] of Object.entries(sets)) measure(set, texts);

function measure(set: string, texts: readonly string[]): void {
  for (let round = 0; round < warmRounds; round += 1) for (const text of texts) timeOf(text);
  const times = Array.from({ length: rounds }, () => texts.map(timeOf)).flat();
  const slowest = Math.max(
    ...texts.map((_, index) => median(times.filter((_time, at) => at % texts.length === index))),
  );
  const bytes = median(texts.map((text) => Buffer.byteLength(text)));
  const figures = { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99), slowestFileMs: rounded(slowest) };
  console.log(JSON.stringify({ set, files: texts.length, medianBytes: bytes, ...figures }));
}

function timeOf(text: string): number {
  const began = performance.now();
  compileWorkflow({ file: "bench.workflow.yml", text }, world);
  return performance.now() - began;
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function textsOf(pattern: string): readonly string[] {
  const files = globSync(pattern, { cwd: root }).toSorted();
  return files.map((file) => readFileSync(path.join(root, file), "utf8"));
}
