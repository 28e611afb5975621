import { Worker } from "node:worker_threads";

/** What a thread is told. */
export type Word = "move" | "end";

/** What a thread says after it has moved what it could. */
export type Moved = { readonly ok: true } | { readonly ok: false; readonly errcode: number; readonly message: string };

/** A thread of its own that moves the write-ahead log into the database file. */
export interface CheckpointThread extends AsyncDisposable {
  /** Asks for one move; `answered` comes in a later turn. False when there is no thread to ask: then the caller has to move by itself. */
  ask(): boolean;
}

/** How many threads may die before no other is started. */
const threadsMax = 3;
/** How long a thread may take to end what it does, at close. */
const endMsMax = 5000;
// Beside this file, as source in development and as JavaScript in the package.
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));
const program = new URL(`./checkpoint-worker${extension}`, import.meta.url);

/**
 * Makes a thread for the database in `file` when it is asked for the first time: a short command never pays for one.
 *
 * `answered` is called once for each question that was taken, also when the thread died over it.
 */
export function createCheckpointThread(file: string, answered: (moved: Moved) => void): CheckpointThread {
  let worker: Worker | undefined;
  let started = 0;
  let closed = false;

  return {
    ask() {
      worker ??= start();
      worker?.postMessage("move" satisfies Word, []);
      return worker !== undefined;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      if (worker !== undefined) await end(worker);
    },
  };

  function start(): Worker | undefined {
    if (closed || started === threadsMax) return undefined;
    started += 1;
    try {
      const thread = new Worker(program, { workerData: { file }, execArgv: [], env: {} });
      thread.unref();
      thread.on("message", answered);
      // An error is always followed by the end.
      thread.on("error", () => {});
      thread.on("exit", () => gone(thread));
      return thread;
    } catch {
      // Threads are not allowed in this process.
      started = threadsMax;
      return undefined;
    }
  }

  function gone(thread: Worker): void {
    if (worker !== thread) return;
    worker = undefined;
    if (!closed) answered({ ok: true });
  }
}

/** Its connection must be closed before that of the writer, which leaves no log behind when it is the last. */
async function end(thread: Worker): Promise<void> {
  thread.ref();
  const { promise, resolve } = Promise.withResolvers<void>();
  thread.once("exit", () => resolve());
  thread.postMessage("end" satisfies Word, []);
  const timer = setTimeout(() => void thread.terminate(), endMsMax);
  await promise;
  clearTimeout(timer);
}
