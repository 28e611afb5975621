import type { RunEvent } from "./event.ts";
import type { BudgetState, Instance, RunState } from "./state.ts";
import { addUsage, type Usage } from "./usage.ts";

type BudgetEvent = Extract<RunEvent, { kind: `budget.${string}` }>;

/** From this part of a budget on its end is in sight. */
const warnedFrom = 0.8;

const untouched: BudgetState = { granted: 1, warned: 0 };

/** True for the events of budgets. */
export function isBudgetEvent(event: RunEvent): event is BudgetEvent {
  return event.kind === "budget.warned" || event.kind === "budget.reached";
}

/** Adds what an operation used up to its step and to its run. */
export function spend(state: RunState, instance: Instance, usage: Usage | undefined): void {
  if (usage === undefined) return;
  instance.usage = addUsage(instance.usage, usage);
  state.usage = addUsage(state.usage, usage);
}

/** The event that a model's call leads to when what was granted is used up; undefined while there is some left. */
export function budgetReached(state: RunState): BudgetEvent | undefined {
  if (usedOf(state) < 1) return undefined;
  const { granted } = state.budget ?? untouched;
  return { kind: "budget.reached", v: 1, budget: granted, action: state.plan.limits?.onBudget ?? "pause" };
}

/** The warning that is due: once for each budget that was granted. */
export function budgetWarning(state: RunState): BudgetEvent | undefined {
  // Nothing is used up in nearly all runs: they are not asked any further.
  if (state.usage === undefined) return undefined;
  const { granted, warned } = state.budget ?? untouched;
  return warned >= granted || usedOf(state) < warnedFrom ? undefined : { kind: "budget.warned", v: 1, budget: granted };
}

/** Which part of what was granted is used up, of tokens or of money: whichever is more. */
function usedOf({ plan: { limits }, usage, budget = untouched }: RunState): number {
  if (limits === undefined) return 0;
  const { tokens, costUsd } = limits;
  const { tokensIn = 0, tokensOut = 0, costUsd: cost = 0 } = usage ?? {};
  return Math.max(
    tokens === undefined ? 0 : partOf(tokensIn + tokensOut, tokens * budget.granted),
    costUsd === undefined ? 0 : partOf(cost, costUsd * budget.granted),
  );
}

/** A budget of nothing is used up before anything is. */
function partOf(used: number, whole: number): number {
  return whole === 0 ? 1 : used / whole;
}

/** How many budgets count once a run goes on that has used up what was granted; undefined where it paused for something else. */
export function nextBudget({ budget }: RunState): number | undefined {
  return budget?.spent === true ? budget.granted + 1 : undefined;
}

/** Folds an event of the budget; a run that fails of it is halted by whoever calls this. */
export function applyBudgetEvent(state: RunState, event: BudgetEvent): void {
  const { granted, warned } = state.budget ?? untouched;
  if (event.kind === "budget.warned") state.budget = { granted, warned: event.budget };
  else if (event.action === "pause") {
    state.budget = { granted, warned, spent: true };
    state.paused = true;
  }
}

/** A run that was paused goes on. */
export function resumeBudget(state: RunState, budgets: number | undefined): void {
  if (state.budget === undefined) return;
  const { granted, warned } = state.budget;
  state.budget = { granted: budgets ?? granted, warned };
}
