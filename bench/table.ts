import { peers, type Row, type ScenarioName, scenarioNames, scenarios, type SystemName } from "./contender.ts";
import { type Figures, figuresOf, perStep, timeOf } from "./figures.ts";
import { goals, isMet } from "./goals.ts";

/** Why a peer has no figure. */
export type Absence = "not installed" | "failed";

const columns = ["scenario", "ms", "us/step", "MB", "openworkflow", "Mastra", "goal", "met"] as const;

/** The whole comparison as one Markdown table, a line for each goal of each scenario. */
export function tableOf(rows: readonly Row[], absent: ReadonlyMap<SystemName, Absence>): readonly string[] {
  const figures = figuresOf(rows);
  const measured = scenarioNames.filter((name) => rows.some((row) => row.scenario === name));
  const lines = measured.flatMap((name) => linesOf(name, figures, absent));
  const widths = columns.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? "").length)),
  );
  const rowOf = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [rowOf(columns), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...lines.map(rowOf)];
}

function linesOf(
  name: ScenarioName,
  figures: Figures,
  absent: ReadonlyMap<SystemName, Absence>,
): readonly (readonly string[])[] {
  const peerCells = peers.map((peer) => peerCell(name, peer, figures, absent));
  const facts = [scenarios[name].title, ...ownCells(name, figures), ...peerCells];
  const judged = goals.filter((each) => each.scenario === name).map((each) => goalCells(each, figures));
  const [first = ["", ""], ...rest] = judged;
  return [[...facts, ...first], ...rest.map((cells) => [...facts.map(() => ""), ...cells])];
}

function ownCells(name: ScenarioName, figures: Figures): readonly string[] {
  const own = (pick: (row: Row) => number | undefined): number | undefined => figures.of("runwright", name, pick);
  const steps = own((row) => row.steps) ?? 0;
  const p99 = own((row) => row.p99Ms);
  const time = p99 === undefined ? shown(own(timeOf)) : `p50 ${shown(own(timeOf))}, p99 ${shown(p99)}`;
  const cost = steps === 0 || p99 !== undefined ? undefined : own(perStep);
  return [
    name === "idle" ? "" : time,
    cost === undefined ? "" : shown(cost * 1000),
    shown(own((row) => row.residentMb)),
  ];
}

function peerCell(
  name: ScenarioName,
  peer: SystemName,
  figures: Figures,
  absent: ReadonlyMap<SystemName, Absence>,
): string {
  if (!scenarios[name].systems.includes(peer)) return "";
  const ratio = figures.ratio(
    { system: "runwright", scenario: name, pick: timeOf },
    { system: peer, scenario: name, pick: timeOf },
  );
  if (ratio === undefined) return absent.get(peer) ?? "not measured";
  return `${shown(figures.of(peer, name, timeOf))} (${shown(ratio)} x)`;
}

function goalCells(goal: (typeof goals)[number], figures: Figures): readonly string[] {
  const value = goal.value(figures);
  const said = `${goal.name}: ${goal.says}`;
  if (value === undefined) return [said, "not measured"];
  return [said, `${isMet(goal, value) ? "met" : "not met"} (${shown(value)})`];
}

/** Three figures that count, and thousands in groups. */
function shown(value: number | undefined): string {
  return value === undefined
    ? ""
    : value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}
