import { type ErrorCode, errorTable, RunwrightError, toRunwrightError } from "../base/error.ts";
import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { limits } from "../base/limits.ts";
import type { Action, ActionCall, ActionResult } from "../ports/action.ts";
import type { CallFacts } from "./call-of.ts";
import type { Hold } from "../machine/effect-gate.ts";
import { type Begun, Door, type EffectWord } from "./once.ts";

/** How an attempt ended. */
export type CallEnd =
  | { readonly kind: "succeeded"; readonly result: ActionResult }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly canRetry: boolean;
      /** How long the other side asks to be left alone. */
      readonly retryAfterMs?: number;
    }
  /** It has not failed: its step waits for people before it goes on. */
  | { readonly kind: "held"; readonly hold: Hold };

/** An attempt that is being carried out. */
export interface LiveCall {
  readonly attempt: number;
  /** Asks it to end; its end is then reported within the grace, whatever the call does. */
  abort(): void;
  /** Its time does not run while it waits for the run to be resumed. */
  hold(): void;
  /** Its time runs on. */
  release(): void;
}

/** What an attempt needs beside the call itself. */
export interface CallOptions {
  readonly action: Action;
  readonly clock: Clock;
  readonly timeoutMs: number | undefined;
  /** Takes what it logs. */
  readonly log: ActionCall["log"];
  /** Takes the words of its operations. */
  readonly say: (word: EffectWord) => void;
  /** The operation that it begins with, where the intent is durable already. */
  readonly begun?: Begun;
}

/**
 * Carries one attempt out and reports its end exactly once.
 *
 * A time-out or an abort fires the signal and then waits for the call to end, so that no second attempt overlaps it; a call that does not end
 * within the grace is given up.
 */
export function beginCall(call: CallFacts, options: CallOptions, report: (end: CallEnd) => void): LiveCall {
  const { action, clock, timeoutMs, say, log, begun } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const time = startTime(clock, timeoutMs, expire);
  const door = new Door({
    call,
    signal,
    endsAt: () => time.endsAt(),
    say,
    until: (at) => time.standUntil(at, signal),
    held: () => abort("The step waits for people before it goes on."),
    isOver: () => reported,
    ...(begun !== undefined && { begun }),
  });
  let grace: Disposable | undefined;
  let timedOut = false;
  let reported = false;

  void carryOut();
  return {
    attempt: call.attempt,
    abort: () => abort("The run no longer needs this step."),
    hold: () => time.stop(),
    release: () => {
      if (!reported && !signal.aborted) time.goOn();
    },
  };

  async function carryOut(): Promise<void> {
    try {
      const result = await action.run({ ...call, once: door.once, log }, signal);
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
    if (signal.aborted) return;
    controller.abort(new RunwrightError("call.aborted", message));
    grace = clock.after(limits.cancelGraceMs, () =>
      finish({ kind: "failed", code: "call.aborted", message, canRetry: false }),
    );
  }

  function finish(end: CallEnd): void {
    if (reported) return;
    reported = true;
    time.stop();
    grace?.[Symbol.dispose]();
    const { fault, hold } = door;
    if (fault !== undefined) return report(failureOf(fault));
    if (hold !== undefined) return report({ kind: "held", hold });
    // A result that arrives after its time is as late as none: using it would make the outcome depend on how slowly a call gives up.
    report(timedOut ? { kind: "failed", code: "step.timeout", message: timeoutMessage(), canRetry: true } : end);
  }

  function timeoutMessage(): string {
    return `Step ${call.path} did not end within ${formatDuration(timeoutMs ?? 0)} (attempt ${call.attempt}).`;
  }
}

function failureOf(error: unknown): CallEnd {
  const { code, message, retryAfterMs } = toRunwrightError(error);
  const canRetry = errorTable[code satisfies ErrorCode].retry;
  return { kind: "failed", code, message, canRetry, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** The time of an attempt: it can be stopped and go on. */
interface AttemptTime {
  /** When it is over, as things stand. */
  endsAt(): number | undefined;
  stop(): void;
  goOn(): void;
  /** Waits until a moment while it stands still; throws when `signal` fires. */
  standUntil(at: number, signal: AbortSignal): Promise<void>;
}

function startTime(clock: Clock, timeoutMs: number | undefined, expire: () => void): AttemptTime {
  let left = timeoutMs;
  let since = 0;
  let timer: Disposable | undefined;
  goOn();

  return {
    endsAt() {
      if (left === undefined) return undefined;
      return timer === undefined ? clock.now() + left : since + left;
    },
    stop,
    goOn,
    async standUntil(at, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const end = (): void => reject(signal.reason as Error);
      if (signal.aborted) end();
      signal.addEventListener("abort", end, { once: true });
      stop();
      using _timer = clock.after(Math.max(0, at - clock.now()), resolve);
      await promise;
      signal.removeEventListener("abort", end);
      goOn();
    },
  };

  function stop(): void {
    if (left === undefined || timer === undefined) return;
    timer[Symbol.dispose]();
    timer = undefined;
    left = Math.max(0, left - Math.max(0, clock.now() - since));
  }

  function goOn(): void {
    if (left === undefined || timer !== undefined) return;
    since = clock.now();
    timer = clock.after(left, expire);
  }
}
