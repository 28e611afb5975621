import type { Clock } from "../base/clock.ts";

/** A clock that moves only when told. */
export interface ManualClock extends Clock {
  /** Runs what `soon` has put by, one round; false when there was nothing. */
  runSoon(): boolean;
  /** Moves to the next timer within `withinMs` and runs it; false when there is none, and then time moves by `withinMs`. */
  runNext(withinMs: number): boolean;
  /** Moves the wall clock without running anything, forwards or backwards, as an administrator would. */
  jump(byMs: number): void;
  /** Timers that wait. */
  readonly pending: number;
}

interface Alarm {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/** A manual clock that shows `startMs`. */
export function createManualClock(startMs: number): ManualClock {
  let monotonicMs = 0;
  let offsetMs = startMs;
  let order = 0;
  let soon: (() => void)[] = [];
  const alarms = new Set<Alarm>();

  return {
    now: () => offsetMs + monotonicMs,
    after(delayMs, run) {
      order += 1;
      const alarm = { due: monotonicMs + Math.max(0, delayMs), order, run };
      alarms.add(alarm);
      return { [Symbol.dispose]: () => void alarms.delete(alarm) };
    },
    soon(run) {
      soon.push(run);
    },
    runSoon() {
      const round = soon;
      soon = [];
      for (const run of round) run();
      return round.length > 0;
    },
    runNext(withinMs) {
      const next = earliest();
      if (next === undefined || next.due > monotonicMs + withinMs) {
        monotonicMs += withinMs;
        return false;
      }
      alarms.delete(next);
      monotonicMs = Math.max(monotonicMs, next.due);
      next.run();
      return true;
    },
    jump(byMs) {
      offsetMs += byMs;
    },
    get pending() {
      return alarms.size;
    },
  };

  function earliest(): Alarm | undefined {
    let found: Alarm | undefined;
    for (const alarm of alarms) {
      if (found === undefined || alarm.due < found.due || (alarm.due === found.due && alarm.order < found.order))
        found = alarm;
    }
    return found;
  }
}
