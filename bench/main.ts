// `npm run bench [-- --rounds 5] [-- --only sequential-1000]`: every scenario in a process of its own, in interleaved rounds, the disk probed
// before each round. Prints medians, and each figure as a JSON line for tools.
import { execFileSync } from "node:child_process";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { median, probeDisk } from "./probe.ts";
import { scenarios } from "./scenarios.ts";

interface Row {
  readonly scenario: string;
  readonly ms: number;
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** Rounds whose disk was slower than the quickest by more than this are reported, and not compared. */
const probeSpreadMax = 1.5;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, only: { type: "string" } } });
const rounds = Math.max(1, Number(values.rounds));
const names = Object.keys(scenarios).filter((name) => values.only === undefined || name === values.only);
const folder = process.env["RUNWRIGHT_BENCH_FOLDER"] ?? tmpdir();

console.log(
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node ${process.version}, SQLite synchronous=FULL, folder ${folder}`,
);
const rows: Row[] = [];
const probes: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  const { p50, p99 } = probeDisk(folder);
  probes.push(p50);
  console.log(JSON.stringify({ round, fdatasyncP50Ms: rounded(p50), fdatasyncP99Ms: rounded(p99) }));
  for (const name of names) {
    const line = execFileSync(process.execPath, [path.join(import.meta.dirname, "scenario.ts"), name], {
      encoding: "utf8",
    }).trim();
    console.log(line);
    rows.push(JSON.parse(line) as Row);
  }
}

console.log("");
console.log(
  `${"scenario".padEnd(62)}${"ms".padStart(8)}${"steps/s".padStart(10)}${"cpu ms".padStart(8)}${"MB".padStart(6)}`,
);
for (const name of names) {
  const own = rows.filter((row) => row.scenario === name);
  const figure = (pick: (row: Row) => number): number => median(own.map((row) => pick(row)));
  const times =
    own[0]?.p50Ms === undefined
      ? ""
      : `   p50 ${rounded(figure((row) => row.p50Ms ?? 0))} ms, p99 ${rounded(figure((row) => row.p99Ms ?? 0))} ms`;
  const title = (scenarios[name]?.title ?? name).padEnd(62);
  const columns = [
    figure((row) => row.ms),
    figure((row) => row.perSecond),
    figure((row) => row.cpuMs),
    figure((row) => row.rssMb),
  ];
  console.log(
    title + columns.map((value, index) => String(value).padStart([8, 10, 8, 6][index] ?? 8)).join("") + times,
  );
}
const spread = Math.max(...probes) / Math.min(...probes);
console.log(`disk: fdatasync p50 ${rounded(median(probes))} ms (median of rounds), spread ${rounded(spread)}`);
if (spread > probeSpreadMax)
  console.log("The disk changed too much between the rounds: do not compare these figures with others.");

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
