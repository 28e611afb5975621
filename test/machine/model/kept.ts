import type { Tapes } from "./lives.ts";

/** A life that showed something once: it is lived again before all others. */
interface Kept {
  readonly why: string;
  readonly tapes: Tapes;
  /** It was compared with the reference. */
  readonly calm?: true;
}

/**
 * What fast-check found and shrank. The numbers themselves are kept, not the seed they came from: a seed means another run as soon as
 * fast-check or the order of a choice changes. They do drift when a choice is put in between; each of these has a test of its own beside it.
 */
export const kept: readonly Kept[] = [];
