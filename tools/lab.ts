// `npm run lab [-- NAME ...] [-- --quick]`: the long figures, one after the other: by the night, not by the commit. Each part prints its own; the
// last lines say how each ended. A size in the environment comes before the ones here. `--quick` only shows that everything runs.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";

/** A part of the lab: one command, and the sizes that it reads from the environment, in full and to try. */
interface Part {
  readonly says: string;
  readonly command: { readonly long: readonly string[]; readonly quick: readonly string[] };
  readonly sizes?: Readonly<Record<string, { readonly long: number; readonly quick: number }>>;
}

const root = path.resolve(import.meta.dirname, "..");
const fileSeconds = String(12 * 60 * 60);

const parts: Readonly<Record<string, Part>> = {
  bench: {
    says: "every scenario beside the other engines",
    command: {
      long: ["npm", "run", "bench", "--", "--rounds", "5"],
      quick: ["npm", "run", "bench", "--", "--rounds", "1", "--only", "start-to-result", "--without-peers"],
    },
  },
  commits: {
    says: "how long single commits wait",
    command: { long: ["node", "bench/commit-latency.ts", "5"], quick: ["node", "bench/commit-latency.ts", "1"] },
  },
  kills: {
    says: "kill -9 at named points and at random",
    command: tests("test/crash/crash.test.ts"),
    sizes: { RUNWRIGHT_KILLS: { long: 3000, quick: 24 } },
  },
  effects: {
    says: "kill -9 at every point of an effect, for each class",
    command: tests("test/effect-kills"),
    sizes: { RUNWRIGHT_EFFECT_KILLS: { long: 3000, quick: 24 } },
  },
  model: {
    says: "the machine lived through by chance",
    command: tests("test/machine/model.test.ts"),
    sizes: { RUNWRIGHT_MODEL_RUNS: { long: 1_000_000, quick: 1000 } },
  },
  simulation: {
    says: "worlds with crashes, faults and clock jumps",
    command: tests("test/simulation"),
    sizes: { RUNWRIGHT_SEEDS: { long: 200_000, quick: 200 } },
  },
  power: {
    says: "disks as a power cut leaves them",
    command: tests("test/power-loss"),
    sizes: { RUNWRIGHT_POWER_IMAGES: { long: 50_000, quick: 500 } },
  },
  fuzz: {
    says: "files and expressions made by chance",
    command: tests("test/fuzz", "test/cel/soundness.test.ts"),
    sizes: {
      RUNWRIGHT_FUZZ_FILES: { long: 50_000, quick: 500 },
      RUNWRIGHT_FUZZ_EXPRESSIONS: { long: 200_000, quick: 2000 },
    },
  },
  mutation: {
    says: "changes of the checker that no test notices",
    command: {
      long: ["npm", "run", "mutate", "--", "--workers", "2"],
      quick: ["npm", "run", "mutate", "--", "--workers", "2", "--mutants", "4"],
    },
  },
};

const { values, positionals } = parseArgs({
  options: { quick: { type: "boolean", default: false } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(parts);
const unknown = names.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(", ")} in the lab; it has ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}

const ends = names.map(carryOut);
console.log("");
for (const { name, isGood, minutes } of ends)
  console.log(
    `${isGood ? "ok  " : "FAIL"} ${name.padEnd(11)} ${minutes.toFixed(1).padStart(6)} min   ${parts[name]?.says}`,
  );
process.exitCode = ends.every(({ isGood }) => isGood) ? 0 : 1;

/** Runs a part to its end; the next one follows however it ended. */
function carryOut(name: string): { readonly name: string; readonly isGood: boolean; readonly minutes: number } {
  const { command, sizes = {}, says } = parts[name] ?? { command: { long: [], quick: [] }, says: "" };
  const length = values.quick ? "quick" : "long";
  const given = Object.entries(sizes).map(
    ([size, numbers]) => [size, process.env[size] ?? String(numbers[length])] as const,
  );
  const [program = "", ...options] = command[length];
  console.log(`\n## ${name}: ${says}${given.map(([size, number]) => `, ${size}=${number}`).join("")}\n`);

  const began = performance.now();
  const [file, before] = programOf(program);
  const env = { ...process.env, ...Object.fromEntries(given) };
  const { status } = spawnSync(file, [...before, ...options], { cwd: root, env, stdio: "inherit" });
  return { name, isGood: status === 0, minutes: (performance.now() - began) / 60_000 };
}

/** npm is started by this Node: on some platforms its own program is a script of the shell. */
function programOf(program: string): readonly [string, readonly string[]] {
  if (program === "node") return [process.execPath, []];
  const npm = process.env["npm_execpath"];
  if (npm === undefined) throw new Error("Start the lab by `npm run lab`: parts of it need npm.");
  return [process.execPath, [npm]];
}

function tests(...places: readonly string[]): Part["command"] {
  const command = ["node", "test/run.ts", "--file-seconds", fileSeconds, ...places];
  return { long: command, quick: command };
}
