import type { Chance } from "../base/clock.ts";
import { RunwrightError } from "../base/error.ts";
import { jsonProblem } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { validateValue } from "../language/schema/validate.ts";
import { holdEvent } from "../machine/effect-gate.ts";
import { type RunEvent, type StepError, warningsMax } from "../machine/event.ts";
import { failureEvent } from "../machine/retry.ts";
import type { Instance, RunState } from "../machine/state.ts";
import type { ActionResult } from "../ports/action.ts";
import { type StoredEvent, storedEvent } from "../ports/stored-event.ts";
import type { CallEnd } from "./calls.ts";

/** The event that the end of a call leads to. What the step's `output` does not allow is the step's failure. */
export function endEvent(instance: Instance, end: CallEnd, at: number, chance: Chance): RunEvent {
  const path = instance.path;
  if (instance.cancelling) return { kind: "step.cancelled", v: 1, path };
  if (end.kind === "held") return holdEvent(instance, end.hold);
  if (end.kind === "failed") {
    const { code, message, canRetry, retryAfterMs } = end;
    const failure = { error: { code, message }, canRetry, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    return failureEvent(instance, failure, at, canRetry ? chance() : 0);
  }

  const problem = resultProblem(instance, end.result);
  if (problem !== undefined) return failureEvent(instance, { error: problem, canRetry: false }, at, 0);
  const { output, vars, artifacts, receipt, warnings = [] } = end.result;
  return {
    kind: "step.succeeded",
    v: 1,
    path,
    output,
    ...(vars === undefined ? {} : { vars }),
    ...(artifacts === undefined ? {} : { artifacts }),
    ...(receipt === undefined ? {} : { receipt }),
    ...(warnings.length > 0 && { warnings: warnings.slice(0, warningsMax) }),
  };
}

interface Encoded {
  readonly event: RunEvent;
  readonly stored: StoredEvent;
}

/** An event, and how it is stored. One that is too large for the journal becomes the failure of its step, before anything of it is applied. */
export function encodeEvent(state: RunState, event: RunEvent, at: number): Encoded {
  const text = JSON.stringify(event);
  // A character has three bytes at most: the bytes of small events, which nearly all are, need not be counted.
  if (text.length * 3 <= limits.valueBytesMax) return { event, stored: storedEvent(event, text) };
  const bytes = Buffer.byteLength(text);
  if (bytes <= limits.valueBytesMax) return { event, stored: storedEvent(event, text) };

  if (event.kind === "run.finished") return oversizedEnd(bytes);
  const instance = "path" in event ? state.instances.get(event.path) : undefined;
  if (instance === undefined) {
    throw new RunwrightError(
      "step.value-too-large",
      `Event ${event.kind} has ${bytes} bytes; at most ${limits.valueBytesMax} are kept.`,
    );
  }
  const message = `A value of step ${instance.path} has ${bytes} bytes; at most ${limits.valueBytesMax} are kept. Store it in a file and pass its name.`;
  const failed = failureEvent(instance, { error: { code: "step.value-too-large", message }, canRetry: false }, at, 0);
  return { event: failed, stored: storedEvent(failed) };
}

function oversizedEnd(bytes: number): Encoded {
  const message = `The output of the run has ${bytes} bytes; at most ${limits.valueBytesMax} are kept.`;
  const error = { code: "step.value-too-large", message, path: "output" };
  const event = { kind: "run.finished", v: 1, status: "failed", output: null, error } as const;
  return { event, stored: storedEvent(event) };
}

function resultProblem(instance: Instance, result: ActionResult): StepError | undefined {
  const unfit = jsonProblem(result.output);
  if (unfit !== undefined)
    return { code: "function.output-invalid", message: `The output of ${instance.path} is no JSON: ${unfit}.` };
  if (instance.step.output === undefined) return undefined;

  const problems = validateValue(instance.step.output, result.output);
  if (problems.length === 0) return undefined;
  const listed = problems.slice(0, 5).map((each) => `${each.path} ${each.message}`);
  return {
    code: "step.output-invalid",
    message: `The output of ${instance.path} does not fit its schema: ${listed.join("; ")}.`,
  };
}
