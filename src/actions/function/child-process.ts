import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Isolation } from "./isolation.ts";
import { callsFd, refsFd } from "./protocol.ts";

/** A started process with its pipes. */
export interface ChildProcess {
  readonly pid: number | undefined;
  /** Lines of calls and their ends. */
  readonly link: Socket;
  /** Lines of `ctx.refs` questions and answers. */
  readonly questions: Socket;
  /** What the process printed to stderr last. */
  lastWords(): string;
  /** To the process and everything it started; nothing happens once they are gone. */
  signal(signal: NodeJS.Signals): void;
}

/** What `openChildProcess` needs. */
export interface ChildProcessOptions {
  readonly isolation: Isolation;
  readonly cwd: string;
  readonly printed: (level: "stdout" | "stderr", chunk: Buffer) => void;
  /** Called once, when the process has ended or could not be started; its group is killed by then. */
  readonly ended: (how: string) => void;
}

const lastWordsBytes = 4096;
// Beside this file, as source in development and as JavaScript in the package.
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));
const entry = fileURLToPath(new URL(`./child${extension}`, import.meta.url));

/** Starts the program of `child.ts`. */
export function openChildProcess(options: ChildProcessOptions): ChildProcess {
  const child = spawn(process.execPath, [...options.isolation.flags, entry], {
    cwd: options.cwd,
    env: { ...options.isolation.env },
    // A group of its own, so that it can be killed with all that it started. Windows ends children with their parent, but not detached ones.
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe", "overlapped", "pipe"],
  });
  let lastWords = "";
  let gone = false;

  child.stdout?.on("data", (chunk: Buffer) => options.printed("stdout", chunk));
  child.stderr?.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString("latin1", 0, lastWordsBytes)).slice(-lastWordsBytes);
    options.printed("stderr", chunk);
  });
  child.on("error", (error) => end(`could not be started: ${error.message}`));
  // In the next turn, when its pipes have been read to their ends.
  child.on("exit", (code, signal) =>
    setImmediate(() => end(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`)),
  );

  return {
    pid: child.pid,
    link: child.stdio[callsFd] as Socket,
    questions: child.stdio[refsFd] as Socket,
    lastWords: () => lastWords,
    signal: signalGroup,
  };

  function end(how: string): void {
    if (gone) return;
    signalGroup("SIGKILL");
    gone = true;
    options.ended(how);
  }

  function signalGroup(signal: NodeJS.Signals): void {
    // Once it is gone its number may belong to somebody else.
    if (child.pid === undefined || gone) return;
    try {
      if (process.platform === "win32") child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // The group has ended in this very moment.
    }
  }
}
