// Do the tests of the language notice when it is changed? `npm run mutate [-- --mutants 600 | --all] [--only src/language/check/] [--workers 2]
// [--seed 1]`. With `--only src/policy/` the rules are changed and their tests asked. Prints each mutant as a JSON line, then the figures of each file and `N of M killed (P %)`.
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { root } from "../house/sources.ts";
import { seeded } from "../simulation/chance.ts";
import { type Coverage, measureCoverage } from "./coverage.ts";
import { reasonOf } from "./equivalent.ts";
import { applied, type Mutant, mutantsOf } from "./mutants.ts";
import { createWorker, type Worker } from "./pool.ts";

const targets = "src/language/{expression,check,compile,schema,source}/*.ts";
const testsOfLanguage = [
  "src/language/**/*.test.ts",
  "test/cel/*.test.ts",
  "test/machine/running.test.ts",
  "test/machine/people.test.ts",
];
const rules = "src/policy/*.ts";
const testsOfRules = ["src/policy/*.test.ts", "test/policy/small-worlds.test.ts"];
/** These draw their cases anew each time or take long; a mutant that only they notice counts as alive. */
const tooLong = /(?:fuzz|hostile|differential)\.test\.ts$/;
const msLeast = 20_000;
const timesSlower = 10;

const { values } = parseArgs({
  options: {
    mutants: { type: "string", default: "600" },
    all: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    workers: { type: "string", default: String(availableParallelism()) },
    seed: { type: "string", default: "1" },
  },
});

const isOfRules = values.only.startsWith("src/policy/");

type Result = "killed" | "timeout" | "survived" | "not reached" | "equivalent";

const copy = mkdtempSync(path.join(tmpdir(), "runwright-mutation-"));
try {
  process.exitCode = await mutate();
} finally {
  rmSync(copy, { recursive: true, force: true });
}

async function mutate(): Promise<number> {
  for (const name of ["src", "test", "examples", "docs", "package.json"])
    cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  const workers = Array.from({ length: Math.max(1, Number(values.workers)) }, () => createWorker(copy));
  const tests = (isOfRules ? testsOfRules : testsOfLanguage)
    .flatMap((pattern) => globSync(pattern, { cwd: copy }))
    .filter((file) => !tooLong.test(file))
    .toSorted();
  const coverage = await measureCoverage(workers[0] as Worker, copy, tests);
  for (const name of coverage.broken) say(JSON.stringify({ broken: name }));
  const chosen = choose();
  say(`${chosen.length} mutants, ${tests.length} files of tests`);

  const figures = new Map<string, Map<Result, number>>();
  const waiting = chosen.entries();
  await Promise.all(
    workers.map(async (worker) => {
      for (const [id, mutant] of waiting) note(figures, mutant, await resultOf(worker, coverage, mutant, id));
      worker.close();
    }),
  );
  return summary(figures);
}

/** All mutants, or as many as were asked for, always the same ones. */
function choose(): readonly Mutant[] {
  const files = globSync(isOfRules ? rules : targets, { cwd: copy }).filter(
    (file) => !file.endsWith(".test.ts") && file.startsWith(values.only),
  );
  const all = files.toSorted().flatMap((file) => mutantsOf(file, readFileSync(path.join(copy, file), "utf8")));
  const chance = seeded(Number(values.seed));
  const shuffled = all.map((mutant) => ({ mutant, rank: chance.next() })).toSorted((a, b) => a.rank - b.rank);
  say(`${all.length} mutants in ${files.length} files`);
  return shuffled.slice(0, values.all ? all.length : Number(values.mutants)).map(({ mutant }) => mutant);
}

async function resultOf(
  worker: Worker,
  coverage: Coverage,
  mutant: Mutant,
  id: number,
): Promise<{ readonly result: Result; readonly by?: string }> {
  const source = readFileSync(path.join(copy, mutant.file), "utf8");
  const reason = reasonOf(mutant, source);
  if (reason !== undefined) return { result: "equivalent", by: reason };
  const { tests, ms } = coverage.testsFor(mutant.file, mutant.start);
  if (tests.length === 0) return { result: "not reached" };
  const change = { file: mutant.file, source: applied(source, mutant) };
  const outcome = await worker.ask({ id, change, tests, skip: coverage.broken }, Math.max(msLeast, ms * timesSlower));
  if (outcome === "timeout") return { result: "timeout" };
  const [by] = outcome.failed;
  return by === undefined ? { result: "survived" } : { result: "killed", by };
}

function note(
  figures: Map<string, Map<Result, number>>,
  mutant: Mutant,
  outcome: { readonly result: Result; readonly by?: string },
): void {
  const { file, line, kind, from, to } = mutant;
  const own = figures.get(file) ?? new Map<Result, number>();
  own.set(outcome.result, (own.get(outcome.result) ?? 0) + 1);
  figures.set(file, own);
  say(JSON.stringify({ ...outcome, file, line, kind, from: from.slice(0, 120), to: to.slice(0, 120) }));
}

/** Figures by file and in all; a mutant that never ends was noticed. */
function summary(figures: ReadonlyMap<string, ReadonlyMap<Result, number>>): number {
  const of = (counts: ReadonlyMap<Result, number>, ...results: readonly Result[]): number =>
    results.reduce((sum, result) => sum + (counts.get(result) ?? 0), 0);
  let killed = 0;
  let total = 0;
  for (const [file, counts] of [...figures].toSorted(([a], [b]) => a.localeCompare(b))) {
    say(JSON.stringify({ file, ...Object.fromEntries(counts) }));
    killed += of(counts, "killed", "timeout");
    total += of(counts, "killed", "timeout", "survived", "not reached");
  }
  const percent = total === 0 ? 0 : Math.floor((killed / total) * 1000) / 10;
  say(`${killed} of ${total} killed (${percent} %)`);
  return total === 0 ? 1 : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
