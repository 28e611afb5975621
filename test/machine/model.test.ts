// The machine, lived through by chance: random plans, random lives, crashes at any boundary. `node test/machine/model.test.ts` runs it alone.
// A failure prints how it is run again: RUNWRIGHT_MODEL_SEED=<seed> RUNWRIGHT_MODEL_PATH=<path>. What was found goes to model/kept.ts.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { GateState, RunPhase, StepStatus } from "../../src/machine/states.ts";
import { gateTransitions, runTransitions, stepTransitions, type Transition } from "../../src/machine/states.ts";
import { Broken, type Invariant, nothingSeen, type Seen } from "./model/audit.ts";
import { kept } from "./model/kept.ts";
import { compareWithReference, live, type Tapes } from "./model/lives.ts";
import { realMachine } from "./model/machine.ts";
import { missingGuards } from "./model/missing-guards.ts";
import { tapeNumberMax } from "./model/tape.ts";

/** Model runs in all: four of five live through rough weather, one is compared with the reference. */
const runs = Number(process.env["RUNWRIGHT_MODEL_RUNS"] ?? 50_000);
const seed = process.env["RUNWRIGHT_MODEL_SEED"];
const path = process.env["RUNWRIGHT_MODEL_PATH"];
const tooFew = runs < 50_000 || seed !== undefined ? "too few runs to tell" : false;
/** Half of the runs are the same each time, so that what they show is too; the other half is new. */
const steadySeed = 1;

const numbers = fc.array(fc.nat(tapeNumberMax - 1), { maxLength: 120, size: "max" });
const tapes: fc.Arbitrary<Tapes> = fc.tuple(numbers, numbers);

/** What each promise says, and how often a campaign of 50,000 runs must have had an occasion to break it. */
const promises: readonly (readonly [Invariant, string, number])[] = [
  ["M1", "a state made of the journal is the state in memory, byte for byte", 10_000],
  ["M2", "what has ended, a step or the run, never changes", 500_000],
  ["M3", "no step leaves pending before its needs have ended", 200_000],
  ["M4", "no step has more attempts than its policy allows", 50_000],
  ["M5", "no loop has more iterations than it may", 5000],
  ["M6", "no instance has two attempts under way", 50_000],
  [
    "M7",
    "a key whose call has succeeded, or that has a receipt, is never called with again; a path, and an operation, keeps its key",
    50_000,
  ],
  ["M8", "nothing begins after the cancel, no operation of what still runs either", 100_000],
  ["M9", "a run waits for approval exactly when a gate is open and nothing else moves it on", 200_000],
  ["M10", "a gate is closed once", 10_000],
  ["M11", "whoever decides may, and about what the gate shows", 10_000],
  ["M13", "what the rules deny is never begun", 5000],
  ["M14", "the items of a for-each are fixed when it is expanded, and no two have one key", 10_000],
  ["M16", "no more calls of one run are under way than limits.parallel allows", 10_000],
  ["M19", "what a run has used up is what its receipts say, and no model is called once its budget is", 500_000],
  ["M20", "a paused run begins nothing, and no timer fires in it", 10_000],
  ["M21", "with a crash at any boundary a run takes the same course as without", 5000],
  ["I1", "the machine takes every event that it leads to, and refuses one that cannot follow", 2000],
  ["I5", "in fair weather every run comes to its end", 20_000],
  ["I8", "what was begun, and of which nobody knows, is called again only after a look or when people say so", 5000],
  ["I13", "nothing begins in a group, or a run, whose time is over", 100_000],
  [
    "rule 1",
    "which steps run, and how lists, groups, loops and items end, is what a reference says that knows no events",
    5000,
  ],
  ["rule 2", "behind a failure that stops its list only what is to run all the same begins", 100_000],
];

/** What a campaign says of a machine that took what cannot follow. */
const took = /I1: the machine took/;

/** Lives many runs through; gives the first broken promise with the words to run it again, and throws nothing. */
function campaign(many: number, options: { readonly seed?: number; readonly calm: boolean }, seen: Seen): string {
  const lived = options.calm ? compareWithReference : live;
  const one = fc.property(tapes, (each) => lived(each, realMachine, seen));
  const again = path === undefined ? {} : { path };
  const details = fc.check(one, { numRuns: many, ...(options.seed !== undefined && { seed: options.seed }), ...again });
  if (!details.failed) return "";
  const { errorInstance, counterexample } = details;
  const how = `RUNWRIGHT_MODEL_SEED=${details.seed} RUNWRIGHT_MODEL_PATH=${details.counterexamplePath ?? ""}`;
  return `${String(errorInstance)}\n${options.calm ? "calm, " : ""}${how}\n${JSON.stringify(counterexample?.[0])}`;
}

function brokenBy(each: Tapes, lived: typeof live, seen: Seen, machine = realMachine): Broken | undefined {
  try {
    lived(each, machine, seen);
    return undefined;
  } catch (error) {
    if (error instanceof Broken) return error;
    throw error;
  }
}

/** So rare that not every campaign meets it; "a rejection may leave nothing but another gate" in people.test.ts shows it. */
const rare = ["run running awaiting_approval gate.decided"];

describe("model runs", () => {
  const seen = nothingSeen();
  const found: string[] = [];

  test("what was found before stays mended", () => {
    for (const { why, tapes: each, calm } of kept)
      assert.equal(brokenBy(each, calm === true ? compareWithReference : live, seen), undefined, why);
  });

  test(`${runs} random runs of random plans keep every promise of the machine`, (context) => {
    const half = Math.ceil((runs * 2) / 5);
    if (seed === undefined) {
      found.push(campaign(half, { seed: steadySeed, calm: false }, seen));
      found.push(campaign(half, { calm: false }, seen));
      found.push(campaign(runs - 2 * half, { calm: true }, seen));
    } else for (const calm of [false, true]) found.push(campaign(runs, { seed: Number(seed), calm }, seen));
    const { events, crashes, transitions } = seen;
    // An event that cannot follow and is taken breaks I1, and ends the campaign.
    const illegal = { put: seen.occasions.get("I1") ?? 0, accepted: found.filter((each) => took.test(each)).length };
    const covered = `${transitions.size}/${listed().size}`;
    const figures = { runs, lived: seen.runs, events, crashes, transitions: covered, illegal };
    context.diagnostic(JSON.stringify({ model: figures }));
    assert.deepEqual(
      found.filter((each) => each !== ""),
      [],
    );
  });

  for (const [name, what, occasions] of promises) {
    test(`${name}: ${what}`, { skip: tooFew }, () => {
      assert.deepEqual(
        found.filter((each) => each.includes(`${name}: `)),
        [],
      );
      const had = seen.occasions.get(name) ?? 0;
      assert.ok(had >= occasions, `only ${had} occasions to break it`);
    });
  }

  test("every transition of the tables is seen in model runs, and no other", { skip: tooFew }, () => {
    for (const way of rare) if (!seen.transitions.has(way)) seen.transitions.set(way, 0);
    assert.deepEqual(differences(seen.transitions, listed()), []);
  });

  test("control: a row too many and a row too few are seen", { skip: tooFew }, () => {
    const rows = listed();
    assert.deepEqual(differences(seen.transitions, new Set([...rows, "step skipped ready run.resumed"])), [
      "listed and never seen: step skipped ready run.resumed",
    ]);
    rows.delete("gate open expired gate.expired");
    assert.deepEqual(differences(seen.transitions, rows), ["seen and not listed: gate open expired gate.expired"]);
  });
});

/** The tables' rows, one a line and event, as the audit notes them. */
function listed(): Set<string> {
  const rowsOf = (what: string, transitions: readonly Transition<StepStatus | RunPhase | GateState>[]): string[] =>
    transitions.flatMap(({ from = "-", to, by }) => by.map((kind) => `${what} ${from} ${to} ${kind}`));
  return new Set([
    ...rowsOf("step", stepTransitions),
    ...rowsOf("run", runTransitions),
    ...rowsOf("gate", gateTransitions),
  ]);
}

function differences(noted: ReadonlyMap<string, number>, rows: ReadonlySet<string>): readonly string[] {
  return [
    ...[...rows].filter((row) => !noted.has(row)).map((row) => `listed and never seen: ${row}`),
    ...[...noted.keys()].filter((row) => !rows.has(row)).map((row) => `seen and not listed: ${row}`),
  ];
}

describe("controls: a machine that lacks one guard is found out", () => {
  const sample = fc.sample(tapes, { numRuns: 4000, seed: steadySeed });

  test("each promise has its control", () => {
    const covered = new Set(Object.values(missingGuards).map(({ breaks }) => breaks));
    assert.deepEqual(
      promises.map(([name]) => name).filter((name) => !covered.has(name)),
      [],
    );
  });

  for (const [what, { breaks, machine }] of Object.entries(missingGuards)) {
    test(`${breaks} is broken when ${what}`, () => {
      const lived = breaks === "rule 1" ? compareWithReference : live;
      const found = sample.some((each) => brokenBy(each, lived, nothingSeen(), machine)?.invariant === breaks);
      assert.ok(found, `${sample.length} runs did not show it`);
    });
  }
});
