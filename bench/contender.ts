/** The name of a scenario. */
export type ScenarioName =
  | "sequential-1000"
  | "pure-1000"
  | "effects-1000"
  | "runs-1000x5"
  | "fan-out-1000"
  | "fan-out-10000"
  | "fan-out-100000"
  | "start-to-result"
  | "signal-to-result"
  | "growth-100"
  | "growth-1000"
  | "growth-10000"
  | "growth-100000"
  | "idle"
  | "functions-1000x5"
  | "open-runs-10000"
  | "version";

/** What a scenario has done. */
export interface Outcome {
  readonly steps: number;
  /** Times of single runs in milliseconds, where they are what counts. */
  readonly times?: readonly number[];
  /** Instead of the time from beginning to end. */
  readonly ms?: number;
}

/** A system that is open in a fresh folder. Each of its scenarios checks what came out, and throws when that is wrong. */
export interface Contender extends AsyncDisposable {
  /** After it the compilers are warm. */
  warmUp(): Promise<void>;
  readonly scenarios: Readonly<Partial<Record<ScenarioName, () => Promise<Outcome>>>>;
}

/** A system that is measured. `statements` is no engine: the bare statements of Runwright's journal. */
export type SystemName = "runwright" | "statements" | "openworkflow" | "mastra";

/** Those that come from packages of their own. */
export const peers: readonly SystemName[] = ["openworkflow", "mastra"];

/** A scenario, for people and for the rounds. */
export interface Scenario {
  readonly title: string;
  /** In this order within a round. openworkflow refuses more than 1,000 steps. */
  readonly systems: readonly SystemName[];
}

/** Every scenario, by the name that `--only` takes. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  "sequential-1000": {
    title: "(a) one run of 1,000 sequential steps",
    systems: ["runwright", "statements", "openworkflow", "mastra"],
  },
  "pure-1000": { title: "(a) the same with pure steps (`set`)", systems: ["runwright"] },
  "effects-1000": {
    title: "(a) the same with a tool (a read) in each step",
    systems: ["runwright", "statements"],
  },
  "runs-1000x5": {
    title: "(b) 1,000 runs of 5 steps, started together",
    systems: ["runwright", "openworkflow", "mastra"],
  },
  "fan-out-1000": { title: "(c) a fan-out of 1,000 items", systems: ["runwright", "openworkflow", "mastra"] },
  "fan-out-10000": { title: "(c) a fan-out of 10,000 items", systems: ["runwright", "mastra"] },
  "fan-out-100000": { title: "(c) a fan-out of 100,000 items", systems: ["runwright"] },
  "start-to-result": {
    title: "(d) start to result of a one-step run",
    systems: ["runwright", "openworkflow", "mastra"],
  },
  "signal-to-result": { title: "(e) signal to result, process open", systems: ["runwright", "openworkflow", "mastra"] },
  "growth-100": { title: "(f) one run of 100 steps", systems: ["runwright"] },
  "growth-1000": { title: "(f) one run of 1,000 steps", systems: ["runwright"] },
  "growth-10000": { title: "(f) one run of 10,000 steps", systems: ["runwright"] },
  "growth-100000": { title: "(f) one run of 100,000 steps", systems: ["runwright"] },
  idle: { title: "(g) an engine without work", systems: ["runwright"] },
  "functions-1000x5": { title: "(b) with functions in their processes", systems: ["runwright"] },
  "open-runs-10000": { title: "start after kill -9, 10,000 open runs", systems: ["runwright"] },
  version: { title: "`--version`, beyond `node -e 0`", systems: ["runwright"] },
};

/** The same in the order of the table. */
export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[];

/** What one scenario of one system took in one round. */
export interface Row {
  readonly system: SystemName;
  readonly scenario: ScenarioName;
  readonly round: number;
  readonly ms: number;
  readonly steps: number;
  readonly cpuMs: number;
  /** The most that the process held at once; for `idle` what it holds now. */
  readonly residentMb: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}
