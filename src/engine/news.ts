import { RunwrightError } from "../base/error.ts";
import { type RunKey, runKeyText } from "../base/ids.ts";
import type { InboxOutcome, RunSummary } from "../ports/journal.ts";
import type { Committed } from "./contract.ts";
import type { DriverNews } from "./driver.ts";

/** A promise that somebody may stop waiting for. */
export interface Awaited<T> {
  readonly promise: Promise<T>;
  forget(): void;
}

interface Waiter {
  readonly wanted: (summary: RunSummary) => boolean;
  done(): void;
  stop(error: unknown): void;
}

/** Tells those who wait in this process what has become durable. Only a hint: whoever needs certainty reads the journal. */
export interface News {
  publish(key: RunKey, news: DriverNews): void;
  subscribe(listener: (committed: Committed) => void): Disposable;
  /** The run cannot be driven here: who waits for it is told why. */
  broken(key: RunKey, error: unknown): void;
  /** The first commit from now on after which the run's summary is as `wanted`; rejects with the signal's reason. */
  reached(key: RunKey, wanted: (summary: RunSummary) => boolean, signal: AbortSignal): Awaited<void>;
  /** What an inbox row is told. */
  outcome(key: RunKey, id: number): Awaited<InboxOutcome["outcome"]>;
}

/** News of one engine. */
export function createNews(): News {
  const listeners = new Set<(committed: Committed) => void>();
  const changes = new Map<string, Set<Waiter>>();
  const outcomes = new Map<string, (outcome: InboxOutcome["outcome"]) => void>();
  const bySignal = new WeakMap<AbortSignal, Set<Waiter>>();

  return {
    publish(key, { seq, at, events, told, summary }) {
      for (const { id, outcome } of told) outcomes.get(`${runKeyText(key)}#${id}`)?.(outcome);
      if (events.length > 0) for (const listener of listeners) tell(listener, { key, seq, at, events });
      for (const waiter of changes.get(runKeyText(key)) ?? []) if (waiter.wanted(summary)) waiter.done();
    },
    broken(key, error) {
      for (const waiter of changes.get(runKeyText(key)) ?? []) waiter.stop(error);
    },
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    reached,
    outcome(key, id) {
      const { promise, resolve } = Promise.withResolvers<InboxOutcome["outcome"]>();
      const name = `${runKeyText(key)}#${id}`;
      outcomes.set(name, resolve);
      return { promise, forget: () => void outcomes.delete(name) };
    },
  };

  function reached(key: RunKey, wanted: (summary: RunSummary) => boolean, signal: AbortSignal): Awaited<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const name = runKeyText(key);
    const waiting = changes.get(name) ?? new Set();
    const waiter: Waiter = {
      wanted,
      done() {
        forget();
        resolve();
      },
      stop(error) {
        forget();
        reject(error instanceof Error ? error : new RunwrightError("call.aborted", "Nobody waits any more."));
      },
    };
    const forget = (): void => {
      waiting.delete(waiter);
      bySignal.get(signal)?.delete(waiter);
      if (waiting.size === 0 && changes.get(name) === waiting) changes.delete(name);
    };

    // A promise that is rejected after it was forgotten must not count as unhandled.
    promise.catch(() => undefined);
    changes.set(name, waiting.add(waiter));
    if (signal.aborted) waiter.stop(signal.reason);
    else stopWith(signal, waiter);
    return { promise, forget };
  }

  /** One listener for each signal: whoever waits for thousands of runs gives them all the same, and each listener of a signal looks at the others. */
  function stopWith(signal: AbortSignal, waiter: Waiter): void {
    const known = bySignal.get(signal);
    if (known !== undefined) return void known.add(waiter);
    const waiters = new Set([waiter]);
    bySignal.set(signal, waiters);
    signal.addEventListener("abort", () => [...waiters].forEach((each) => each.stop(signal.reason)), { once: true });
  }
}

/** What is told is durable already: a listener that fails must not look like a commit that failed. */
function tell(listener: (committed: Committed) => void, committed: Committed): void {
  try {
    listener(committed);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
