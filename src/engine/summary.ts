import { isTerminal } from "../machine/states.ts";
import { phaseOf, type RunState } from "../machine/state.ts";
import type { OpenGate, RunSummary } from "../ports/journal.ts";

/** How many open gates a summary names; the run's page lists all. */
const summaryGatesMax = 20;

/** What lists show of a run, from its state. */
export function summaryOf(state: RunState, at: number): RunSummary {
  const { counts, ended } = state;
  const status = phaseOf(state);
  return {
    status,
    ...(ended?.outcome === undefined ? {} : { outcome: ended.outcome }),
    ...(ended?.error === undefined ? {} : { error: ended.error }),
    counts: {
      succeeded: counts.succeeded,
      failed: counts.failed,
      skipped: counts.skipped,
      running: counts.running,
      waiting: counts.waiting,
    },
    ...(status === "running" && waitsForRuns(state) && { waitsFor: runsOf(state) }),
    ...usedUp(state),
    gates: isTerminal(status) ? [] : openGates(state),
    updatedAt: at,
    ...(ended === undefined ? {} : { endedAt: ended.at }),
  };
}

/** What its models have used up, and whether that is why it is paused. */
function usedUp({ usage, budget, ended }: RunState): Pick<RunSummary, "usage" | "pausedFor"> {
  if (usage === undefined && budget === undefined) return {};
  const isSpent = budget?.spent === true && ended === undefined;
  return { ...(usage !== undefined && { usage }), ...(isSpent && { pausedFor: "budget" }) };
}

/** True when a run waits for other runs, and perhaps for people, and for nothing else. */
function waitsForRuns(state: RunState): boolean {
  const { children, calls, ready, timed, listening } = state;
  return children.size > 0 && calls.size === 0 && ready.size === 0 && timed === 0 && listening.size === 0;
}

function runsOf(state: RunState): readonly string[] {
  const runs: string[] = [];
  for (const { child } of state.children) {
    if (runs.length === summaryGatesMax) break;
    runs.push(child ?? "");
  }
  return runs;
}

function openGates(state: RunState): readonly OpenGate[] {
  const gates: OpenGate[] = [];
  for (const { path, gate } of state.gates) {
    if (gates.length === summaryGatesMax) break;
    if (gate === undefined) continue;
    const { question, by, kind } = gate.offer;
    gates.push({ path, question, by, openedAt: gate.openedAt, ...(kind !== undefined && { kind }) });
  }
  return gates;
}
