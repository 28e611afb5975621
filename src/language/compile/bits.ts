/** A set of step indexes, small enough to have one per step of a large file. */
export type Bits = Uint32Array;

/** The empty set of numbers below `size`. */
export function noBits(size: number): Bits {
  return new Uint32Array(Math.ceil(size / 32));
}

/** Adds a number. */
export function addBit(bits: Bits, index: number): void {
  bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
}

/** Whether a number is in the set. */
export function hasBit(bits: Bits, index: number): boolean {
  return ((bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
}

/** Adds all of another set. */
export function addAll(bits: Bits, others: Bits): void {
  for (let word = 0; word < bits.length; word += 1) bits[word] = (bits[word] ?? 0) | (others[word] ?? 0);
}

/** What is in both. */
export function inBoth(left: Bits, right: Bits): Bits {
  return left.map((word, index) => word & (right[index] ?? 0));
}

/** What is in the first and not in the second. */
export function without(left: Bits, right: Bits): Bits {
  return left.map((word, index) => word & ~(right[index] ?? 0));
}

/** The greatest number in the set; undefined when it is empty. */
export function lastBit(bits: Bits): number | undefined {
  const word = bits.findLastIndex((each) => each !== 0);
  return word < 0 ? undefined : word * 32 + 31 - Math.clz32(bits[word] ?? 0);
}
