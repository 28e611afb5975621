import { uptime } from "node:os";
import type { Clock } from "../base/clock.ts";

/** What a timer of the platform holds at most; a longer one would fire at once. */
const timerMsMax = 2 ** 31 - 1;

/** How far the wall clock may move engine time forward at once while a process runs. */
const forwardMsMax = 3_600_000;

/** Differences below this are the wall clock's own unrest. */
const unrestMs = 50;

/** Where a clock gets its readings from, in milliseconds: the wall clock, one that only counts, and one that also counts while the machine sleeps. */
interface TimeSources {
  readonly wall: () => number;
  readonly counted: () => number;
  readonly slept: () => number;
}

const platform: TimeSources = {
  wall: () => Date.now(),
  counted: () => performance.now(),
  slept: () => uptime() * 1000,
};

/**
 * The real clock: engine time. It begins as the wall clock and then counts on its own, so that setting the wall clock back never makes it go
 * back, and setting it forward never makes a wait end too early by more than an hour. Time in which the machine slept counts as passed. A step that was not followed is
 * followed at the next start.
 */
export function createRealClock(sources: TimeSources = platform): Clock {
  const { wall, counted, slept } = sources;
  let base = wall();
  let countedAt = counted();
  let sleptAt = slept();

  return {
    now,
    after(delayMs, run) {
      const dueAt = counted() + delayMs;
      let timer: NodeJS.Timeout;
      const arm = (): void => {
        const leftMs = dueAt - counted();
        timer = leftMs > timerMsMax ? setTimeout(arm, timerMsMax) : setTimeout(run, Math.max(0, leftMs));
      };
      arm();
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
    soon: (run) => void setImmediate(run),
  };

  function now(): number {
    const elapsed = counted() - countedAt;
    const ahead = wall() - (base + elapsed);
    if (ahead > unrestMs) follow(elapsed, ahead);
    return Math.floor(base + counted() - countedAt);
  }

  /** Follows the wall clock forward, where a sleep explains it or the step is small. */
  function follow(elapsed: number, ahead: number): void {
    const asleep = Math.max(0, slept() - sleptAt - elapsed);
    if (ahead > asleep + forwardMsMax) return;
    base += elapsed + ahead;
    countedAt += elapsed;
    sleptAt += elapsed + asleep;
  }
}
