import type { Json, JsonObject } from "../base/json.ts";
import type { RunEvent } from "../machine/event.ts";
import type { Output } from "./output.ts";
import type { Recorder } from "./recording.ts";

/** Writes every event as one line of JSON with the mark, for `--jsonl`. */
export function createEventStream(output: Output, mark: JsonObject): Recorder {
  return ({ seq, at, run, event }) =>
    output.jsonLine({ seq, at: new Date(at).toISOString(), run, ...mark, event: shownEvent(event) });
}

/** The event as the journal holds it, without the values of environment variables: streams end up in the logs of others. */
function shownEvent(event: RunEvent): Json {
  if (event.kind !== "run.created") return event as unknown as Json;
  const env = Object.fromEntries(Object.keys(event.env).map((name) => [name, "***"]));
  return { ...event, env } as unknown as Json;
}
