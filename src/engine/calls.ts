import { type ErrorCode, errorTable, RunwrightError, toRunwrightError } from "../base/error.ts";
import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { limits } from "../base/limits.ts";
import type { Action, ActionCall, ActionResult } from "../ports/action.ts";

/** How an attempt ended. */
export type CallEnd =
  | { readonly kind: "succeeded"; readonly result: ActionResult }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly canRetry: boolean };

/** An attempt that is being carried out. */
export interface LiveCall {
  readonly attempt: number;
  /** Asks it to end; its end is then reported within the grace, whatever the call does. */
  abort(): void;
}

/** What an attempt needs beside the call itself. */
export interface CallOptions {
  readonly action: Action;
  readonly clock: Clock;
  readonly timeoutMs: number | undefined;
}

/**
 * Carries one attempt out and reports its end exactly once.
 *
 * A time-out or an abort fires the signal and then waits for the call to end, so that no second attempt overlaps it; a call that does not end
 * within the grace is given up.
 */
export function beginCall(call: ActionCall, options: CallOptions, report: (end: CallEnd) => void): LiveCall {
  const { action, clock, timeoutMs } = options;
  const controller = new AbortController();
  const timeout = timeoutMs === undefined ? undefined : clock.after(timeoutMs, expire);
  let grace: Disposable | undefined;
  let timedOut = false;
  let reported = false;

  void carryOut();
  return { attempt: call.attempt, abort: () => abort("The run no longer needs this step.") };

  async function carryOut(): Promise<void> {
    try {
      const result = await action.run(call, controller.signal);
      finish({ kind: "succeeded", result });
    } catch (error) {
      finish(failureOf(error));
    }
  }

  function expire(): void {
    timedOut = true;
    abort(timeoutMessage());
  }

  function abort(message: string): void {
    if (controller.signal.aborted) return;
    controller.abort(new RunwrightError("call.aborted", message));
    grace = clock.after(limits.cancelGraceMs, () =>
      finish({ kind: "failed", code: "call.aborted", message, canRetry: false }),
    );
  }

  function finish(end: CallEnd): void {
    if (reported) return;
    reported = true;
    timeout?.[Symbol.dispose]();
    grace?.[Symbol.dispose]();
    // A result that arrives after its time is as late as none: using it would make the outcome depend on how slowly a call gives up.
    report(timedOut ? { kind: "failed", code: "step.timeout", message: timeoutMessage(), canRetry: true } : end);
  }

  function timeoutMessage(): string {
    return `Step ${call.path} did not end within ${formatDuration(timeoutMs ?? 0)} (attempt ${call.attempt}).`;
  }
}

function failureOf(error: unknown): CallEnd {
  const { code, message } = toRunwrightError(error);
  return { kind: "failed", code, message, canRetry: errorTable[code satisfies ErrorCode].retry };
}
