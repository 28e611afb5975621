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
  done(summary: RunSummary): void;
  stop(error: unknown): void;
}

/** Tells those who wait in this process what has become durable. Only a hint: whoever needs certainty reads the journal. */
export interface News {
  publish(key: RunKey, news: DriverNews): void;
  subscribe(listener: (committed: Committed) => void): Disposable;
  /** The run cannot be driven here: who waits for it is told why. */
  broken(key: RunKey, error: unknown): void;
  /** The summary after the next commit of a run; rejects with the signal's reason. */
  nextChange(key: RunKey, signal: AbortSignal): Awaited<RunSummary>;
  /** What an inbox row is told. */
  outcome(key: RunKey, id: number): Awaited<InboxOutcome["outcome"]>;
}

/** News of one engine. */
export function createNews(): News {
  const listeners = new Set<(committed: Committed) => void>();
  const changes = new Map<string, Set<Waiter>>();
  const outcomes = new Map<string, (outcome: InboxOutcome["outcome"]) => void>();

  return {
    publish(key, { seq, at, events, told, summary }) {
      for (const { id, outcome } of told) outcomes.get(`${runKeyText(key)}#${id}`)?.(outcome);
      if (events.length > 0) for (const listener of listeners) listener({ key, seq, at, events });
      const waiting = changes.get(runKeyText(key));
      changes.delete(runKeyText(key));
      for (const waiter of waiting ?? []) waiter.done(summary);
    },
    broken(key, error) {
      const waiting = changes.get(runKeyText(key));
      changes.delete(runKeyText(key));
      for (const waiter of waiting ?? []) waiter.stop(error);
    },
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    nextChange,
    outcome(key, id) {
      const { promise, resolve } = Promise.withResolvers<InboxOutcome["outcome"]>();
      const name = `${runKeyText(key)}#${id}`;
      outcomes.set(name, resolve);
      return { promise, forget: () => void outcomes.delete(name) };
    },
  };

  function nextChange(key: RunKey, signal: AbortSignal): Awaited<RunSummary> {
    const { promise, resolve, reject } = Promise.withResolvers<RunSummary>();
    const name = runKeyText(key);
    const waiting = changes.get(name) ?? new Set();
    const waiter: Waiter = {
      done(summary) {
        forget();
        resolve(summary);
      },
      stop(error) {
        forget();
        reject(error instanceof Error ? error : new RunwrightError("call.aborted", "Nobody waits any more."));
      },
    };
    const aborted = (): void => waiter.stop(signal.reason);
    const forget = (): void => {
      waiting.delete(waiter);
      signal.removeEventListener("abort", aborted);
      if (waiting.size === 0 && changes.get(name) === waiting) changes.delete(name);
    };

    // A promise that is rejected after it was forgotten must not count as unhandled.
    promise.catch(() => undefined);
    changes.set(name, waiting.add(waiter));
    if (signal.aborted) aborted();
    else signal.addEventListener("abort", aborted);
    return { promise, forget };
  }
}
