import type { App } from "../app/app.ts";
import type { Committed } from "../app/runs.ts";
import type { RunEvent } from "../machine/event.ts";

/** One durable event of a run. */
export interface Entry {
  readonly run: string;
  readonly seq: number;
  readonly at: number;
  readonly event: RunEvent;
}

/** Takes in the events of one run, each once and in order; the next one waits until it is done with this one. */
export type Recorder = (entry: Entry) => Promise<void> | void;

/** Where the durable events of a run are read. */
export interface History {
  history(run: string, fromSeq: number): AsyncIterable<Committed>;
}

/** Hands the events of one run to its recorders. */
export interface Recording {
  /** Resolves once everything has been handed on that was durable when it was asked. */
  catchUp(source: History): Promise<void>;
}

/**
 * Begins with the first event of the run. Events are read from the journal, never kept in a queue: a recorder that is slow, such as a pipe whose
 * reader is, costs no memory.
 */
export function createRecording(run: string, recorders: readonly Recorder[]): Recording {
  let seq = 0;
  let last: Promise<void> = Promise.resolve();

  return {
    catchUp(source) {
      last = last.then(() => (recorders.length === 0 ? undefined : read(source)));
      return last;
    },
  };

  async function read(source: History): Promise<void> {
    for await (const { seq: first, at, events } of source.history(run, seq + 1)) {
      for (const [index, event] of events.entries()) {
        if (first + index <= seq) continue;
        seq = first + index;
        for (const record of recorders) await record({ run, seq, at, event });
      }
    }
  }
}

/** Catches up after every commit of the run in this process, until it is disposed; then nothing is read from the app any more. */
export function recordLive(app: App, run: string, recording: Recording): AsyncDisposable {
  let isAsked = false;
  let last: Promise<void> = Promise.resolve();
  const subscription = app.subscribe(({ key }) => {
    if (key.run === run) ask();
  });
  ask();

  return {
    async [Symbol.asyncDispose]() {
      subscription[Symbol.dispose]();
      await last;
    },
  };

  /** However many commits come while one pass reads, one more pass takes them all. */
  function ask(): void {
    if (isAsked) return;
    isAsked = true;
    last = last.then(() => {
      isAsked = false;
      // What went wrong here is thrown where the command catches up for the last time.
      return recording.catchUp(app).catch(() => undefined);
    });
  }
}
