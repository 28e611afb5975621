import { execFile } from "node:child_process";

/** The commands of the coding agents that Runwright knows. */
const commands: Readonly<Record<string, string>> = {
  "claude-code": "claude",
  codex: "codex",
  gemini: "gemini",
  grok: "grok",
};

const answerMsMax = 10_000;
const answerBytesMax = 65_536;

/** The version of a coding agent that is installed here, as its command says it; undefined where there is none, or it does not say. */
export function installedAgent(
  kind: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const command = Object.hasOwn(commands, kind) ? commands[kind] : undefined;
  if (command === undefined) return Promise.resolve(undefined);
  // On Windows such a command is a script, which only a shell starts; its name and argument are ours.
  const options = { env, timeout: answerMsMax, maxBuffer: answerBytesMax, shell: process.platform === "win32" };
  return new Promise((resolve) => {
    execFile(command, ["--version"], { ...options, killSignal: "SIGKILL", windowsHide: true }, (error, stdout) =>
      resolve(error === null ? /(?<![\w.])\d+\.\d+\.\d+(?:-[\w.]+)?/.exec(stdout)?.[0] : undefined),
    );
  });
}
