import type { Clock } from "../base/clock.ts";

/** What a timer of the platform holds at most; a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1;

/** The real clock. Waits are measured on the monotonic clock, so that setting the wall clock neither hurries nor delays them. */
export function createRealClock(): Clock {
  return {
    now: () => Date.now(),
    after(delayMs, run) {
      const dueAt = performance.now() + delayMs;
      let timer: NodeJS.Timeout;
      const arm = (): void => {
        const leftMs = dueAt - performance.now();
        timer = leftMs > timerMsMax ? setTimeout(arm, timerMsMax) : setTimeout(run, Math.max(0, leftMs));
      };
      arm();
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
    soon: (run) => void setImmediate(run),
  };
}
