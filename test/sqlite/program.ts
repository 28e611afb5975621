import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

/** A program of this folder that runs as a process of its own, spoken with line by line. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** Says a line and gives back the next one it answers. */
  ask(line: string): Promise<string>;
  /** What it says, until it ends. */
  lines(): AsyncIterable<string>;
  /** Ends it at once, as a power cut of its own. */
  kill(): Promise<void>;
}

/** Starts `<name>.ts`; `shell` runs before it in the same process, for limits of the system. */
export function startProgram(name: string, values: readonly string[], shell?: string): Program {
  const command = [process.execPath, path.join(import.meta.dirname, `${name}.ts`), ...values];
  const [file = "", ...rest] = shell === undefined ? command : ["sh", "-c", `${shell}; exec "$0" "$@"`, ...command];
  const child = spawn(file, rest, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const reader = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  return {
    pid: child.pid ?? 0,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      return String((await reader.next()).value);
    },
    lines: () => ({ [Symbol.asyncIterator]: () => reader }),
    kill,
    [Symbol.asyncDispose]: kill,
  };

  async function kill(): Promise<void> {
    child.kill("SIGKILL");
    await ended;
  }
}
