import { RunwrightError, toRunwrightError } from "../../base/error.ts";
import type { FunctionLimits } from "./limits.ts";

/** Calls that wait for a process, in the order in which they came. */
export interface WaitingLine<Want, Turn> {
  /** Waits until `serve` gives it a turn. */
  join(want: Want, signal: AbortSignal): Promise<Turn>;
  /**
   * Gives at most one waiting call its turn: the first that `mine` holds for, else the one that waits longest. `take` may find no turn for it.
   *
   * Preferred calls overtake the longest waiting one a bounded number of times.
   */
  serve(mine: (want: Want) => boolean, take: (want: Want) => Turn | undefined): void;
  /** Sends everybody away. */
  close(error: RunwrightError): void;
}

interface Waiting<Want, Turn> {
  readonly want: Want;
  readonly resolve: (turn: Turn) => void;
  readonly reject: (error: RunwrightError) => void;
  passes: number;
}

/** A line in which nobody waits yet. */
export function createWaitingLine<Want, Turn>(limits: FunctionLimits): WaitingLine<Want, Turn> {
  const waiting: Waiting<Want, Turn>[] = [];

  return {
    async join(want, signal) {
      if (waiting.length >= limits.waitingMax) {
        throw new RunwrightError(
          "function.busy",
          `${limits.waitingMax} calls of functions wait for a process; no more are taken.`,
        );
      }
      const { promise, resolve, reject } = Promise.withResolvers<Turn>();
      const call: Waiting<Want, Turn> = { want, resolve, reject, passes: 0 };
      const abort = (): void => {
        leave(call);
        reject(new RunwrightError("call.aborted", "The call was aborted before a process was free for it."));
      };
      waiting.push(call);
      signal.addEventListener("abort", abort, { once: true });
      try {
        return await promise;
      } finally {
        signal.removeEventListener("abort", abort);
      }
    },
    serve(mine, take) {
      for (let call = choose(mine); call !== undefined; call = choose(mine)) {
        try {
          const turn = take(call.want);
          if (turn === undefined) return;
          leave(call);
          return call.resolve(turn);
        } catch (error) {
          // Only this call fails, and the next one is asked: nobody else would come by to wake it.
          leave(call);
          call.reject(toRunwrightError(error));
        }
      }
    },
    close(error) {
      for (const call of waiting.splice(0)) call.reject(error);
    },
  };

  function choose(mine: (want: Want) => boolean): Waiting<Want, Turn> | undefined {
    const first = waiting[0];
    if (first === undefined || first.passes >= limits.passesMax || mine(first.want)) return first;
    const preferred = waiting.slice(0, limits.passesMax).find((call) => mine(call.want));
    if (preferred !== undefined) first.passes += 1;
    return preferred ?? first;
  }

  function leave(call: Waiting<Want, Turn>): void {
    const place = waiting.indexOf(call);
    if (place !== -1) waiting.splice(place, 1);
  }
}
