// Runs the tests and ends with one line: `N passed, N failed`.
// Usage: node test/run.ts [--long] [--file-seconds N] [file, folder or glob ...]. A size in the environment comes before one of --long.
import { globSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { run } from "node:test";
import { parseArgs } from "node:util";
import { report, type Total } from "./house/report.ts";

const root = path.resolve(import.meta.dirname, "..");
/** What `--long` makes of the tests that are as long as one likes. */
const longSizes = {
  RUNWRIGHT_KILLS: "5000",
  RUNWRIGHT_MODEL_RUNS: "1000000",
  RUNWRIGHT_SEEDS: "200000",
  RUNWRIGHT_FUZZ_FILES: "50000",
  RUNWRIGHT_POWER_IMAGES: "50000",
  RUNWRIGHT_TIMERS: "100000",
  RUNWRIGHT_RACES: "1000",
  RUNWRIGHT_FLIPS: "10000",
  RUNWRIGHT_TAMPERS: "10000",
  RUNWRIGHT_EFFECT_KILLS: "3000",
};
const fileSecondsUsual = 420;
const fileSecondsLong = 4 * 60 * 60;

const { values, positionals } = parseArgs({
  options: { long: { type: "boolean" }, "file-seconds": { type: "string" } },
  allowPositionals: true,
});
if (values.long) Object.assign(process.env, longSizes, process.env);
process.chdir(root);

/** A size of one's own may be as long as a long one. */
const isLong = Object.keys(longSizes).some((name) => process.env[name] !== undefined);
const fileMsMax = Number(values["file-seconds"] ?? (isLong ? fileSecondsLong : fileSecondsUsual)) * 1000;
const wanted = positionals.length > 0 ? positionals : ["src", "test"];
const files = wanted.flatMap((name) => globSync(isFolder(name) ? `${name}/**/*.test.ts` : name)).toSorted();
const waiting = files.values();
const totals = (await Promise.all(Array.from({ length: availableParallelism() }, runWaiting))).flat();

const passed = sum("passed");
const failed = sum("failed");
const skipped = sum("skipped");
if (passed === 0) console.log(`No test passed: ${files.length} files match ${wanted.join(", ")}.`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);

/** Takes one file after the other, as long as there are any. */
async function runWaiting(): Promise<readonly Total[]> {
  const done: Total[] = [];
  for (const file of waiting) done.push(await runFile(path.resolve(file)));
  return done;
}

/**
 * Runs one file and prints what it says in one piece. A file that does not end is killed and has failed: a bound on each test would not do,
 * because a file whose tests are over goes on for as long as something in it is open.
 */
async function runFile(file: string): Promise<Total> {
  const lines: string[] = [];
  const results = run({ files: [file], signal: AbortSignal.timeout(fileMsMax) });
  const total = await report(results, (line) => lines.push(line));
  console.log(lines.join("\n"));
  return total;
}

function sum(kind: keyof Total): number {
  return totals.reduce((so, total) => so + total[kind], 0);
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
