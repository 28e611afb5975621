import type { Json, JsonObject } from "../base/json.ts";
import type { Schema } from "../language/plan.ts";
import type { Usage } from "../machine/usage.ts";

/** A tool that a model may ask for. It is never carried out by the provider. */
export interface ModelTool {
  /** `connector.action`, as the file has it; a provider that takes other names only translates it there and back. */
  readonly name: string;
  readonly description: string;
  readonly input: Schema;
}

/** What a model asks for. Its arguments are what the model wrote: whoever carries it out checks them. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Json;
}

/** One turn of a conversation. */
export type ModelMessage =
  | { readonly role: "user"; readonly content: string }
  | { readonly role: "assistant"; readonly text: string; readonly calls?: readonly ModelToolCall[] }
  | {
      readonly role: "tool";
      readonly id: string;
      readonly name: string;
      readonly output: Json;
      /** The tool failed: `output` says how. */
      readonly failed?: true;
    };

/** One call of a model. Plain JSON: its digest tells one call from another. */
export interface ModelRequest {
  /** The pin: `anthropic/claude-haiku-4-5-20251001`. Its first part names a provider of the configuration. */
  readonly pin: string;
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  readonly tools?: readonly ModelTool[];
  /** The answer is to be JSON of this schema. Whether it is, the caller finds out. */
  readonly output?: Schema;
  readonly temperature?: number;
  readonly tokensMax?: number;
}

/** What a model answered. Plain JSON: it is the receipt of the call. */
export interface ModelReply {
  readonly text: string;
  readonly calls: readonly ModelToolCall[];
  readonly end: "stop" | "length" | "filter" | "tools" | "other";
  /** The model that served it, as the provider calls it. */
  readonly served: string;
  readonly usage: Usage;
  readonly latencyMs: number;
  /** Answered from a file by no model at all. */
  readonly scripted?: true;
  /** What the provider warned of: a setting that it leaves out. */
  readonly warnings?: readonly string[];
}

/**
 * The providers of models. One request is one attempt: whoever calls decides what is tried again.
 *
 * Throws `model.*` (with `retryAfterMs` where the provider said so), `secret.*`, `connector.address-refused` and `call.aborted`. No message
 * holds a secret.
 */
export interface Models extends AsyncDisposable {
  call(request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
  /** What a version pins of a provider beside the model's name: kind, address and settings, without secrets. Throws `model.not-configured`. */
  describe(pin: string): JsonObject;
}
