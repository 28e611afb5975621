import { digestText } from "../base/digest.ts";

/** What the first segment of a run names as the hash before it. */
export const noHash = "";

/**
 * The hash of a segment: SHA-256 over the hash before it, its seq and its events.
 *
 * Each hash stands for the whole run up to there, so that one changed, missing or swapped row shows in every later one.
 */
export function segmentHash(previousHash: string, seq: number, events: string): string {
  return digestText(`${previousHash}\n${seq}\n${events}`);
}
