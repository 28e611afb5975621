import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.ts";
import { median } from "./probe.ts";

const pairs = 15;
const extension = path.extname(import.meta.url);
const program = fileURLToPath(new URL(`../src/cli/main${extension}`, import.meta.url));

/** How much longer than a Node that does nothing `runwright --version` takes, as a whole process: the median of pairs. */
export function openVersion(): Promise<Contender> {
  return Promise.resolve({
    warmUp: () => Promise.resolve(void [timeOf("-e", "0"), timeOf(program, "--version")]),
    scenarios: {
      version: () => {
        const beyond = Array.from({ length: pairs }, () => timeOf(program, "--version") - timeOf("-e", "0"));
        return Promise.resolve({ steps: 0, ms: Math.max(0, median(beyond)) });
      },
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function timeOf(...command: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${command.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}
