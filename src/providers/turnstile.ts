import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { RunwrightError } from "../base/error.ts";
import { providerLimits } from "./limits.ts";

/** Lets calls of one provider begin: so many at once, and so many in any minute. */
export interface Turnstile {
  /** Resolves when it is this call's turn, first come first served; dispose when it has ended. Throws `model.rate-limited` and `call.aborted`. */
  enter(signal: AbortSignal): Promise<Disposable>;
}

interface Waiting {
  readonly start: (place: Disposable) => void;
}

const minuteMs = 60_000;

/** How much may go on: `concurrent` calls at once, `perMinute` that begin in any minute. */
export interface Pace {
  readonly concurrent: number;
  readonly perMinute: number | undefined;
}

/** A turnstile at which calls wait in the order in which they came. */
export function createTurnstile(provider: string, pace: Pace, clock: Clock): Turnstile {
  const waiting = new Set<Waiting>();
  const gauge = createGauge(pace, clock);
  let alarm: Disposable | undefined;

  return {
    async enter(signal) {
      if (signal.aborted) throw aborted(provider);
      if (waiting.size === 0 && gauge.freeInMs() === 0) return begin();
      if (waiting.size >= providerLimits.waitingMax)
        throw busy(provider, `${providerLimits.waitingMax} calls wait for it already`, minuteMs);
      return await wait(signal);
    },
  };

  function begin(): Disposable {
    const end = gauge.begin();
    return {
      [Symbol.dispose]() {
        end();
        letIn();
      },
    };
  }

  function letIn(): void {
    for (const next of waiting) {
      const freeMs = gauge.freeInMs();
      if (freeMs !== 0) {
        alarm?.[Symbol.dispose]();
        alarm = freeMs === undefined ? undefined : clock.after(freeMs, letIn);
        return;
      }
      waiting.delete(next);
      next.start(begin());
    }
  }

  function wait(signal: AbortSignal): Promise<Disposable> {
    const { promise, resolve, reject } = Promise.withResolvers<Disposable>();
    const next: Waiting = { start: resolve };
    waiting.add(next);
    const leave = (why: RunwrightError): void => {
      if (waiting.delete(next)) reject(why);
    };
    const tooLong = clock.after(providerLimits.waitMsMax, () => {
      leave(busy(provider, `a call has waited ${formatDuration(providerLimits.waitMsMax)} for its turn`, 0));
    });
    const onAbort = (): void => leave(aborted(provider));
    signal.addEventListener("abort", onAbort, { once: true });
    letIn();
    return promise.finally(() => {
      tooLong[Symbol.dispose]();
      signal.removeEventListener("abort", onAbort);
    });
  }
}

interface Gauge {
  /** Milliseconds until a call may begin; undefined: when one has ended. */
  freeInMs(): number | undefined;
  /** Counts a call in; what it gives back counts it out. */
  begin(): () => void;
}

/** What `perMinute` promises holds for any sixty seconds: a bucket that refills would let up to twice as many begin after a pause. */
function createGauge({ concurrent, perMinute }: Pace, clock: Clock): Gauge {
  const begun: number[] = [];
  let inside = 0;

  return {
    freeInMs() {
      if (inside >= concurrent) return undefined;
      const [oldest] = begun;
      if (perMinute === undefined || begun.length < perMinute || oldest === undefined) return 0;
      return Math.max(0, oldest + minuteMs - clock.now());
    },
    begin() {
      inside += 1;
      if (perMinute !== undefined) begun.push(clock.now());
      if (perMinute !== undefined && begun.length > perMinute) begun.shift();
      let ended = false;
      return () => {
        if (!ended) inside -= 1;
        ended = true;
      };
    },
  };
}

function busy(provider: string, what: string, retryAfterMs: number): RunwrightError {
  const message = `Provider '${provider}' is busy: ${what}. Raise providers.${provider}.limits, or run fewer steps at once.`;
  return new RunwrightError("model.rate-limited", message, { retryAfterMs });
}

/** The error of a call that was called off. */
export function aborted(provider: string): RunwrightError {
  return new RunwrightError("call.aborted", `The call of provider '${provider}' was called off.`);
}
