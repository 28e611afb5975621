import type { Json, JsonObject } from "../../base/json.ts";
import type { FunctionMeta } from "./protocol.ts";

/** What `export default async function run(ctx)` of a function or an assignment gets. */
export interface FunctionContext {
  readonly meta: FunctionMeta;
  /** The step's `with`. */
  readonly input: Json;
  /** The environment variables that the workflow names under `env:`; `process.env` is empty but for PATH, HOME and TMPDIR. */
  readonly env: Readonly<Record<string, string>>;
  /** The project's configuration for its functions. */
  readonly config: JsonObject;
  readonly refs: {
    /** Output of an earlier step: `get("#plan.create-app-plan")`, `get("plan", "items[0].title")`. Throws when there is none. */
    get(ref: string, path?: string): Json;
  };
  readonly logger: {
    action(...parts: readonly unknown[]): void;
    warn(...parts: readonly unknown[]): void;
    error(...parts: readonly unknown[]): void;
  };
  /** Fires when the run is cancelled or the step's time is over; a module that ends then ends cleanly. */
  readonly signal: AbortSignal;
}

/** The default export of a module. */
export type FunctionModule = (ctx: FunctionContext) => unknown;
