import { type Config, loadConfig } from "../app/config.ts";
import { commandName } from "./command-name.ts";
import { createOutput, type Output } from "./output.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  /** False after `--no-color`. */
  readonly color?: boolean;
  /** Of the commands that follow a run. */
  readonly jsonl?: boolean;
}

/** What a command stands on. */
export interface Session {
  readonly output: Output;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when `stdout` is to hold one JSON document. */
  readonly json: boolean;
  /** True when `stdout` is to hold one JSON document a line: the events of a run, then how it stands. */
  readonly jsonl: boolean;
  /** How this program is called from here. */
  readonly me: string;
}

/** The session of this process. */
export function createSession(options: GlobalOptions): Session {
  const { env } = process;
  return {
    output: createOutput(env, options.color === false ? false : undefined),
    cwd: process.cwd(),
    env,
    json: options.json === true,
    jsonl: options.jsonl === true,
    me: commandName(env, process.argv[1] ?? "", process.cwd()),
  };
}

/** The configuration that holds where the command was typed. */
export function sessionConfig(session: Session): Promise<Config> {
  return loadConfig(session.cwd, session.env);
}
