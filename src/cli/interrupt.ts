import { RunwrightError } from "../base/error.ts";
import { exitCodes, type ExitCode } from "./exit.ts";

/** Why a command stops following a run that could go on: Ctrl+C, or the time of `--timeout`. */
export type StopCause = "interrupted" | "timeout";

/** What makes a command stop following, as an abort signal. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** What came first; undefined while nothing has. */
  readonly cause: StopCause | undefined;
  /** As if the signal had come, for prompts that read the keys themselves. */
  raise(): void;
}

/** Listens for SIGINT and SIGTERM: the first fires the signal, the second ends the process at once. So does the first after `timeoutMs`. */
export function createInterrupt(timeoutMs?: number): Interrupt {
  const controller = new AbortController();
  let cause: StopCause | undefined;
  process.on("SIGINT", raise).on("SIGTERM", raise);
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop("timeout"), timeoutMs);
  return {
    signal: controller.signal,
    get cause() {
      return cause;
    },
    raise,
    [Symbol.dispose]() {
      clearTimeout(timer);
      process.off("SIGINT", raise).off("SIGTERM", raise);
    },
  };

  function raise(): void {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    stop("interrupted");
  }

  function stop(why: StopCause): void {
    cause ??= why;
    controller.abort(new RunwrightError("call.aborted", "Interrupted."));
  }
}

/** The exit code of a command that stopped for this. */
export function exitOfStop(cause: StopCause): ExitCode {
  return cause === "timeout" ? exitCodes.timedOut : exitCodes.interrupted;
}
