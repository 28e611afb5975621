import { createHash } from "node:crypto";
import type { RunEvent } from "../../src/machine/event.ts";

/** Items of the run that `fill.ts` carries out; each gives an output of 150,000 characters. */
export const itemsCount = 40;

/** Short enough to be said for each event. */
export function digestOf(event: RunEvent): string {
  return createHash("sha256").update(JSON.stringify(event)).digest("hex").slice(0, 16);
}

interface Ended {
  /** Instances that were called, in order. */
  readonly calls: readonly string[];
  /** Everything that was said to be durable: digests of events, the first with this seq. */
  readonly acked: readonly { readonly seq: number; readonly digests: readonly string[] }[];
}

/** What `fill.ts` and `found.ts` say. */
export type Saw =
  | {
      readonly kind: "full";
      /** Codes of the commits that were refused. */
      readonly codes: readonly string[];
      /** What somebody was told who wanted to start a large run then. */
      readonly told: string;
      /** Calls that began while nothing could be written. */
      readonly started: number;
      readonly lastSeq: number;
    }
  | ({ readonly kind: "ended"; readonly status: string } & Ended)
  | ({ readonly kind: "stopped"; readonly code: string; readonly message: string } & Ended)
  | {
      readonly kind: "found";
      readonly status: string;
      readonly lastSeq: number;
      /** Of all events of the run, in order. */
      readonly digests: readonly string[];
      readonly isChained: boolean;
    };
