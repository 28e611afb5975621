import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error.ts";
import { limits } from "../base/limits.ts";
import type { LogEntry, Logs } from "../ports/logs.ts";
import { createLogQueue } from "./log-queue.ts";

/** What a keeper stands on. */
export interface LogKeeperDeps {
  readonly logs: Pick<Logs, "write">;
  readonly clock: Clock;
}

/** Takes the lines that steps log, and writes them in batches. Nothing that goes wrong here concerns a run. */
export interface LogKeeper {
  readonly add: (entry: LogEntry) => void;
  /** Begins to write what waits. Called before every commit of a run, so that a step's lines are there when its end is. */
  readonly flush: () => void;
  /** Calls `listener` for every line as it comes, until disposed. */
  listen(listener: (entry: LogEntry) => void): Disposable;
  /** Resolves when everything that was added has been written or given up, or after the grace. */
  quiet(): Promise<void>;
  /** Nothing is written any more. */
  end(): void;
}

/** How long after a batch that could not be written the next is tried, where no commit comes first. */
const brokenRetryMs = 1000;

/**
 * Makes a keeper.
 *
 * It stands in this room because only the engine knows when a step ends and when the process stops: lines wait for the next commit of any run
 * and are written with it, which costs a store that puts both into one transaction no wait of its own. Only where nothing is committed for
 * `limits.logDelayMs`, as while one long call goes on, they are written by themselves.
 */
export function createLogKeeper({ logs, clock }: LogKeeperDeps): LogKeeper {
  const listeners = new Set<(entry: LogEntry) => void>();
  const queue = createLogQueue();
  let timer: Disposable | undefined;
  let writing: Promise<void> | undefined;
  /** Whether somebody wanted a batch written while another was. */
  let isAsked = false;
  let isBroken = false;
  let hasEnded = false;

  return {
    add(entry) {
      if (hasEnded) return;
      tell(entry);
      queue.add(entry);
      timer ??= clock.after(limits.logDelayMs, flush);
    },
    flush,
    listen(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    async quiet() {
      const { promise, resolve } = Promise.withResolvers<void>();
      using _grace = clock.after(limits.stopGraceMs, resolve);
      await Promise.race([writeAll(), promise]);
    },
    end() {
      hasEnded = true;
      timer?.[Symbol.dispose]();
    },
  };

  function flush(): void {
    timer?.[Symbol.dispose]();
    timer = undefined;
    // One batch at a time: what comes meanwhile is the next one, and the queue is bounded however slow the store is.
    isAsked = writing !== undefined;
    if (isAsked || hasEnded || queue.isEmpty) return;
    writing = write().finally(() => {
      writing = undefined;
      if (isAsked) flush();
      else if (!queue.isEmpty) timer ??= clock.after(isBroken ? brokenRetryMs : limits.logDelayMs, flush);
    });
  }

  /** What is being written, what came meanwhile, and once more how many lines were lost in that. */
  async function writeAll(): Promise<void> {
    for (let batches = 0; batches < 3; batches += 1) {
      flush();
      await writing;
    }
  }

  async function write(): Promise<void> {
    const batch = queue.take(clock.now());
    try {
      await logs.write(batch.entries);
      isBroken = false;
    } catch (error) {
      batch.giveUp();
      sayOnce(batch.entries.at(-1), error);
    }
  }

  /** To whoever listens; what is kept tells how many were lost, once something can be kept again. */
  function sayOnce(entry: LogEntry | undefined, error: unknown): void {
    if (isBroken || hasEnded || entry === undefined) return;
    isBroken = true;
    const text = `What steps log cannot be kept now, and the runs go on without it: ${messageOf(error)}`;
    tell({ ...entry, path: "", level: "warn", text });
  }

  function tell(entry: LogEntry): void {
    for (const listener of listeners) listener(entry);
  }
}
