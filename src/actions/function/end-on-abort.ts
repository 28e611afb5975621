import type { FunctionLimits } from "./limits.ts";

/** The ways to end a call, from kind to sure. */
export interface EndSteps {
  ask(): void;
  terminate(): void;
  kill(): void;
}

/** From the abort on, ends a call step by step, each after the grace of the one before. Dispose when it has ended. */
export function endOnAbort(signal: AbortSignal, limits: FunctionLimits, steps: EndSteps): Disposable {
  const timers: NodeJS.Timeout[] = [];
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });

  return {
    [Symbol.dispose]() {
      signal.removeEventListener("abort", abort);
      for (const timer of timers) clearTimeout(timer);
    },
  };

  function abort(): void {
    steps.ask();
    timers.push(setTimeout(() => steps.terminate(), limits.abortGraceMs));
    timers.push(setTimeout(() => steps.kill(), limits.abortGraceMs + limits.killGraceMs));
  }
}
