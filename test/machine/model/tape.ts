import type { Seeded } from "../../simulation/chance.ts";

/** The numbers of a tape lie below this. */
export const tapeNumberMax = 65_536;

/**
 * Chance from a list of numbers. What lies behind the end is 0, the quietest choice: so a shorter list, or one of smaller numbers, makes a
 * smaller run, and fast-check can shrink what it found.
 */
export function tape(numbers: readonly number[]): Seeded {
  let place = 0;
  const next = (): number => {
    const number = numbers[place] ?? 0;
    place += 1;
    return number / tapeNumberMax;
  };
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    whole,
    maybe: (probability) => next() >= 1 - probability,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
  };
}
