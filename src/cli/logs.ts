import type { LogEntry } from "../ports/logs.ts";

/** The lines that user modules log: from the app that is being opened to the view that is not there yet. */
export interface Logs {
  readonly emit: (line: LogEntry) => void;
  readonly listen: (listener: (line: LogEntry) => void) => Disposable;
}

/** Logs with no listener yet; until there is one, lines are dropped. */
export function createLogs(): Logs {
  const listeners = new Set<(line: LogEntry) => void>();
  return {
    emit(line) {
      for (const listener of listeners) listener(line);
    },
    listen(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
}
