import type { Row, ScenarioName, SystemName } from "./contender.ts";
import { type Figures, type Measured, perStep, timeOf } from "./figures.ts";

/** What is to be reached in a scenario, and whether it was. */
export interface Goal {
  readonly name: string;
  readonly scenario: ScenarioName;
  /** For people, with the bound in it. */
  readonly says: string;
  /** The figure that is judged. Undefined: not measured, for example for want of a peer. */
  readonly value: (figures: Figures) => number | undefined;
  readonly bound: { readonly least: number } | { readonly most: number };
}

/** Whether a figure is within its bound. */
export function isMet({ bound }: Goal, value: number): boolean {
  return "least" in bound ? value >= bound.least : value <= bound.most;
}

const own = (scenario: ScenarioName, pick: (row: Row) => number | undefined) => (figures: Figures) =>
  figures.of("runwright", scenario, pick);
const stepsPerSecond = (row: Row): number => 1000 / perStep(row);
const megabytes = (row: Row): number => row.residentMb;

const timed = (system: SystemName, scenario: ScenarioName): Measured => ({ system, scenario, pick: timeOf });

/** How many times as fast as a peer; where the peer is named twice, other scenarios are compared. */
function timesAsFast(scenario: ScenarioName, system: SystemName, theirs = scenario): Goal["value"] {
  return (figures) => figures.ratio(timed("runwright", scenario), timed(system, theirs));
}

/** What a step costs in the long scenario, of what it costs in the short one. */
function growth(short: ScenarioName, long: ScenarioName): Goal["value"] {
  const of = (scenario: ScenarioName): Measured => ({ system: "runwright", scenario, pick: perStep });
  return (figures) => figures.ratio(of(short), of(long));
}

function bestPeer(scenario: ScenarioName): Goal["value"] {
  return (figures) => {
    const ratios = [timesAsFast(scenario, "openworkflow")(figures), timesAsFast(scenario, "mastra")(figures)];
    const known = ratios.filter((ratio) => ratio !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
}

function goal(name: string, scenario: ScenarioName, rest: Pick<Goal, "says" | "value" | "bound">): Goal {
  return { name, scenario, ...rest };
}

const least = (bound: number): Goal["bound"] => ({ least: bound });
const most = (bound: number): Goal["bound"] => ({ most: bound });

/** Every goal that the bench judges. G2 and G12 have no scenario here yet. */
export const goals: readonly Goal[] = [
  goal("G1", "sequential-1000", {
    says: ">= 4 times openworkflow",
    value: timesAsFast("sequential-1000", "openworkflow"),
    bound: least(4),
  }),
  goal("G1", "sequential-1000", {
    says: ">= 65 % of the bare statements",
    value: (figures) => {
      const ratio = timesAsFast("sequential-1000", "statements")(figures);
      return ratio === undefined ? undefined : ratio * 100;
    },
    bound: least(65),
  }),
  goal("effects", "effects-1000", {
    says: ">= 60 % of the bare statements",
    value: (figures) => {
      const ratio = timesAsFast("effects-1000", "statements")(figures);
      return ratio === undefined ? undefined : ratio * 100;
    },
    bound: least(60),
  }),
  goal("G3", "pure-1000", {
    says: ">= 25 times openworkflow's steps",
    value: timesAsFast("pure-1000", "openworkflow", "sequential-1000"),
    bound: least(25),
  }),
  goal("G4", "runs-1000x5", {
    says: ">= 12 times the best peer",
    value: bestPeer("runs-1000x5"),
    bound: least(12),
  }),
  goal("G4", "runs-1000x5", {
    says: ">= 12,000 steps/s",
    value: own("runs-1000x5", stepsPerSecond),
    bound: least(12_000),
  }),
  goal("G11", "runs-1000x5", { says: "<= 150 MB", value: own("runs-1000x5", megabytes), bound: most(150) }),
  goal("G5", "fan-out-1000", {
    says: ">= 10 times Mastra",
    value: timesAsFast("fan-out-1000", "mastra"),
    bound: least(10),
  }),
  goal("G6", "fan-out-10000", {
    says: ">= 40 times Mastra",
    value: timesAsFast("fan-out-10000", "mastra"),
    bound: least(40),
  }),
  goal("G6", "fan-out-10000", { says: "<= 400 ms", value: own("fan-out-10000", timeOf), bound: most(400) }),
  goal("G7", "fan-out-100000", { says: "<= 3,000 ms", value: own("fan-out-100000", timeOf), bound: most(3000) }),
  goal("G7", "fan-out-100000", { says: "<= 300 MB", value: own("fan-out-100000", megabytes), bound: most(300) }),
  goal("G7", "fan-out-100000", {
    says: "an item <= 1.3 times one of 10,000",
    value: growth("fan-out-10000", "fan-out-100000"),
    bound: most(1.3),
  }),
  goal("G8", "start-to-result", { says: "p50 <= 1 ms", value: own("start-to-result", timeOf), bound: most(1) }),
  goal("G8", "start-to-result", {
    says: "p99 <= 5 ms",
    value: own("start-to-result", (row) => row.p99Ms),
    bound: most(5),
  }),
  goal("G9", "signal-to-result", { says: "p50 <= 10 ms", value: own("signal-to-result", timeOf), bound: most(10) }),
  goal("G10", "growth-10000", {
    says: "a step <= 1.3 times one of 100",
    value: growth("growth-100", "growth-10000"),
    bound: most(1.3),
  }),
  goal("G11", "idle", { says: "<= 90 MB", value: own("idle", megabytes), bound: most(90) }),
  goal("functions", "functions-1000x5", {
    says: ">= 4,000 steps/s",
    value: own("functions-1000x5", stepsPerSecond),
    bound: least(4000),
  }),
  goal("start", "open-runs-10000", {
    says: "first step <= 2,000 ms",
    value: own("open-runs-10000", timeOf),
    bound: most(2000),
  }),
  goal("start", "version", { says: "<= 80 ms", value: own("version", timeOf), bound: most(80) }),
];
