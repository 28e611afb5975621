// `npm run bench [-- --rounds 5] [--only NAME] [--without-peers]`: every scenario of every system in a process of its own, in interleaved rounds,
// the disk probed before each. Prints each row as a line of JSON for tools, then one table. What runs is built first: it is what is published.
import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { peers, type Row, type ScenarioName, scenarioNames, scenarios, type SystemName } from "./contender.ts";
import { comparable, probeSpreadMax } from "./figures.ts";
import { installPeers } from "./peers/install.ts";
import { median, probeDisk } from "./probe.ts";
import { type Absence, tableOf } from "./table.ts";

const root = process.cwd();
const built = fileURLToPath(new URL("..", import.meta.url));
const roundsFew = 5;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: String(roundsFew) },
    only: { type: "string" },
    "without-peers": { type: "boolean", default: false },
  },
});
const rounds = Math.max(1, Number(values.rounds));
const names = scenarioNames.filter((name) => values.only === undefined || name === values.only);
if (names.length === 0) throw new Error(`--only takes one of ${scenarioNames.join(", ")}.`);
const folder = process.env["RUNWRIGHT_BENCH_FOLDER"] ?? tmpdir();

// The built program reads its version from there.
cpSync(path.join(root, "package.json"), path.join(built, "package.json"));
const absent = new Map<SystemName, Absence>();
if (values["without-peers"] || !installPeers(root, built)) for (const peer of peers) absent.set(peer, "not installed");

console.log(
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node ${process.version}, SQLite synchronous=FULL, folder ${folder}`,
);
const rows: Row[] = [];
const probes = new Map<number, number>();
for (let round = 1; round <= rounds; round += 1) {
  const { p50, p99 } = probeDisk(folder);
  probes.set(round, p50);
  console.log(JSON.stringify({ round, fdatasyncP50Ms: rounded(p50), fdatasyncP99Ms: rounded(p99) }));
  for (const name of names) {
    for (const system of scenarios[name].systems) if (!absent.has(system)) measure(system, name, round);
  }
}

const kept = comparable(probes);
const dropped = [...probes.keys()].filter((round) => !kept.has(round));
console.log("");
for (const line of tableOf(
  rows.filter(({ round }) => kept.has(round)),
  absent,
))
  console.log(line);
console.log("");
console.log(`Medians of ${kept.size} rounds; a peer's cell holds its ms and how many times as long it takes.`);
console.log(`fdatasync p50 ${rounded(median([...probes.values()]))} ms (median of the rounds).`);
if (dropped.length > 0)
  console.log(
    `Left out, because their disk differed by more than ${probeSpreadMax} times: rounds ${dropped.join(", ")}.`,
  );
if (kept.size < roundsFew) console.log(`Fewer than ${roundsFew} rounds: these are no figures to quote.`);

/** A peer that fails gets no further figures; a failure of Runwright ends the bench. */
function measure(system: SystemName, name: ScenarioName, round: number): void {
  const program = path.join(built, "bench", "scenario.js");
  try {
    const said = execFileSync(process.execPath, [program, system, name], { encoding: "utf8", cwd: root });
    const row = { round, ...(JSON.parse(said.trim().split("\n").at(-1) ?? "") as Omit<Row, "round">) };
    console.log(JSON.stringify(row));
    rows.push(row);
  } catch (error) {
    if (!peers.includes(system)) throw error;
    absent.set(system, "failed");
    console.error(error instanceof Error ? error.message : String(error));
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
