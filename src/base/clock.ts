/** Where all time comes from: the real clock at the edges, one moved by hand in tests and simulations. */
export interface Clock {
  /** Wall time in milliseconds since 1970. Never used to order events. */
  now(): number;
  /** Calls `run` once after `delayMs` (0 = in a later turn); dispose to call it off. */
  after(delayMs: number, run: () => void): Disposable;
  /** Calls `run` once this turn of the event loop has ended, after everything that is already ready. */
  soon(run: () => void): void;
}

/** Where all chance comes from: a number in [0, 1), as from `Math.random`. */
export type Chance = () => number;
