import type { Clock } from "../base/clock.ts";
import { limits } from "../base/limits.ts";

/**
 * Where runs are taken up that may have killed the engine: one at a time, so that one that does it again is the only one to be blamed
 * (semantics I16).
 */
export class Suspects {
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Begins `work` when what came before it is cleared, and resolves when it has ended. It is cleared when it says so, when it has ended, or when it
   * has taken too long for others to wait.
   */
  alone(work: (cleared: () => void) => Promise<void>): Promise<void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    return this.#after(before, work, resolve);
  }

  async #after(
    before: Promise<void>,
    work: (cleared: () => void) => Promise<void>,
    cleared: () => void,
  ): Promise<void> {
    await before;
    using _patience = this.#clock.after(limits.suspectAloneMs, cleared);
    try {
      await work(cleared);
    } finally {
      cleared();
    }
  }
}
