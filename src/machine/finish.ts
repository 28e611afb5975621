import { formatDuration } from "../base/duration.ts";
import { toRunwrightError } from "../base/error.ts";
import { render } from "../language/expression/template.ts";
import type { RunEvent, RunLimit, StepError } from "./event.ts";
import { namesAt } from "./names.ts";
import type { RunState } from "./state.ts";

/** How the run ends, once nothing in it is left. */
export function finish(state: RunState): RunEvent {
  const base = { kind: "run.finished", v: 1 } as const;
  if (state.cancel !== undefined) return { ...base, status: "cancelled", output: null };
  if (state.rejectedAt !== undefined) return { ...base, status: "completed", outcome: "rejected", output: null };

  if (state.limit !== undefined)
    return { ...base, status: "failed", output: null, error: limitError(state, state.limit) };
  const failed = state.root?.stoppedBy;
  if (failed !== undefined) {
    const { code, message } = failed.error ?? { code: "step.failed", message: "" };
    return { ...base, status: "failed", output: null, error: { code, message, path: failed.path } };
  }
  return finishOk(state);
}

/** True for the last event of a run. */
export function isRunEnd({ kind }: RunEvent): boolean {
  return kind === "run.finished" || kind === "run.set-aside";
}

/** What is said of a run that is not taken up any more. */
export function setAsideError(deaths: number): StepError & { readonly path: string } {
  const message = `The engine died ${deaths} times in a row when it took this run up, and went on without it.`;
  return { code: "run.set-aside", message, path: "" };
}

function limitError({ plan: { limits } }: RunState, limit: RunLimit): StepError & { readonly path: string } {
  if (limit === "budget") {
    const message = "The run has used up the tokens or the money that it may (limits.tokens, limits.cost_usd).";
    return { code: "budget.reached", message, path: "" };
  }
  const words = {
    runtime: `ran for ${formatDuration(limits?.runtimeMs ?? 0)} (limits.runtime)`,
    deadline: `did not end within ${formatDuration(limits?.deadlineMs ?? 0)} (limits.deadline)`,
    steps: `has more than ${limits?.steps ?? 0} steps (limits.steps)`,
  };
  return { code: "run.limit", message: `The run ${words[limit]}.`, path: "" };
}

function finishOk(state: RunState): RunEvent {
  const base = { kind: "run.finished", v: 1 } as const;
  if (state.plan.output === undefined || state.root === undefined)
    return { ...base, status: "completed", outcome: "ok", output: null };
  try {
    return {
      ...base,
      status: "completed",
      outcome: "ok",
      output: render(state.plan.output, namesAt(state, { scope: state.root })),
    };
  } catch (error) {
    const { code, message } = toRunwrightError(error);
    if (code === "internal" || code === "machine.illegal") throw error;
    return { ...base, status: "failed", output: null, error: { code, message, path: "output" } };
  }
}
