import { RunwrightError } from "../../base/error.ts";
import type { ChildHandle } from "./child-handle.ts";
import { createSlots, type Slot, type SlotOptions, type Want } from "./slots.ts";
import { createWaitingLine } from "./waiting-line.ts";

/** Warm processes: one call each at a time. */
export interface Pool extends AsyncDisposable {
  /** Runs `serve` with a process for it, as soon as there is one. */
  use<T>(want: Want, serve: (child: ChildHandle) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** A pool with no process in it yet. */
export function createPool(options: SlotOptions): Pool {
  const slots = createSlots(options);
  const line = createWaitingLine<Want, Slot>(options.limits);
  let closed = false;

  return {
    async use(want, serve, signal) {
      if (closed) throw stopping();
      const slot = slots.take(want) ?? (await line.join(want, signal));
      try {
        return await serve(slot.child);
      } finally {
        slots.free(slot);
        // A new process costs as much as a thousand calls: calls that this one can serve go first.
        if (!closed)
          line.serve(
            (other) => slots.fits(slot, other),
            (other) => slots.take(other),
          );
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      line.close(stopping());
      await slots[Symbol.asyncDispose]();
    },
  };
}

function stopping(): RunwrightError {
  return new RunwrightError("engine.stopping", "The pool of function processes is closed.");
}
