import type { App } from "../app/app.ts";
import type { History } from "../app/runs.ts";
import type { RunEvent } from "../machine/event.ts";
import { isRunEnd } from "../machine/finish.ts";

/** One durable event of a run. */
export interface Entry {
  readonly run: string;
  /** Where a run of this family is carried out: path of the step that runs it, from the first of them on; empty for that one. */
  readonly under: string;
  readonly seq: number;
  readonly at: number;
  readonly event: RunEvent;
}

/** Takes in the events of one run, each once and in order; the next one waits until it is done with this one. */
export type Recorder = (entry: Entry) => Promise<void> | void;

/** What takes in a run. */
export interface Recorders {
  readonly own: readonly Recorder[];
  /** The same for a run that its steps run, or that one of those runs. What gets none is left alone. */
  readonly child?: (run: string, source: History) => Promise<Recorder | undefined>;
}

/** Hands the events of a run, and where that is asked for of its sub-workflows, to recorders. */
export interface Recording {
  /** Resolves once everything has been handed on that was durable when it was asked. */
  catchUp(source: History): Promise<void>;
  /** True when it follows this run. */
  covers(run: string): boolean;
}

interface Member {
  readonly recorders: readonly Recorder[];
  readonly under: string;
  seq: number;
  isOver: boolean;
}

/**
 * Begins with the first event of the run. Events are read from the journal, never kept in a queue: a recorder that is slow, such as a pipe whose
 * reader is, costs no memory.
 */
export function createRecording(run: string, { own, child }: Recorders): Recording {
  const members = new Map<string, Member>();
  if (own.length > 0) members.set(run, { recorders: own, under: "", seq: 0, isOver: false });
  let last: Promise<void> = Promise.resolve();

  return {
    catchUp(source) {
      last = last.then(() => readAll(source));
      return last;
    },
    covers: (id) => members.has(id),
  };

  async function readAll(source: History): Promise<void> {
    // Those that begin meanwhile are added to the end, and so are read too.
    for (const [id, member] of members) {
      await read(source, id, member);
      if (member.isOver) members.delete(id);
    }
  }

  async function read(source: History, id: string, member: Member): Promise<void> {
    for await (const { seq: first, at, events } of source.history(id, member.seq + 1)) {
      for (const [index, event] of events.entries()) {
        if (first + index <= member.seq) continue;
        member.seq = first + index;
        const { seq, under } = member;
        for (const record of member.recorders) await record({ run: id, under, seq, at, event });
        if (isRunEnd(event)) member.isOver = true;
        if (event.kind === "child.started") await admit(event.run, pathUnder(under, event.path), source);
      }
    }
  }

  async function admit(id: string, under: string, source: History): Promise<void> {
    const recorder = await child?.(id, source);
    if (recorder !== undefined) members.set(id, { recorders: [recorder], under, seq: 0, isOver: false });
  }
}

/** A path in a run that is itself carried out under a path. */
export function pathUnder(under: string, path: string): string {
  return [under, path].filter(Boolean).join("/");
}

/** Catches up after every commit of the run in this process, until it is disposed; then nothing is read from the app any more. */
export function recordLive(app: App, recording: Recording): AsyncDisposable {
  let isAsked = false;
  let last: Promise<void> = Promise.resolve();
  const subscription = app.subscribe(({ key }) => {
    if (recording.covers(key.run)) ask();
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
