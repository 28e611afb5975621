import { formatDuration } from "../base/duration.ts";
import { isJsonObject } from "../base/json.ts";
import { evaluate } from "../language/expression/evaluate.ts";
import { render } from "../language/expression/template.ts";
import type { LoopPlan } from "../language/plan.ts";
import { type Command, record } from "./command.ts";
import type { StepError } from "./event.ts";
import { namesAt } from "./names.ts";
import { outputOf } from "./output.ts";
import type { Instance, RunState, Scope } from "./state.ts";

/** What follows when the body of a group has ended: its end, or the next iteration of a loop. */
export function endedBody(state: RunState, group: Instance, body: Scope): Command {
  if (group.timedOut === true) return fail(group.path, timeLimit(group));
  if (body.stoppedBy !== undefined) return fail(group.path, failureWithin(body.stoppedBy));
  return group.step.loop === undefined
    ? succeed(state, group, body)
    : endedIteration(state, group, body, group.step.loop);
}

function timeLimit({ path, step }: Instance): StepError {
  return {
    code: "step.timeout",
    message: `Group ${path} did not end within ${formatDuration(step.timeoutMs ?? 0)}.`,
  };
}

function endedIteration(state: RunState, group: Instance, body: Scope, loop: LoopPlan): Command {
  const path = group.path;
  const n = body.iteration ?? 1;
  const { stopWhen } = loop;
  if (stopWhen !== undefined && evaluate(stopWhen, namesAt(state, { scope: body })) === true)
    return succeed(state, group, body);
  if (n < loop.iterationsMax)
    return record({ kind: "iteration.started", v: 1, path, n: n + 1, from: nextStage(state, loop, body) });
  // Without `stop_when` the loop is a count: reaching it is its purpose, not a failure.
  if (stopWhen === undefined || loop.onExhausted === "continue") return succeed(state, group, body);
  return fail(path, {
    code: "loop.exhausted",
    message: `Loop ${path} ran ${n} times and ${stopWhen.text} did not become true.`,
  });
}

/** The error of a group: its child's code, and where it came from. A path that is named already is not named again by every group around it. */
export function failureWithin(child: Instance): StepError {
  const { code, message } = child.error ?? { code: "step.failed", message: "" };
  return { code, message: message.includes(child.path) ? message : `${child.path}: ${message}` };
}

/** Position of the child at which the next iteration starts. */
function nextStage(state: RunState, loop: LoopPlan, body: Scope): number {
  const named =
    loop.nextStage === undefined ? recommendedStage(body) : evaluate(loop.nextStage, namesAt(state, { scope: body }));
  const chosen = body.children.find((child) => child.step.id === named);
  const fallback = body.children.find((child) => child.step.index === loop.fallbackNextStage);
  return (chosen ?? fallback)?.step.position ?? 0;
}

/** `recommended_next_stage` of the last child's output: what a checking step says should be done again. */
function recommendedStage(body: Scope): unknown {
  const last = body.children.at(-1);
  const output = last === undefined ? null : outputOf(last);
  return isJsonObject(output) ? output["recommended_next_stage"] : undefined;
}

function succeed(state: RunState, group: Instance, body: Scope): Command {
  const verb = group.step.verb;
  const event = { kind: "step.succeeded", v: 1, path: group.path } as const;
  if (verb.kind !== "do" || verb.output === undefined) return record(event);
  return record({ ...event, output: render(verb.output, namesAt(state, { scope: body })) });
}

function fail(path: string, error: StepError): Command {
  return record({ kind: "step.failed", v: 1, path, error });
}
