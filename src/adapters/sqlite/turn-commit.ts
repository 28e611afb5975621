import { RunwrightError } from "../../base/error.ts";
import { limits } from "../../base/limits.ts";
import type { Database } from "./database.ts";

/** Lets the writes of one turn of the event loop share a transaction, and with it the one wait for the disk. */
export interface TurnCommit {
  /** Commits `write`, and everything that waits, at once. */
  now<T>(write: () => T): Promise<T>;
  /** Commits `write` at the end of this turn at the latest. An error of ours that it throws before it writes concerns it alone. */
  soon<T>(write: () => T): Promise<T>;
  /** Commits what waits. */
  flush(): void;
}

interface Waiting {
  /** Writes, and gives back what settles its promise once the commit is durable. */
  write(): () => void;
  fail(error: unknown): void;
}

/** What goes with each transaction. */
export interface AroundCommit {
  /** Called before: throws where there is no room for one. */
  assertRoom(): void;
  /** Called after. */
  committed(): void;
}

/** Writes through `database`. */
export function createTurnCommit(database: Database, around: AroundCommit): TurnCommit {
  let queue: Waiting[] = [];
  let scheduled: NodeJS.Immediate | undefined;

  return {
    now(write) {
      const answer = enqueue(write);
      flush();
      return answer;
    },
    soon(write) {
      const answer = enqueue(write);
      if (queue.length >= limits.commitRunsMax) flush();
      else scheduled ??= setImmediate(flush);
      return answer;
    },
    flush,
  };

  function enqueue<T>(write: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    queue.push({
      write() {
        try {
          const answer = write();
          return () => resolve(answer);
        } catch (error) {
          if (!(error instanceof RunwrightError)) throw error;
          return () => reject(error);
        }
      },
      fail: reject,
    });
    return promise;
  }

  function flush(): void {
    clearImmediate(scheduled);
    scheduled = undefined;
    const batch = queue;
    queue = [];
    if (batch.length === 0) return;
    try {
      around.assertRoom();
      const settled = database.transact(() => batch.map((waiting) => waiting.write()));
      around.committed();
      for (const settle of settled) settle();
    } catch (error) {
      for (const waiting of batch) waiting.fail(error);
    }
  }
}
