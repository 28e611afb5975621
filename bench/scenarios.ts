import type { Engine } from "../src/engine/contract.ts";
import type { Plan, StepPlan } from "../src/language/plan.ts";
import type { RunRow } from "../src/ports/journal.ts";
import { percentile } from "./probe.ts";

/** What a scenario works with: an engine over a fresh store, with an in-process function that does nothing. */
export interface Bench {
  readonly engine: Engine;
  start(plan: Plan): Promise<RunRow>;
  /** Resolves when the run has ended; throws when it did not complete. */
  completed(row: RunRow): Promise<void>;
}

/** A scenario does its work and says how many steps that were. */
export interface Scenario {
  readonly title: string;
  run(bench: Bench): Promise<{ readonly steps: number; readonly extra?: Readonly<Record<string, number>> }>;
}

/** The scenarios, by the name they are called with. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  "sequential-1000": {
    title: "one run of 1,000 sequential no-op steps",
    async run(bench) {
      await bench.completed(await bench.start(sequence(1000)));
      return { steps: 1000 };
    },
  },
  "pure-1000": {
    title: "one run of 1,000 sequential pure steps (set)",
    async run(bench) {
      await bench.completed(await bench.start(sequence(1000, "set")));
      return { steps: 1000 };
    },
  },
  "runs-1000x5": {
    title: "1,000 runs of 5 steps, started together",
    async run(bench) {
      const plan = sequence(5);
      const rows = await Promise.all(Array.from({ length: 1000 }, () => bench.start(plan)));
      await Promise.all(rows.map((row) => bench.completed(row)));
      return { steps: 5000 };
    },
  },
  "fan-out-10000": {
    title: "a fan-out of 10,000 no-op items in one run",
    async run(bench) {
      await bench.completed(await bench.start(fanOut(10_000)));
      return { steps: 10_000 };
    },
  },
  "fan-out-100000": {
    title: "a fan-out of 100,000 no-op items in one run",
    async run(bench) {
      await bench.completed(await bench.start(fanOut(100_000)));
      return { steps: 100_000 };
    },
  },
  "start-to-result": {
    title: "start to result of a one-step run, 1,000 one after another",
    async run(bench) {
      const plan = sequence(1);
      const times: number[] = [];
      for (let index = 0; index < 1000; index += 1) {
        const began = performance.now();
        await bench.completed(await bench.start(plan));
        times.push(performance.now() - began);
      }
      return { steps: 1000, extra: { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) } };
    },
  },
};

const base = {
  runOn: "success",
  retry: { attemptsMax: 1, backoff: "fixed", delayMs: 0, factor: 1, delayMsMax: 0, jitter: false, totalMs: 86_400_000 },
  onFailure: "stop",
} as const satisfies Partial<StepPlan>;

const nothing = { kind: "literal", value: null } as const;

/** A plan of `count` steps, each after the one before. */
export function sequence(count: number, kind: "function" | "set" = "function"): Plan {
  const steps = Array.from({ length: count }, (_, index): StepPlan => {
    const verb =
      kind === "set" ? ({ kind, value: nothing } as const) : ({ kind, name: "noop", with: nothing } as const);
    return { ...base, index, id: `s${index}`, position: index, verb, waitsFor: index === 0 ? [] : [index - 1] };
  });
  return planOf(
    steps,
    steps.map((step) => step.index),
  );
}

function fanOut(count: number): Plan {
  const items = {
    text: "items",
    tree: { kind: "literal", value: Array.from({ length: count }, (_, index) => index) },
  } as const;
  const forEach = { items, as: "item", parallelMax: 10_000 };
  const verb = { kind: "function", name: "noop", with: nothing } as const;
  return planOf([{ ...base, index: 0, id: "each", position: 0, verb, waitsFor: [], forEach }], [0]);
}

function planOf(steps: readonly StepPlan[], roots: readonly number[]): Plan {
  return { plan: 1, expr: 1, workflow: "bench", inputs: { type: "object" }, env: [], mode: "sequential", roots, steps };
}
