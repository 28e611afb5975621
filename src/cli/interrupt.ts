import { RunwrightError } from "../base/error.ts";
import { exitCodes } from "./exit.ts";

/** Ctrl+C, as an abort signal. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** As if the signal had come, for prompts that read the keys themselves. */
  raise(): void;
}

/** Listens for SIGINT and SIGTERM: the first fires the signal, the second ends the process at once. */
export function createInterrupt(): Interrupt {
  const controller = new AbortController();
  process.on("SIGINT", raise).on("SIGTERM", raise);
  return {
    signal: controller.signal,
    raise,
    [Symbol.dispose]() {
      process.off("SIGINT", raise).off("SIGTERM", raise);
    },
  };

  function raise(): void {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new RunwrightError("call.aborted", "Interrupted."));
  }
}
