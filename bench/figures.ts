import type { Row, ScenarioName, SystemName } from "./contender.ts";
import { median } from "./probe.ts";

/** A round whose disk differs by more than this factor from the middle one is not compared. */
export const probeSpreadMax = 1.5;

/** Rounds whose disk was like that of the middle round: only they make figures. `probes` holds the milliseconds of fdatasync, by round. */
export function comparable(probes: ReadonlyMap<number, number>): ReadonlySet<number> {
  const usual = median([...probes.values()]);
  const alike = [...probes].filter(([, ms]) => ms <= usual * probeSpreadMax && usual <= ms * probeSpreadMax);
  return new Set(alike.map(([round]) => round));
}

/** Medians over rounds. Undefined: not measured. */
export interface Figures {
  of(system: SystemName, scenario: ScenarioName, pick: (row: Row) => number | undefined): number | undefined;
  /** How often the second takes as long as the first: the median of the rounds in which both were measured. */
  ratio(first: Measured, second: Measured): number | undefined;
}

/** A figure of a scenario of a system. */
export interface Measured {
  readonly system: SystemName;
  readonly scenario: ScenarioName;
  readonly pick: (row: Row) => number | undefined;
}

/** The figures of rows that were measured in comparable rounds. */
export function figuresOf(rows: readonly Row[]): Figures {
  return {
    of: (system, scenario, pick) => middle(rowsOf(system, scenario).map((row) => pick(row))),
    ratio(first, second) {
      const pairs = rowsOf(first.system, first.scenario).map((row) => {
        const beside = rowsOf(second.system, second.scenario).find(({ round }) => round === row.round);
        const [short, long] = [first.pick(row), beside === undefined ? undefined : second.pick(beside)];
        return short === undefined || long === undefined ? undefined : long / short;
      });
      return middle(pairs);
    },
  };

  function rowsOf(system: SystemName, scenario: ScenarioName): readonly Row[] {
    return rows.filter((row) => row.system === system && row.scenario === scenario);
  }
}

function middle(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

/** What a scenario is told by: its single runs where they were timed, else the whole. */
export function timeOf(row: Row): number {
  return row.p50Ms ?? row.ms;
}

/** Milliseconds for each step. */
export function perStep({ ms, steps }: Row): number {
  return ms / steps;
}
