import { RunwrightError } from "../base/error.ts";
import { exitCodes, type ExitCode } from "./exit.ts";

/** Why a command stops following a run that could go on: Ctrl+C, the time of `--timeout`, or the gate of `--until-gate`. */
export type StopCause = "interrupted" | "timeout" | "gate";

/** What makes a command stop following, as an abort signal. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** What came first; undefined while nothing has. */
  readonly cause: StopCause | undefined;
  /** As if the signal had come, for prompts that read the keys themselves. */
  raise(): void;
  /** Stops for another cause, unless it has stopped already. */
  stop(cause: StopCause): void;
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
    stop,
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
  return exitOf[cause];
}

const exitOf: Readonly<Record<StopCause, ExitCode>> = {
  interrupted: exitCodes.interrupted,
  timeout: exitCodes.timedOut,
  gate: exitCodes.stoppedAtGate,
};
