import { uptime } from "node:os";
import type { Clock } from "../base/clock.ts";

/** A longer wait is looked at again after this time: a timer of the platform stands still while the machine sleeps. */
const lookMsMax = 60_000;

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
 * back, and setting it forward never makes a wait end too early by more than an hour. Time in which the machine slept counts as passed. A step
 * that was not followed is followed at the next start.
 */
export function createRealClock(sources: TimeSources = platform): Clock {
  const { wall, counted, slept } = sources;
  let base = wall();
  let countedAt = counted();
  let sleptAt = slept();
  let sleep = { ms: sleptAt - countedAt, at: countedAt, gap: base - countedAt };

  return {
    now,
    after(delayMs, run) {
      const dueAt = counted() + delayMs;
      const sleptBefore = asleep();
      let timer: NodeJS.Timeout;
      const arm = (): void => {
        const leftMs = dueAt - counted() - Math.max(0, asleep() - sleptBefore);
        timer = leftMs > lookMsMax ? setTimeout(arm, lookMsMax) : setTimeout(run, Math.max(0, leftMs));
      };
      arm();
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
    soon: (run) => void setImmediate(run),
  };

  /**
   * How long the machine has slept, from some moment on. Asking costs microseconds, which every call would pay: it is asked once a second at
   * most, and at once when the wall clock has left the other behind, as it does in a sleep.
   */
  function asleep(): number {
    const at = counted();
    const gap = wall() - at;
    if (at - sleep.at >= 1000 || Math.abs(gap - sleep.gap) > unrestMs) sleep = { ms: slept() - at, at, gap };
    return sleep.ms;
  }

  function now(): number {
    const elapsed = counted() - countedAt;
    const ahead = wall() - (base + elapsed);
    if (ahead > unrestMs) follow(elapsed, ahead);
    return Math.floor(base + counted() - countedAt);
  }

  /** Follows the wall clock forward, where a sleep explains it or the step is small. */
  function follow(elapsed: number, ahead: number): void {
    const missed = Math.max(0, slept() - sleptAt - elapsed);
    if (ahead > missed + forwardMsMax) return;
    base += elapsed + ahead;
    countedAt += elapsed;
    sleptAt += elapsed + missed;
  }
}
