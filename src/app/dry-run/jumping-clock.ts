import type { Clock } from "../../base/clock.ts";
import { type Due, Timers } from "../../machine/timers.ts";

/** A clock on which a wait is over as soon as nothing else can go on. */
export interface JumpingClock extends Clock {
  /** From now on no time passes any more. */
  stop(): void;
}

interface Alarm extends Due {
  readonly run: () => void;
}

/**
 * A jumping clock that begins at `startMs`. `idle` is called when nothing is left to do and nothing falls due either.
 *
 * Everything that is under way must end within the turn of the event loop that it is in, as answers do that are only looked up: a call that left
 * the process would find that time does not wait for it.
 */
export function createJumpingClock(startMs: number, idle: () => void): JumpingClock {
  const alarms = new Timers<Alarm>();
  let nowMs = startMs;
  let order = 0;
  let busy = 0;
  let isLooking = false;
  let isStopped = false;

  return {
    now: () => nowMs,
    after(delayMs, run) {
      order += 1;
      const alarm = { dueAt: nowMs + Math.max(0, delayMs), order, run };
      alarms.add(alarm);
      look();
      return { [Symbol.dispose]: () => alarms.remove(alarm) };
    },
    soon(run) {
      busy += 1;
      setImmediate(() => {
        busy -= 1;
        run();
        look();
      });
    },
    stop() {
      isStopped = true;
    },
  };

  /** Looks once this turn is over whether only time is waited for. */
  function look(): void {
    if (isLooking || isStopped) return;
    isLooking = true;
    setImmediate(() => {
      isLooking = false;
      // Whatever is under way looks again when it is over.
      if (busy === 0 && !isStopped) jump();
    });
  }

  function jump(): void {
    const next = alarms.first();
    if (next === undefined) {
      idle();
      return;
    }
    alarms.remove(next);
    nowMs = Math.max(nowMs, next.dueAt);
    next.run();
    look();
  }
}
