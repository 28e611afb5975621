import { readFileSync } from "node:fs";
import path from "node:path";
import type { Worker } from "./pool.ts";

/** Which files of tests reach which part of which source. */
export interface Coverage {
  /** Tests that fail without any mutant: they can notice none. */
  readonly broken: readonly string[];
  /** Files of tests that reach this place, the quickest first, with the time that all of them take together. */
  readonly testsFor: (file: string, offset: number) => { readonly tests: readonly string[]; readonly ms: number };
}

const msMax = 300_000;

/** Runs each file of tests by itself and notes what it reaches. */
export async function measureCoverage(worker: Worker, root: string, tests: readonly string[]): Promise<Coverage> {
  const reached = new Map<string, Map<string, Uint8Array>>();
  const broken: string[] = [];
  const times = new Map<string, number>();
  for (const [index, test] of tests.entries()) {
    const outcome = await worker.ask({ id: 1_000_000 + index, tests: [test], cover: true }, msMax);
    if (outcome === "timeout") throw new Error(`${test} does not end, without any mutant.`);
    broken.push(...outcome.failed);
    times.set(test, outcome.ms);
    for (const { file, ranges } of outcome.covered ?? []) {
      const places = new Uint8Array(readFileSync(path.join(root, file)).length);
      for (const [start, end, isReached] of ranges.toSorted((a, b) => b[1] - b[0] - (a[1] - a[0])))
        places.fill(isReached ? 1 : 0, start, end);
      reached.set(file, (reached.get(file) ?? new Map()).set(test, places));
    }
  }
  return {
    broken,
    testsFor(file, offset) {
      const all = [...(reached.get(file) ?? [])].filter(([, places]) => places[offset] === 1).map(([test]) => test);
      const sorted = all.toSorted((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
      return { tests: sorted, ms: sorted.reduce((sum, test) => sum + (times.get(test) ?? 0), 0) };
    },
  };
}
