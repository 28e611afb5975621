import type { Clock } from "../base/clock.ts";
import { nextDueAt, type RunState } from "../machine/state.ts";

/** One timer for the earliest due time of a run, whatever the number of its waits. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly at: number; readonly off: Disposable } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at this time and no other; undefined: not at all. */
  set(at: number | undefined): void {
    if (this.#set?.at === at) return;
    this.#set?.off[Symbol.dispose]();
    this.#set = undefined;
    if (at === undefined) return;
    const off = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#set = undefined;
      this.#ring();
    });
    this.#set = { at, off };
  }
}

/** When something falls due that moves the run on. What does in a paused run waits until it is resumed: an alarm would only ring again at once. */
export function alarmAt(state: RunState): number | undefined {
  return state.paused && state.cancel === undefined ? undefined : nextDueAt(state);
}
