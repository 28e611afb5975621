import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Json } from "../../src/base/json.ts";
import type { MissingGuard } from "./missing-guards.ts";
import type { PointName } from "./points.ts";

export const scope = { tenant: "local", workspace: "default" } as const;

/** Runs of one folder, at most: they are looked at as one page. */
export const runsMax = 500;

/** What every gate's decider sets: part of the run's output, so that a decision that was lost shows in it. */
export const decided = { amount: 7 } as const;

/** What is reported to every run that waits for it, once. */
export const reported = { n: 5 } as const;

/** What a process under test is told. */
export interface LifeSettings {
  /** Holds the project, the store and `version.json`, which says what runs run. */
  readonly folder: string;
  /** Which process of the folder this is, from 1. */
  readonly life: number;
  /** Runs to start, by dedupe key, one after the other. */
  readonly starts: readonly string[];
  /** Words that are durable in an inbox, as `wordName` has them: they are not said again. */
  readonly posted: readonly string[];
  readonly without: MissingGuard;
  /** Kills itself at the n-th passing of a point. */
  readonly kill?: { readonly point: PointName; readonly nth: number };
}

/** What it says, each after it has become true. */
export type Said =
  | { readonly kind: "opened" }
  | { readonly kind: "started"; readonly dedupeKey: string; readonly run: string }
  | { readonly kind: "decided"; readonly run: string; readonly path: string; readonly outcome: "accepted" | "changes" }
  | { readonly kind: "reported"; readonly run: string }
  | { readonly kind: "committed"; readonly run: string; readonly seq: number; readonly hash: string }
  | { readonly kind: "posted"; readonly run: string; readonly id: number; readonly word: string }
  | { readonly kind: "fault"; readonly text: string }
  /** Every run has ended; what follows is an orderly exit. */
  | { readonly kind: "ended" };

/** How a process is killed from outside. */
export interface RandomKill {
  /** From when the time counts: its birth, or the moment it says that it is open. */
  readonly from: "spawned" | "opened";
  readonly afterMs: number;
}

/** How one life went. */
export interface Life {
  readonly said: readonly Said[];
  /** It was killed with SIGKILL, by itself or by us. */
  readonly killed: boolean;
  /** It neither was killed nor ended in order, within its time. */
  readonly problem?: string;
}

const lifeMsMax = 30_000;
const child = path.join(import.meta.dirname, "child.ts");

/** Lets one process live over a folder until it ends or is killed. `shared` holds what processes leave behind, and their compiled code. */
export async function live(settings: LifeSettings, random: RandomKill | undefined, shared: string): Promise<Life> {
  const said: Said[] = [];
  const env = { ...process.env, NODE_COMPILE_CACHE: path.join(shared, "cache"), TMPDIR: shared };
  const running = spawn(process.execPath, [child, JSON.stringify(settings)], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timers: NodeJS.Timeout[] = [];
  let late = false;
  let stderr = "";
  const killAfter = (ms: number): void => void timers.push(setTimeout(() => running.kill("SIGKILL"), ms));

  running.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const lines = createInterface({ input: running.stdout });
  lines.on("line", (line) => {
    const heard = JSON.parse(line) as Said;
    said.push(heard);
    if (heard.kind === "opened" && random?.from === "opened") killAfter(random.afterMs);
  });
  if (random?.from === "spawned") killAfter(random.afterMs);
  timers.push(
    setTimeout(() => {
      late = true;
      running.kill("SIGKILL");
    }, lifeMsMax),
  );

  const ended = new Promise<readonly [number | null, string | null]>((resolve) =>
    running.once("close", (code, signal) => resolve([code, signal])),
  );
  const [code, signal] = await ended;
  for (const timer of timers) clearTimeout(timer);
  if (signal === "SIGKILL" && !late) return { said, killed: true };
  if (code === 0 && said.at(-1)?.kind === "ended") return { said, killed: false };
  const faults = said.flatMap((each) => (each.kind === "fault" ? [each.text] : []));
  const how = late ? `did not end within ${lifeMsMax} ms` : `ended with ${code ?? signal}`;
  return { said, killed: false, problem: `life ${settings.life} ${how} ${faults.join(" ")} ${stderr}`.trim() };
}

/** What tells one word to a run from another: the gate that it is about, or that it reports an event. */
export function wordName(run: string, about: Json | undefined): string {
  return `${run} ${JSON.stringify(about)}`;
}

/** The input of a run, from its dedupe key. */
export function seedOf(dedupeKey: string): number {
  return Number(dedupeKey.replace(/\D/g, ""));
}
