import type { LogLine } from "../app/app.ts";

/** The lines that user modules log: from the app that is being opened to the view that is not there yet. */
export interface Logs {
  readonly emit: (line: LogLine) => void;
  readonly listen: (listener: (line: LogLine) => void) => Disposable;
}

/** Logs with no listener yet; until there is one, lines are dropped. */
export function createLogs(): Logs {
  const listeners = new Set<(line: LogLine) => void>();
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
