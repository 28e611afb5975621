import type { RunEvent } from "./event.ts";
import type { Instance } from "./state.ts";

/** The event that begins an attempt, or lets it go on. */
export type StepStarted = Extract<RunEvent, { kind: "step.started" | "step.continued" }>;

/** What the driver is to do next. */
export type Command =
  /** Add an event. It follows from the journal alone, so that nothing outside can tell when it is written. */
  | { readonly kind: "record"; readonly event: RunEvent }
  /** Begin an attempt: add its event, and carry the call out once that is durable. */
  | { readonly kind: "call"; readonly instance: Instance; readonly started: StepStarted };

/** Wraps an event as a command. */
export function record(event: RunEvent): Command {
  return { kind: "record", event };
}
