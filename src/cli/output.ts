import { styleText } from "node:util";
import type { Json } from "../base/json.ts";
import { safeJson } from "./safe-text.ts";

/** How something is emphasised, by what it means. */
export type Tone = "good" | "bad" | "attention" | "active" | "quiet" | "strong" | "plain";

/** Where a command writes, and what the other end can show. Data goes to `stdout`, everything for people to `stderr`. */
export interface Output {
  /** A line of data. */
  data(text: string): void;
  /** One of many lines of data; resolves when the reader has room for the next one. */
  line(text: string): Promise<void>;
  /** The one document of `--json`. */
  json(value: Json): void;
  /** One line of `--jsonl`; resolves when the reader has room for the next one. */
  jsonLine(value: Json): Promise<void>;
  /** False once whoever read `stdout` has gone. */
  isRead(): boolean;
  /** A line for people. */
  note(text: string): void;
  /** Emphasis for `note`, where colour is wanted. */
  readonly tone: (tone: Tone, text: string) => string;
  /** The same for `data`. */
  readonly dataTone: (tone: Tone, text: string) => string;
  readonly progress: NodeJS.WriteStream;
  /** True when people see `stderr`. */
  readonly isTerminal: boolean;
  /** True when a person can be asked. */
  readonly canAsk: boolean;
  /** Cells of a line of `stdout`; Infinity when no terminal cuts it. */
  readonly columns: number;
}

const formats = {
  good: "green",
  bad: "red",
  attention: "yellow",
  active: "cyan",
  quiet: "dim",
  strong: "bold",
} as const;

/** The output of this process. `colour` is undefined where the terminal and its variables decide. */
export function createOutput(env: Readonly<Record<string, string | undefined>>, colour?: false): Output {
  const { stdin, stdout, stderr } = process;
  let isRead = true;
  stdout.once("error", () => (isRead = false));
  // A reader that has seen enough, such as `head`, is no error.
  for (const stream of [stdout, stderr]) stream.on("error", ignoreClosedPipe);

  return {
    data: (text) => void stdout.write(`${text}\n`),
    line: (text) => writeLine(stdout, text),
    isRead: () => isRead,
    json: (value) => void stdout.write(`${safeJson(value, 2)}\n`),
    jsonLine: (value) => writeLine(stdout, safeJson(value, 0)),
    note: (text) => void stderr.write(`${text}\n`),
    tone: toned(colour ?? wantsColour(stderr, env)),
    dataTone: toned(colour ?? wantsColour(stdout, env)),
    progress: stderr,
    isTerminal: stderr.isTTY && env["TERM"] !== "dumb" && !env["CI"],
    canAsk: stdin.isTTY && stderr.isTTY && env["TERM"] !== "dumb" && !env["CI"],
    columns: stdout.isTTY ? stdout.columns : Infinity,
  };
}

/** `NO_COLOR` beats `FORCE_COLOR`, and both beat what the stream is. */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

function toned(colour: boolean): Output["tone"] {
  return (tone, text) =>
    colour && tone !== "plain" ? styleText(formats[tone], text, { validateStream: false }) : text;
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** A reader that has gone has room for everything. */
function writeLine(stream: NodeJS.WriteStream, line: string): Promise<void> {
  if (stream.write(`${line}\n`)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of endings) stream.off(event, done);
      resolve();
    };
    for (const event of endings) stream.once(event, done);
  });
}

const endings = ["drain", "close", "error"] as const;
