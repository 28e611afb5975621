// Runs the tests and ends with one line: `N passed, N failed`.
// Usage: node test/run.ts [--long] [file, folder or glob ...]. A size in the environment comes before one of --long.
import { globSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { run } from "node:test";
import { parseArgs } from "node:util";
import { report } from "./house/report.ts";

const root = path.resolve(import.meta.dirname, "..");
const fileMsMax = 5 * 60_000;
/** What `--long` makes of the tests that are as long as one likes. */
const longSizes = { RUNWRIGHT_CRASH_KILLS: "5000", RUNWRIGHT_SEEDS: "200000" };

const { values, positionals } = parseArgs({ options: { long: { type: "boolean" } }, allowPositionals: true });
if (values.long) Object.assign(process.env, longSizes, process.env);
process.chdir(root);

const wanted = positionals.length > 0 ? positionals : ["src", "test"];
const files = wanted.flatMap((name) => globSync(isFolder(name) ? `${name}/**/*.test.ts` : name)).toSorted();
const results = run({
  files: files.map((file) => path.resolve(file)),
  concurrency: availableParallelism(),
  ...(values.long ? {} : { timeout: fileMsMax }),
});
const total = await report(results, (line) => console.log(line));
if (total.passed === 0) console.log(`No test ran: ${files.length} files match ${wanted.join(", ")}.`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
