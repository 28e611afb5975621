import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { createReaper } from "./reaper.ts";

/** What is started: no shell reads it, and the process sees no variable but those of `env`. */
export interface GroupOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process and everything it starts. */
export interface ProcessGroup {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** How it ended, in words: `ended with exit code 1`. The whole group is killed by then. */
  readonly ended: Promise<Ending>;
  /** Closes its input, so that it can end by itself, and kills the group when it has not after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

/** How a process ended. */
export interface Ending {
  /** Undefined: it was ended by a signal, or never started. */
  readonly code: number | undefined;
  readonly words: string;
  /** It never ran: there is no such program, or it may not be started. */
  readonly unstarted?: true;
}

/** Starts processes that die with this one, however this one ends. */
export interface Processes extends AsyncDisposable {
  start(options: GroupOptions): ProcessGroup;
}

/** No process yet. */
export function createProcesses(): Processes {
  const reaper = createReaper(() => "");
  const groups = new Set<ProcessGroup>();

  return {
    start(options) {
      reaper.ready();
      const group = startGroup(options);
      const { pid } = group;
      groups.add(group);
      if (pid !== undefined) reaper.watch(pid);
      void forgotten(group);
      return group;
    },
    async [Symbol.asyncDispose]() {
      const ends = [...groups].map(({ ended }) => ended);
      for (const group of groups) group.kill();
      await Promise.all(ends);
      reaper[Symbol.dispose]();
    },
  };

  async function forgotten(group: ProcessGroup): Promise<void> {
    await group.ended;
    groups.delete(group);
    if (group.pid !== undefined) reaper.forget(group.pid);
  }
}

function startGroup({ command, args, cwd, env }: GroupOptions): ProcessGroup {
  const child = spawn(command, [...args], {
    cwd,
    env: { ...env },
    // A group of its own, so that it can be killed with all that it started. Windows ends children with their parent, but not detached ones.
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = Promise.withResolvers<Ending>();
  let gone = false;
  // What is written to a process that has ended is lost; its end tells that.
  child.stdin.on("error", () => undefined);
  child.on("error", (error) => {
    if (child.pid === undefined)
      end({ code: undefined, words: `could not be started: ${error.message}`, unstarted: true });
  });
  // In the next turn, when its pipes have been read to their ends.
  child.on("exit", (code, signal) =>
    setImmediate(() =>
      end({
        code: code ?? undefined,
        words: signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`,
      }),
    ),
  );

  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: ended.promise,
    kill,
    async stop(graceMs) {
      child.stdin.end();
      const timer = setTimeout(kill, graceMs);
      await ended.promise;
      clearTimeout(timer);
    },
  };

  function end(how: Ending): void {
    if (gone) return;
    kill();
    gone = true;
    ended.resolve(how);
  }

  function kill(): void {
    // Once it is gone its number may belong to somebody else.
    if (child.pid === undefined || gone) return;
    try {
      if (process.platform === "win32") child.kill("SIGKILL");
      else process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group has ended in this very moment.
    }
  }
}
