import path from "node:path";
import type { Readable } from "node:stream";
import { RunwrightError } from "../../base/error.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ToolSurroundings } from "../../ports/connector.ts";
import type { Ending, Processes, ProcessGroup } from "../../processes/process-group.ts";
import type { BuiltInAction, BuiltInReply } from "./built-in-action.ts";
import { builtInLimits } from "./limits.ts";
import { openFolder } from "./folder.ts";
import { rootOf } from "./places.ts";

/** What the actions of `shell` stand on. */
export interface ShellOptions {
  /** The project's folder. */
  readonly root: string;
  /** Programs that may be started, as steps write them; none: the connector is off. */
  readonly commands: readonly string[];
  readonly processes: Processes;
}

/** Starts programs. No shell is between: what a step writes is one argument, whatever it holds. */
export function shellActions(options: ShellOptions): Readonly<Record<string, BuiltInAction>> {
  return {
    run: {
      async call(input, surroundings) {
        const command = typeof input["command"] === "string" ? input["command"] : "";
        if (!options.commands.includes(command)) throw notAllowed(command, options);
        return await runProgram(command, input, surroundings, options);
      },
    },
  };
}

async function runProgram(
  command: string,
  input: JsonObject,
  { settings, signal }: ToolSurroundings,
  { root, processes }: ShellOptions,
): Promise<BuiltInReply> {
  const cwd = await folderFor(settings["folder"], root);
  const group = start(processes, { command, args: textsOf(input["args"]), cwd, env: ownEnvironment() });
  const printed = [keep(group.stdout), keep(group.stderr)] as const;
  group.stdin.end(input["stdin"] ?? "");
  const ending = await endOf(group, timeOf(input), signal);
  if (signal.aborted) throw new RunwrightError("call.aborted", `The program ${command} was aborted.`);
  const { code, words } = ending;
  if (ending.unstarted) throw new RunwrightError("connector.not-configured", `The program ${command} ${words}.`);
  const [stdout, stderr] = printed;
  if (code === undefined || !codesOf(input).includes(code)) {
    const said = (stderr.text().trim() === "" ? stdout : stderr)
      .text()
      .trim()
      .split("\n")
      .slice(-3)
      .join(" | ")
      .slice(-500);
    throw new RunwrightError("tool.failed", `The program ${command} ${words}${said === "" ? "" : `: ${said}`}.`);
  }
  return {
    output: {
      exit_code: code,
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.isCut() || stderr.isCut(),
    },
    receipt: { remote_id: null, url: null, before: null },
  };
}

/** Where a program runs. A link on the way is refused: it may lead out of the project. */
async function folderFor(folder: JsonObject[string] | undefined, project: string): Promise<string> {
  if (typeof folder !== "string") return project;
  const { base, names } = rootOf(project, folder, [], false);
  await using _looked = await openFolder(base, names, false);
  return path.join(base, ...names);
}

function start(processes: Processes, options: Parameters<Processes["start"]>[0]): ProcessGroup {
  try {
    return processes.start(options);
  } catch (error) {
    // An argument with a zero byte, or more of them than the system takes.
    throw new RunwrightError("tool.input-invalid", `The program ${options.command} cannot take these arguments.`, {
      cause: error,
    });
  }
}

/** Kills the program, with all that it started, when its time is over or nobody waits for it any more. */
async function endOf(group: ProcessGroup, timeMs: number, signal: AbortSignal): Promise<Ending> {
  let isLate = false;
  const kill = (): void => group.kill();
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, timeMs);
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  const ending = await group.ended;
  clearTimeout(timer);
  signal.removeEventListener("abort", kill);
  return isLate ? { code: undefined, words: `was ended after ${timeMs / 1000} s` } : ending;
}

/** What a program prints, up to the bound; the rest is read and dropped, so that the program does not wait for ever. */
function keep(stream: Readable): { readonly text: () => string; readonly isCut: () => boolean } {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    const room = builtInLimits.printedBytesMax - bytes;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    bytes += chunk.length;
  });
  return { text: () => Buffer.concat(chunks).toString("utf8"), isCut: () => bytes > builtInLimits.printedBytesMax };
}

function ownEnvironment(): Readonly<Record<string, string>> {
  const env = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" };
  // Without SystemRoot, Windows programs can open no socket.
  return process.platform === "win32" ? { ...env, SystemRoot: process.env["SystemRoot"] ?? "" } : env;
}

function notAllowed(command: string, { commands }: ShellOptions): RunwrightError {
  const name = path.basename(command).slice(0, 100);
  if (commands.length > 0)
    return new RunwrightError(
      "tool.not-allowed",
      `The program '${name}' is none of those that the configuration names: ${commands.join(", ")}.`,
    );
  return new RunwrightError(
    "connector.not-configured",
    `The connector shell is off. Switch it on in runwright.config.yaml: connectors: { shell: { enabled: true, commands: [${name}] } }.`,
  );
}

function timeOf({ timeout_s: seconds }: JsonObject): number {
  return typeof seconds === "number" ? seconds * 1000 : builtInLimits.programMs;
}

function codesOf({ exit_codes: codes }: JsonObject): readonly number[] {
  return Array.isArray(codes) ? codes.filter((code): code is number => typeof code === "number") : [0];
}

function textsOf(value: JsonObject[string] | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === "string") : [];
}
