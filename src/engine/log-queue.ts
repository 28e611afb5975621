import { type RunKey, runKeyText } from "../base/ids.ts";
import { limits } from "../base/limits.ts";
import type { LogEntry } from "../ports/logs.ts";

/** Lines that wait to be written, within bounds: the oldest make room for new ones, and it is counted how many did. */
export interface LogQueue {
  readonly isEmpty: boolean;
  add(entry: LogEntry): void;
  /** Everything that waits, after a line for each run that lost some. */
  take(at: number): Batch;
}

/** What is written at once. */
export interface Batch {
  readonly entries: readonly LogEntry[];
  /** It could not be written: its lines count as lost. */
  giveUp(): void;
}

/** Lines of one run that were lost since its last batch. */
interface Loss {
  readonly key: RunKey;
  readonly lines: number;
}

/** What part of a full queue is dropped at once: one line at a time would move all others each time. */
const droppedPart = 0.25;

/** An empty queue. */
export function createLogQueue(): LogQueue {
  let queue: LogEntry[] = [];
  let chars = 0;
  let losses = new Map<string, Loss>();

  return {
    get isEmpty() {
      return queue.length === 0 && losses.size === 0;
    },
    add(entry) {
      queue.push(entry);
      chars += entry.text.length;
      if (queue.length > limits.logQueueLinesMax || chars > limits.logQueueCharsMax) dropOldest();
    },
    take(at) {
      const [batch, lost] = [queue, losses];
      [queue, losses, chars] = [[], new Map(), 0];
      return {
        entries: [...Array.from(lost.values(), (loss) => lossEntry(loss, at)), ...batch],
        giveUp() {
          for (const { key, lines } of lost.values()) count(key, lines);
          for (const { key } of batch) count(key, 1);
        },
      };
    },
  };

  function dropOldest(): void {
    for (const { key, text } of queue.splice(0, Math.ceil(queue.length * droppedPart))) {
      count(key, 1);
      chars -= text.length;
    }
  }

  function count(key: RunKey, lines: number): void {
    const name = runKeyText(key);
    losses.set(name, { key, lines: (losses.get(name)?.lines ?? 0) + lines });
  }
}

function lossEntry({ key, lines }: Loss, at: number): LogEntry {
  const text = `${lines} lines of this run were lost here: more was logged than could be written.`;
  return { key, path: "", attempt: 0, at, level: "warn", text };
}
