import type { Clock } from "../../src/base/clock.ts";

/** A clock that can be moved forward: waits that are over then end at once. */
export interface SkippingClock extends Clock {
  skip(ms: number): void;
  /** How long the longest wait still takes. */
  longestMs(): number;
}

interface Wait {
  readonly dueAt: number;
  readonly run: () => void;
  timer: Disposable;
}

/** The clock, so much ahead of its time: waits of half a minute are lived through without waiting. */
export function createSkippingClock(clock: Clock, aheadMs: number): SkippingClock {
  let ahead = aheadMs;
  const waits = new Set<Wait>();
  const now = (): number => clock.now() + ahead;

  return {
    now,
    soon: (run) => clock.soon(run),
    after(delayMs, run) {
      const wait: Wait = {
        dueAt: now() + delayMs,
        run() {
          waits.delete(wait);
          run();
        },
        timer: clock.after(delayMs, () => wait.run()),
      };
      waits.add(wait);
      return {
        [Symbol.dispose]() {
          waits.delete(wait);
          wait.timer[Symbol.dispose]();
        },
      };
    },
    longestMs: () => Math.max(0, ...Array.from(waits, ({ dueAt }) => dueAt - now())),
    skip(ms) {
      ahead += ms;
      for (const wait of waits) {
        wait.timer[Symbol.dispose]();
        wait.timer = clock.after(Math.max(0, wait.dueAt - now()), () => wait.run());
      }
    },
  };
}
