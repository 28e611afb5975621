import { readdirSync } from "node:fs";
import path from "node:path";
import { openRunReader } from "../app/run-reader.ts";
import type { RunReader } from "../app/runs.ts";
import { exitCodes, type ExitCode } from "./exit.ts";
import { type Session, sessionConfig } from "./session.ts";
import { shells } from "./shells.ts";

/** A command as completion knows it. */
export interface KnownCommand {
  readonly name: string;
  /** Names of its arguments, in order. */
  readonly takes: readonly string[];
  readonly options: readonly string[];
  /** Names of the commands below it, as `audit` has them. */
  readonly commands: readonly string[];
}

const runsMax = 50;

/** Prints what may stand where the last word stands, one a line: a shell asks on every press of a key, so that it fails silently. */
export async function completeCommand(
  words: readonly string[],
  commands: readonly KnownCommand[],
  session: Session,
): Promise<ExitCode> {
  const last = words.at(-1) ?? "";
  for (const word of await candidates(words, commands, session)) if (word.startsWith(last)) session.output.data(word);
  return exitCodes.ok;
}

async function candidates(
  words: readonly string[],
  commands: readonly KnownCommand[],
  session: Session,
): Promise<readonly string[]> {
  const [name = "", ...rest] = words;
  if (words.length < 2) return commands.map((command) => command.name);
  const command = commands.find((each) => each.name === name);
  if (command === undefined) return [];
  const last = rest.at(-1) ?? "";
  if (command.commands.length > 0) return rest.length === 1 ? command.commands : [];
  if (last.startsWith("-")) return command.options;
  const before = rest.slice(0, -1).filter((word) => !word.startsWith("-"));
  const wanted = command.takes[Math.min(before.length, command.takes.length - 1)];
  switch (wanted) {
    case "run":
      return runIds(session);
    case "gate":
      return gatesOf(before[0] ?? "latest", session);
    case "file":
    case "version":
    case "other":
      return files(last, session.cwd);
    case "shell":
      return shells;
    default:
      return [];
  }
}

async function runIds(session: Session): Promise<readonly string[]> {
  await using reader = await readerOf(session);
  const rows = (await reader?.list({ limit: runsMax })) ?? [];
  return rows.length === 0 ? [] : ["latest", ...rows.map(({ key }) => key.run)];
}

async function gatesOf(name: string, session: Session): Promise<readonly string[]> {
  await using reader = await readerOf(session);
  if (reader === undefined) return [];
  const { findRun } = await import("./find-run.ts");
  const view = await reader.view(await findRun(reader, name)).catch(() => undefined);
  return view?.gates.map((gate) => gate.path) ?? [];
}

async function readerOf(session: Session): Promise<RunReader | undefined> {
  return openRunReader(await sessionConfig(session));
}

const workflowFile = /\.(?:ya?ml|json)$/;

/** Workflow files and folders of the folder that is being typed. */
function files(typed: string, cwd: string): readonly string[] {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  try {
    return readdirSync(path.resolve(cwd, folder), { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith(".") && (entry.isDirectory() || workflowFile.test(entry.name)))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`);
  } catch {
    return [];
  }
}
