import { RunwrightError } from "../../base/error.ts";
import { errorOfEnd } from "./call-error.ts";
import { openChildProcess } from "./child-process.ts";
import type { CallHooks, ChildState } from "./child-state.ts";
import { endOnAbort } from "./end-on-abort.ts";
import type { Isolation } from "./isolation.ts";
import type { FunctionLimits } from "./limits.ts";
import { listen } from "./listen.ts";
import type { Call, Returned, Start, ToChild } from "./protocol.ts";

/** The engine's side of one child process. It serves one call at a time. */
export interface ChildHandle {
  readonly pid: number | undefined;
  /** As it stands now. */
  readonly state: Readonly<Pick<ChildState, "usable" | "calls" | "residentBytes">>;
  /** Resolves when the process and its group are gone. */
  readonly gone: Promise<void>;
  call(call: Call, hooks: CallHooks, signal: AbortSignal): Promise<Returned>;
  /** Kills it at once; a call in flight fails with `reason` in its message. */
  kill(reason: string): void;
  /** Lets an idle process end; one that does not is killed. */
  retire(): void;
}

/** What `startChild` needs. */
export interface ChildOptions {
  readonly isolation: Isolation;
  readonly start: Start;
  readonly limits: FunctionLimits;
}

/** Starts a child process. Calls may be made at once: they wait in its pipe until it is ready. */
export function startChild({ isolation, start, limits }: ChildOptions): ChildHandle {
  const state = newState();
  const gone = Promise.withResolvers<void>();
  const child = openChildProcess({ isolation, cwd: start.root, printed, ended });
  const operations = listen(child, state, { limits, kill, retire });
  send(start);
  return { pid: child.pid, state, gone: gone.promise, call: serve, kill, retire };

  async function serve(call: Call, hooks: CallHooks, signal: AbortSignal): Promise<Returned> {
    const text = JSON.stringify(call);
    if (Buffer.byteLength(text) > limits.callBytesMax) {
      const message = `The input of ${hooks.name} is above ${limits.callBytesMax} bytes of JSON.`;
      throw new RunwrightError("step.value-too-large", message);
    }
    const { promise, resolve, reject } = Promise.withResolvers<Returned>();
    state.calls += 1;
    state.linesHeard = 0;
    state.current = { call, hooks, resolve, reject };
    child.link.write(`${text}\n`);

    using _ending = endOnAbort(signal, limits, {
      ask: () => send({ kind: "abort", id: call.id }),
      terminate: () => child.signal("SIGTERM"),
      kill: () => kill("it went on after it was aborted"),
    });
    try {
      return await promise;
    } finally {
      // What it printed lies in other pipes than its result; when the next turn begins, this one has read them all.
      await new Promise(setImmediate);
      hooks.log.end();
      state.current = undefined;
    }
  }

  function printed(level: "stdout" | "stderr", chunk: Buffer): void {
    // What Node prints of a dying process is its own stack; the place in it becomes part of the error.
    if (state.current?.dying === undefined) state.current?.hooks.log.printed(level, chunk);
  }

  function ended(how: string): void {
    const { current } = state;
    state.usable = false;
    operations.end();
    current?.reject(errorOfEnd(current, state, { how, lastWords: child.lastWords(), root: start.root }));
    gone.resolve();
  }

  function send(line: ToChild): void {
    child.link.write(`${JSON.stringify(line)}\n`);
  }

  function kill(reason: string): void {
    state.usable = false;
    state.killedFor ??= reason;
    child.signal("SIGKILL");
  }

  function retire(): void {
    state.usable = false;
    child.link.end();
    const timer = setTimeout(() => kill("it had no connection to the engine any more"), limits.killGraceMs);
    void gone.promise.finally(() => clearTimeout(timer));
  }
}

function newState(): ChildState {
  return { current: undefined, usable: true, calls: 0, residentBytes: 0, linesHeard: 0, killedFor: undefined };
}
