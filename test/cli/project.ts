import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** What a command left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is still going on. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves once `stderr` holds the text; rejects when the command ends before that. */
  says(text: string): Promise<void>;
  /** The same of `stdout`. */
  prints(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** A folder of its own with the real program to run in it. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  start(...args: readonly string[]): Running;
  run(...args: readonly string[]): Promise<Ended>;
}

const main = path.resolve(import.meta.dirname, "../../src/cli/main.ts");
const commandMsMax = 60_000;
const environment = {
  PATH: process.env["PATH"] ?? "",
  TMPDIR: tmpdir(),
  // Each command is a process that loads the same sources: the second one need not compile them again.
  NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, "../../node_modules/.cache/compile"),
};

/** Makes a project of these files. Its commands have no terminal and an environment of their own. */
export function openProject(files: Readonly<Record<string, string>>): Project {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "rw-cli-")));
  const running = new Set<ChildProcess>();
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }

  return {
    folder,
    start,
    run: (...args) => start(...args).ended,
    async [Symbol.asyncDispose]() {
      for (const child of running) child.kill("SIGKILL");
      await Promise.all([...running].map((child) => new Promise((resolve) => child.once("close", resolve))));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };

  function start(...args: readonly string[]): Running {
    const env = environmentOf(folder);
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: commandMsMax,
    });
    running.add(child);
    let stdout = "";
    let stderr = "";
    const listeners = new Set<() => void>();
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      for (const listener of listeners) listener();
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
      for (const listener of listeners) listener();
    });
    const ended = new Promise<Ended>((resolve) => {
      child.once("close", (code) => {
        running.delete(child);
        resolve({ code, stdout, stderr });
      });
    });
    return {
      pid: child.pid ?? 0,
      ended,
      says: (text) => until(text, () => stderr),
      prints: (text) => until(text, () => stdout),
      kill: (signal) => void child.kill(signal),
    };

    function until(text: string, told: () => string): Promise<void> {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (!told().includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void ended.then(({ code }) =>
          reject(new Error(`It ended with ${code} before it said '${text}':\n${stderr}${stdout}`)),
        );
      });
    }
  }
}

/** The program as a shell command, and its environment, for tests that start it some other way. */
export function programCommand(
  folder: string,
  args: readonly string[],
): { readonly command: string; readonly env: Readonly<Record<string, string>> } {
  const command = [process.execPath, main, ...args].map((part) => `'${part}'`).join(" ");
  return { command, env: environmentOf(folder) };
}

function environmentOf(folder: string): Readonly<Record<string, string>> {
  return { ...environment, HOME: folder, XDG_RUNTIME_DIR: folder };
}

/** The one JSON document that a command with `--json` writes. */
export function documentOf(ended: Ended): Record<string, unknown> {
  try {
    return JSON.parse(ended.stdout) as Record<string, unknown>;
  } catch {
    throw new Error(`This is no JSON document: ${ended.stdout}\n${ended.stderr}`);
  }
}
