import { spawn } from "node:child_process";
import { RunwrightError } from "../base/error.ts";
import { vaultLimits } from "./limits.ts";

/** Where a command runs. */
export interface CommandPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long it may take. */
  readonly msMax: number;
}

/** All that a command gets of the environment: where programs lie, and whose they are. */
const passed = ["PATH", "HOME", "SystemRoot", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];

/**
 * The bytes that a command prints. No shell takes part: its words reach the program as they are. Throws `secret.missing`.
 *
 * What it says on `stderr` is thrown away: it may hold what must not be told.
 */
export function printedBy(command: readonly string[], { cwd, env, msMax }: CommandPlace): Promise<Buffer> {
  const [program = "", ...given] = command;
  const kept = Object.fromEntries(
    passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])),
  );
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const child = spawn(program, given, {
    cwd,
    env: kept,
    shell: false,
    stdio: ["ignore", "pipe", "ignore"],
    windowsHide: true,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  const giveUp = (what: string): void => {
    reject(new RunwrightError("secret.missing", `The command ${program} ${what}. Try it by hand.`));
    child.kill("SIGKILL");
    // What it started may hold the pipe open.
    child.stdout.destroy();
  };
  const timer = setTimeout(() => giveUp(`did not end within ${msMax / 1000} s`), msMax);
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > vaultLimits.valueBytesMax) giveUp(`printed more than ${vaultLimits.valueBytesMax} bytes`);
    else chunks.push(chunk);
  });
  child.once("error", (error: NodeJS.ErrnoException) => giveUp(`cannot be started (${error.code ?? "unknown"})`));
  child.once("close", (code, signal) => {
    if (code === 0) resolve(Buffer.concat(chunks));
    else giveUp(code === null ? `was ended by ${signal ?? "a signal"}` : `ended with code ${code}`);
  });
  return promise.finally(() => clearTimeout(timer));
}
