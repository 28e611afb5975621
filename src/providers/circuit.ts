import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { RunwrightError } from "../base/error.ts";
import { providerLimits } from "./limits.ts";

/** How a call that was let through ended: `unknown` says nothing about the provider, such as a call that was called off. */
export type Ending = "answered" | "failed" | "unknown";

/** Keeps calls away from a provider that is down, so that a thousand steps do not each wait for the same failure. */
export interface Circuit {
  /** Throws `model.unavailable`, with when to come back, while the provider is left alone; else lets one call through. */
  enter(): (ending: Ending) => void;
  /** Throws like `enter`, and lets nothing through. */
  look(): void;
}

/** A circuit that is closed. `circuitFailures` failures within `circuitWindowMs` open it; after `circuitOpenMs` one call probes. */
export function createCircuit(provider: string, clock: Clock): Circuit {
  let failures: number[] = [];
  let openUntil: number | undefined;
  let probing = false;

  return {
    look,
    enter() {
      look();
      const isProbe = openUntil !== undefined;
      if (isProbe) probing = true;
      let ended = false;
      return (ending) => {
        if (ended) return;
        ended = true;
        if (isProbe) probing = false;
        if (ending === "answered") close();
        else if (ending === "failed") fail(isProbe);
      };
    },
  };

  function look(): void {
    if (openUntil === undefined) return;
    const leftMs = openUntil - clock.now();
    if (leftMs <= 0 && !probing) return;
    const retryAfterMs = Math.max(leftMs, probeMs);
    throw new RunwrightError(
      "model.unavailable",
      `Provider '${provider}' failed ${providerLimits.circuitFailures} times in a row within ${formatDuration(providerLimits.circuitWindowMs)} and is left alone; a call is tried again in ${formatDuration(retryAfterMs)}.`,
      { retryAfterMs },
    );
  }

  function close(): void {
    failures = [];
    openUntil = undefined;
  }

  function fail(isProbe: boolean): void {
    const now = clock.now();
    failures = [...failures.filter((at) => now - at < providerLimits.circuitWindowMs), now].slice(
      -providerLimits.circuitFailures,
    );
    if (isProbe || failures.length >= providerLimits.circuitFailures) openUntil = now + providerLimits.circuitOpenMs;
  }
}

/** While one call probes, the others come back this much later. */
const probeMs = 1000;
