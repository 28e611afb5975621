// One scenario of one system in a process of its own: `node bench/scenario.js <system> <scenario>`. Prints one JSON line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type Contender,
  type Outcome,
  type Row,
  type ScenarioName,
  scenarioNames,
  type SystemName,
} from "./contender.ts";
import { openOpenRuns } from "./open-runs.ts";
import { openMastra } from "./peers/mastra.ts";
import { openOpenworkflow } from "./peers/openworkflow.ts";
import { percentile } from "./probe.ts";
import { openRunwright } from "./runwright.ts";
import { openProbe } from "./statements.ts";
import { openVersion } from "./version.ts";

type Open = (folder: string, scenario: ScenarioName) => Promise<Contender>;

const systems: Readonly<Record<SystemName, Open>> = {
  runwright: openRunwright,
  statements: openProbe,
  openworkflow: openOpenworkflow,
  mastra: openMastra,
};
/** Scenarios of Runwright that are about more than an open engine. */
const special: Readonly<Partial<Record<ScenarioName, Open>>> = {
  "open-runs-10000": openOpenRuns,
  version: openVersion,
};

const [system, name] = process.argv.slice(2) as [SystemName, ScenarioName];
if (!Object.hasOwn(systems, system) || !scenarioNames.includes(name))
  throw new Error(`Usage: scenario.js <${Object.keys(systems).join("|")}> <${scenarioNames.join("|")}>`);

const folder = mkdtempSync(path.join(process.env["RUNWRIGHT_BENCH_FOLDER"] ?? tmpdir(), "runwright-bench-"));
console.log(JSON.stringify(await measured(special[name] ?? systems[system])));
rmSync(folder, { recursive: true, maxRetries: 3 });
// Some peers keep timers and threads of their own.
process.exit(0);

async function measured(open: Open): Promise<Omit<Row, "round">> {
  await using contender = await open(folder, name);
  const run = contender.scenarios[name];
  if (run === undefined) throw new Error(`${system} has no scenario ${name}.`);
  // An engine without work is one that never had any.
  if (name !== "idle") await contender.warmUp();
  const before = process.cpuUsage();
  const began = performance.now();
  const outcome = await run();
  const ms = outcome.ms ?? performance.now() - began;
  const { user, system: kernel } = process.cpuUsage(before);
  const bytes = name === "idle" ? process.memoryUsage.rss() : process.resourceUsage().maxRSS * 1024;
  const cpuMs = Math.round((user + kernel) / 1000);
  const residentMb = Math.round(bytes / 1_048_576);
  return { system, scenario: name, ms: rounded(ms), steps: outcome.steps, cpuMs, residentMb, ...timesOf(outcome) };
}

function timesOf({ times }: Outcome): Pick<Row, "p50Ms" | "p99Ms"> {
  if (times === undefined) return {};
  return { p50Ms: rounded(percentile(times, 0.5)), p99Ms: rounded(percentile(times, 0.99)) };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
