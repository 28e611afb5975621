// What a killed engine leaves behind, and how long the next one takes to go on. `node open-runs.js <folder>` leaves the runs and kills itself.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { limits } from "../src/base/limits.ts";
import type { RunRow } from "../src/ports/journal.ts";
import type { Contender, Outcome } from "./contender.ts";
import { sequence } from "./plans.ts";
import { type Bench, noopAction, openBench } from "./runwright.ts";

const runsCount = 10_000;
const plan = sequence(2);
const [, program, given] = process.argv;
if (program === fileURLToPath(import.meta.url) && given !== undefined) await leaveRuns(given);

/** Runwright over 10,000 runs whose calls were under way when the process was killed. */
export function openOpenRuns(folder: string): Promise<Contender> {
  return Promise.resolve({
    async warmUp() {
      const { signal } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), folder], { stdio: "inherit" });
      if (signal !== "SIGKILL") throw new Error(`The engine that leaves runs behind ended by ${signal ?? "itself"}.`);
      await Promise.resolve();
    },
    scenarios: { "open-runs-10000": () => goOn(folder) },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

/** The time is that to the first step; all runs must come to their end. */
async function goOn(folder: string): Promise<Outcome> {
  const began = performance.now();
  let firstMs: number | undefined;
  let calls = 0;
  const run: typeof noopAction.run = (call, signal) => {
    firstMs ??= performance.now() - began;
    calls += 1;
    return noopAction.run(call, signal);
  };
  await using bench = await openBench(folder, { ...noopAction, run });
  const rows = await allRuns(bench);
  await Promise.all(rows.map((row) => bench.completed(row, 2)));
  if (rows.length !== runsCount || calls !== 2 * runsCount || firstMs === undefined)
    throw new Error(`${rows.length} runs made ${calls} calls.`);
  return { steps: 2 * runsCount, ms: firstMs };
}

async function allRuns({ engine }: Bench): Promise<readonly RunRow[]> {
  const scope = { tenant: "local", workspace: "default" };
  const limit = limits.pageRowsMax;
  const rows = [...(await engine.list(scope, { limit }))];
  for (let last = rows.at(-1); last !== undefined && rows.length % limit === 0; last = rows.at(-1)) {
    const page = await engine.list(scope, { limit, before: last.key.run });
    if (page.length === 0) break;
    rows.push(...page);
  }
  return rows;
}

/** Starts runs whose first step never ends. */
async function leaveRuns(folder: string): Promise<void> {
  let calls = 0;
  const begun = Promise.withResolvers<void>();
  const run: typeof noopAction.run = () => {
    calls += 1;
    if (calls === runsCount) begun.resolve();
    return new Promise(() => undefined);
  };
  const bench = await openBench(folder, { ...noopAction, run });
  await Promise.all(Array.from({ length: runsCount }, () => bench.start(plan)));
  await begun.promise;
  process.kill(process.pid, "SIGKILL");
}
