import { limits } from "../base/limits.ts";
import type { RetryPlan } from "../language/plan.ts";
import type { RunEvent, StepError } from "./event.ts";
import type { Instance } from "./state.ts";

/**
 * Milliseconds to wait before the next attempt, or undefined when there is none.
 *
 * The delay is spread over its whole range (full jitter). Without the spread, a thousand runs that failed together on one outage would come
 * back together and cause the next one.
 */
function retryDelayMs(policy: RetryPlan, attempt: number, chance: number): number | undefined {
  if (attempt >= Math.min(policy.attemptsMax, limits.attemptsMax)) return undefined;

  const growth = { exponential: policy.factor ** (attempt - 1), linear: attempt, fixed: 1 }[policy.backoff];
  const ceilingMs = Math.min(policy.delayMs * growth, policy.delayMsMax);
  return Math.round(policy.jitter ? ceilingMs * chance : ceilingMs);
}

/** Whether an error is one of those that are repeated: those that the step names, or all that trying again can help with. */
function mayRepeat({ on, except = [] }: RetryPlan, { error, canRetry }: Failure): boolean {
  if (except.includes(error.code)) return false;
  return on === undefined ? canRetry : on.includes(error.code);
}

/** A failed attempt. */
export interface Failure {
  readonly error: StepError;
  /** Trying again can help, as far as the code of the error tells. */
  readonly canRetry: boolean;
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs?: number;
}

/** The event that a failed attempt leads to: with `retryAt` while the policy, the error and the total time allow another attempt. */
export function failureEvent(
  instance: Instance,
  failure: Failure,
  nowMs: number,
  chance: number,
): Extract<RunEvent, { kind: "step.failed" }> {
  const policy = instance.step.retry;
  const event = { kind: "step.failed", v: 1, path: instance.path, error: failure.error } as const;
  const isTried = mayRepeat(policy, failure) && !instance.cancelling;
  const delayMs = isTried ? retryDelayMs(policy, instance.attempt, chance) : undefined;
  if (delayMs === undefined) return event;

  // Coming back earlier than one is asked to helps nobody; a wish without measure is heeded up to a bound.
  const askedMs = Math.min(failure.retryAfterMs ?? 0, limits.retryAfterMsMax);
  const retryAt = nowMs + Math.max(delayMs, askedMs);
  return retryAt - (instance.firstStartedAt ?? nowMs) > policy.totalMs ? event : { ...event, retryAt };
}
