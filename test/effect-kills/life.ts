import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { OperationName, PointName } from "./points.ts";

/** Where a process is to be killed. */
export interface Kill {
  readonly operation: OperationName;
  readonly point: PointName;
}

/** What the process lacks, for controls that must be found out. */
export type MissingGuard =
  | "none"
  /** What is blind is called again like what may be repeated. */
  | "retries-blindly"
  /** Commits are acknowledged at once and written a moment later. */
  | "writes-behind";

/** What a process under test is told. */
export interface LifeSettings {
  /** Holds the project, `version.json` and the store. */
  readonly folder: string;
  readonly url: string;
  /** Name of the run. */
  readonly name: string;
  /** How far its time is ahead: between two lives time passes. */
  readonly aheadMs: number;
  /** Kills itself where one of these comes, of each operation the first that is left. */
  readonly kills: readonly Kill[];
  /** Where this operation has been asked for, what was held back of it arrives; then time passes. */
  readonly late?: OperationName;
  readonly without: MissingGuard;
}

/** What it says, each as it happens. */
export type Said =
  | { readonly kind: "leaves"; readonly operation: OperationName; readonly key: string }
  | { readonly kind: "looks"; readonly operation: OperationName; readonly at: number }
  | { readonly kind: "killed"; readonly kill: Kill }
  | { readonly kind: "settles"; readonly outcome: "accepted" | "retry" }
  | { readonly kind: "ended"; readonly status: string; readonly error?: string }
  | { readonly kind: "fault"; readonly text: string };

/** How one life went. */
export interface Life {
  readonly said: readonly Said[];
  readonly killed: boolean;
}

/** A process that is alive. */
export interface Living {
  /** Kills it from the other side. */
  readonly kill: () => void;
  readonly ended: Promise<Life>;
}

const lifeMsMax = 120_000;
const program = path.join(import.meta.dirname, "process.ts");

/** Starts a process over a folder. `shared` holds compiled code, and what processes leave behind. */
export function startLife(settings: LifeSettings, shared: string): Living {
  const env = { ...process.env, NODE_COMPILE_CACHE: path.join(shared, "cache"), TMPDIR: shared };
  const running = spawn(process.execPath, [program, JSON.stringify(settings)], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: lifeMsMax,
    killSignal: "SIGABRT",
  });
  const said: Said[] = [];
  const lines = createInterface({ input: running.stdout });
  lines.on("line", (line) => said.push(JSON.parse(line) as Said));
  const ended = new Promise<Life>((resolve, reject) =>
    running.once("close", (code, signal) => {
      if (signal === "SIGKILL") return resolve({ said, killed: true });
      if (code === 0 && said.at(-1)?.kind === "ended") return resolve({ said, killed: false });
      reject(new Error(`A process ended with ${code ?? signal}: ${JSON.stringify({ settings, said })}`));
    }),
  );
  return { kill: () => void running.kill("SIGKILL"), ended };
}
