import { hasCode, RunwrightError } from "../base/error.ts";
import type { Config } from "./config.ts";
import { type App, type AppOptions, openApp } from "./app.ts";
import { createControlClient } from "./control/client.ts";
import { holderOf } from "./run-reader.ts";
import type { Runs } from "./runs.ts";

/** The way to the runs of a project: this process carries them out, or the one that holds the data folder does. */
export type Reached =
  | ({ readonly kind: "here"; readonly app: App } & AsyncDisposable)
  | ({ readonly kind: "holder"; readonly runs: Runs; readonly pid: number } & AsyncDisposable);

const triesMax = 10;
const tryEveryMs = 150;

/**
 * Opens the data folder, or reaches the process that holds it. Throws `control.unreachable` or `control.unauthorised` when that one does not answer,
 * and `store.held` when nobody knows who it is.
 */
export async function reachRuns(config: Config, options: AppOptions): Promise<Reached> {
  for (let tries = 1; ; tries += 1) {
    try {
      const app = await openApp(config, options);
      return { kind: "here", app, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
    } catch (error) {
      if (!hasCode(error, "store.held")) throw error;
      const found = await reachHolder(config, error);
      if (!(found instanceof RunwrightError)) return found;
      // It has just begun, or is about to end: a moment later it answers, or the folder is free.
      if (tries >= triesMax) throw found;
      await new Promise((resolve) => void setTimeout(resolve, tryEveryMs));
    }
  }
}

/** The runs of the holder, or why they cannot be reached now. */
async function reachHolder(config: Config, held: RunwrightError): Promise<Reached | RunwrightError> {
  const holder = holderOf(config);
  if (holder?.socket === undefined) return held;
  const runs = createControlClient(holder.socket);
  try {
    await runs.list({ limit: 1 });
    return { kind: "holder", runs, pid: holder.pid, [Symbol.asyncDispose]: () => Promise.resolve() };
  } catch (cause) {
    if (hasCode(cause, "control.unauthorised")) return cause;
    if (!hasCode(cause, "control.unreachable")) throw cause;
    const message = `Process ${holder.pid} holds the data folder ${config.data} and does not answer.`;
    return new RunwrightError("control.unreachable", message, { cause });
  }
}
