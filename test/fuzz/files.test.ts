// Files made by chance, from the tables of fields and from the files of the project, right and wrong: the checker always answers, soon, and
// about places that exist; its fixes mend; its plans run. RUNWRIGHT_FUZZ_FILES says how many, RUNWRIGHT_FUZZ_FROM the first seed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileWorkflow } from "../../src/language/compile.ts";
import { planOf } from "../machine/play.ts";
import { seeded } from "../simulation/chance.ts";
import { fuzzFile, type FuzzFile } from "./file.ts";
import { fieldPaths } from "./from-fields.ts";
import { runPlan } from "./running.ts";
import { diagnosticFaults, fixFaults, judge } from "./verdict.ts";

const filesMax = Number(process.env["RUNWRIGHT_FUZZ_FILES"] ?? 5000);
const from = Number(process.env["RUNWRIGHT_FUZZ_FROM"] ?? 0);
/** Of the plans that this build can carry out, one in so many is run. */
const runEvery = filesMax < 100 ? 1 : 3;
/** With fewer files not every field has its turn. */
const reachMin = 3000;
const shrinksMax = 400;
const mistakesMax = 5;

const inFiles = new Set<string>();
const inPlans = new Set<string>();
const counts = { plans: 0, laterPlans: 0, runs: 0, fixes: 0 };

test(`${filesMax} files made by chance are answered, mended and run as they should`, async (t) => {
  const failures: string[] = [];
  for (let seed = from; seed < from + filesMax && failures.length < mistakesMax; seed += 1) {
    const file = fuzzFile(seed);
    const fault = await faultOf(file);
    if (fault !== undefined) failures.push(await told(file, fault));
  }
  const { plans, laterPlans, runs, fixes } = counts;
  t.diagnostic(`${plans} have a plan, ${laterPlans} of them for a later build; ${runs} were run, ${fixes} fixes tried`);
  assert.equal(failures.join("\n\n"), "");
});

/** It is in the same table for steps and for `defaults`, where a rule of its own refuses it. */
const refusedEverywhere = "file.defaults.cache.key";

const skip = filesMax < reachMin ? `needs ${reachMin} files` : false;

test("every field and verb of the tables was reached, and stood in a file with a plan", { skip }, () => {
  const paths = fieldPaths().filter((path) => path !== refusedEverywhere);
  assert.deepEqual(
    paths.filter((path) => !inFiles.has(path)),
    [],
  );
  assert.deepEqual(
    paths.filter((path) => !inPlans.has(path)),
    [],
  );
  assert.ok(counts.plans > filesMax / 5 && counts.runs > filesMax / 50 && counts.fixes > filesMax / 20);
  assert.ok(counts.laterPlans > filesMax / 20);
});

test("control: a diagnostic without a code, outside the text, in two lines or of words that were lost is found", () => {
  const source = { file: "x.workflow.yml", text: "workflow: x\n" };
  const good = {
    severity: "error",
    code: "E015",
    message: "m",
    range: { start: 0, end: 1 },
    path: "workflow",
  } as const;
  assert.deepEqual(diagnosticFaults(good, source), []);
  const wrong = [
    { ...good, code: "E000" },
    { ...good, range: { start: 0, end: 13 } },
    { ...good, message: "a\nb" },
    { ...good, message: "it is undefined" },
    { ...good, hint: "NaN" },
    { ...good, path: "steps.undefined" },
    { ...good, fix: { range: { start: 9, end: 8 }, text: "" } },
  ];
  for (const each of wrong) assert.equal(diagnosticFaults(each, source).length, 1, JSON.stringify(each));
});

test("control: a fix that mends nothing and one that breaks the file are found", () => {
  const source = { file: "x.workflow.yml", text: "workflow: X\nsteps: [{ function: work }]\n" };
  const compiled = compileWorkflow(source, { functions: ["work"] });
  const [found] = compiled.diagnostics;
  assert.ok(found?.fix);
  assert.deepEqual(fixFaults(found, compiled, source), []);
  assert.equal(fixFaults({ ...found, fix: { ...found.fix, text: "X" } }, compiled, source).length, 1);
  assert.equal(fixFaults({ ...found, fix: { ...found.fix, text: "[" } }, compiled, source).length, 1);
});

test("control: a run that ends with a fault of the machine is found", async () => {
  const plan = planOf("workflow: w\nsteps: [{ id: a, set: { n: 1 } }]\n");
  assert.deepEqual(await runPlan(plan, "good", seeded(1)), { status: "completed", faults: [] });
  const [step] = plan.steps;
  assert.ok(step);
  const prompt = { kind: "literal", value: "p" } as const;
  const verb = { kind: "agent", agents: [], skills: [], prompt, workspace: "temp", tools: [] } as const;
  const broken = { ...plan, steps: [{ ...step, verb }] };
  const { faults } = await runPlan(broken, "broken", seeded(1));
  assert.match(faults.join(), /machine\.illegal/);
});

/** The first thing that is wrong with what came of a file. */
async function faultOf(file: FuzzFile): Promise<string | undefined> {
  const { seed, name, text, used, kind } = file;
  const { faults, compiled, fixes } = judge({ file: name, text });
  counts.fixes += fixes;
  if (kind !== "wrong fields") for (const path of used) inFiles.add(path);
  if (faults.length > 0 || compiled?.plan === undefined) return faults[0];
  if (kind !== "wrong fields") for (const path of used) inPlans.add(path);
  counts.plans += 1;
  if (compiled.unsupported.length > 0) counts.laterPlans += 1;
  if (compiled.unsupported.length > 0 || seed % runEvery !== 0) return undefined;
  counts.runs += 1;
  return (await runPlan(compiled.plan, text, seeded(seed))).faults[0];
}

/** The fault, how to see it again, and the file with all lines left out that it does not need. */
async function told(file: FuzzFile, fault: string): Promise<string> {
  const again = `RUNWRIGHT_FUZZ_FROM=${file.seed} RUNWRIGHT_FUZZ_FILES=1 node test/run.ts test/fuzz/files.test.ts`;
  return `seed ${file.seed} (${file.kind}): ${fault}\nagain: ${again}\n${await shrunk(file, fault)}`;
}

async function shrunk(file: FuzzFile, fault: string): Promise<string> {
  const isSame = async (text: string): Promise<boolean> =>
    (await faultOf({ ...file, text }))?.slice(0, 4) === fault.slice(0, 4);
  let lines = file.text.split("\n");
  let tries = 0;
  for (let size = Math.ceil(lines.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < lines.length && tries < shrinksMax; tries += 1) {
      const fewer = lines.toSpliced(at, size);
      if (await isSame(fewer.join("\n"))) lines = fewer;
      else at += size;
    }
  }
  return lines.join("\n");
}
