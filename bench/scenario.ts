// One scenario in a process of its own: `node bench/scenario.ts <name> [full|normal]`. Prints one JSON line.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { createLocalHost } from "../src/adapters/local-host/local-host.ts";
import { openSqliteStore } from "../src/adapters/sqlite/sqlite-store.ts";
import { createRealClock } from "../src/app/clock.ts";
import { openEngine } from "../src/engine/engine.ts";
import type { Plan } from "../src/language/plan.ts";
import type { Action } from "../src/ports/action.ts";
import type { RunRow } from "../src/ports/journal.ts";
import { type Bench, scenarios, sequence } from "./scenarios.ts";

const [name = "", synchronous = "full"] = process.argv.slice(2);
const scenario = scenarios[name];
if (scenario === undefined || (synchronous !== "full" && synchronous !== "normal")) {
  throw new Error(`Usage: node bench/scenario.ts <${Object.keys(scenarios).join("|")}> [full|normal]`);
}

const folder = mkdtempSync(path.join(process.env["RUNWRIGHT_BENCH_FOLDER"] ?? tmpdir(), "runwright-bench-"));
const action: Action = { run: () => Promise.resolve({ output: null }), [Symbol.asyncDispose]: () => Promise.resolve() };
const forever = new AbortController().signal;

{
  await using store = await openSqliteStore({
    folder,
    synchronous,
    holder: { pid: process.pid, host: hostname(), startedAt: Date.now() },
  });
  const clock = createRealClock();
  await using host = createLocalHost(clock, (error) => console.error(error));
  await using engine = await openEngine({
    store,
    host,
    action,
    clock,
    chance: Math.random,
    randomBytes: () => randomBytes(10),
  });

  const bench: Bench = {
    engine,
    async start(plan: Plan): Promise<RunRow> {
      const version = {
        digest: `${plan.workflow}-${plan.steps.length}-${plan.steps[0]?.verb.kind}`,
        workflow: "bench",
        draft: true,
        file: "",
        source: "",
        plan,
      };
      const scope = { tenant: "local", workspace: "default" };
      return (await engine.start({ scope, principal: { id: "bench", roles: ["*"] }, version, input: {}, env: {} })).row;
    },
    async completed({ key }) {
      const { summary } = await engine.settled(key, forever);
      if (summary.status !== "completed")
        throw new Error(`run ended as ${summary.status}: ${JSON.stringify(summary.error)}`);
    },
  };

  for (let warm = 0; warm < 3; warm += 1) await bench.completed(await bench.start(sequence(100)));
  const before = process.cpuUsage();
  const began = performance.now();
  const { steps, extra } = await scenario.run(bench);
  const ms = performance.now() - began;
  const cpu = process.cpuUsage(before);
  const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576);
  const figures = {
    ms: Math.round(ms),
    steps,
    perSecond: Math.round((steps / ms) * 1000),
    cpuMs: Math.round((cpu.user + cpu.system) / 1000),
    rssMb,
  };
  console.log(JSON.stringify({ scenario: name, synchronous, ...figures, ...extra }));
}
rmSync(folder, { recursive: true });
