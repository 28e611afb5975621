import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

/** Milliseconds of one 300-byte append made durable by fdatasync, as median and 99th percentile of `count`. */
export function probeDisk(folder: string, count = 300): { readonly p50: number; readonly p99: number } {
  const place = mkdtempSync(path.join(folder, "runwright-probe-"));
  const file = openSync(path.join(place, "probe"), "w");
  const row = Buffer.alloc(300, 120);
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    writeSync(file, row);
    fdatasyncSync(file);
    times.push(performance.now() - began);
  }
  closeSync(file);
  rmSync(place, { recursive: true });
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** The value below which this share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
