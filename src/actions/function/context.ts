import type { Json, JsonObject } from "../../base/json.ts";
import type { EffectClass } from "../../ports/action.ts";
import type { FunctionMeta } from "./protocol.ts";

/** What may be said about an operation. */
export interface OnceOptions {
  /** What is known about calling it again when nobody knows whether it was carried out; `keyed` when left out. */
  readonly class?: EffectClass;
  /** What it is called with, as JSON: an attempt that comes with something else is stopped. */
  readonly args?: unknown;
}

/** What `export default async function run(ctx)` of a function or an assignment gets. */
export interface FunctionContext {
  readonly meta: FunctionMeta;
  /** The step's `with`. */
  readonly input: Json;
  /** The environment variables that the workflow names under `env:`; `process.env` is empty but for PATH, HOME and TMPDIR. */
  readonly env: Readonly<Record<string, string>>;
  /** Of a connector's module: `connectors.<alias>.with`, its secrets in place; else empty. */
  readonly settings: JsonObject;
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
  /**
   * Calls `call` at most once for this operation of this step, over all its attempts and every crash: the receipt that is stored is given
   * back when there is one. A receipt is what `call` gives back, as JSON; give `key` to the system that you call. A second `once` of the
   * same name is another operation.
   */
  once<T>(name: string, call: (key: string, signal: AbortSignal) => Promise<T> | T, options?: OnceOptions): Promise<T>;
  /** Fires when the run is cancelled or the step's time is over; a module that ends then ends cleanly. */
  readonly signal: AbortSignal;
}

/** The default export of a module. */
export type FunctionModule = (ctx: FunctionContext) => unknown;
