import type { Scope } from "../base/ids.ts";
import type { Json, JsonObject } from "../base/json.ts";
import type { ConnectorDescriptor, EffectClass } from "../language/connector.ts";
import type { LogLevel } from "./logs.ts";

/**
 * One call of one action of a connector, as it leaves: the same bytes reach HTTP, MCP, functions and runners. Its JSON Schema is
 * `schema/tool-call.v1.json`. It holds no secret.
 */
export interface ToolCall extends Scope {
  readonly v: 1;
  readonly workflow: string;
  /** Digest of the pinned version. */
  readonly version: string;
  readonly run: string;
  /** Instance path of the step. */
  readonly path: string;
  readonly attempt: number;
  /** Who started the run. */
  readonly principal: string;
  /** `zendesk@3.2.0`. */
  readonly connector: string;
  readonly action: string;
  readonly effect: EffectClass;
  /** The same for every attempt of this operation (semantics rule 5). */
  readonly key: string;
  /** Engine time, in milliseconds since 1970, at which nobody waits for the answer any more. */
  readonly deadline?: number;
  readonly policy: { readonly rules: readonly string[]; readonly version: string };
  readonly input: JsonObject;
}

/** What a write leaves behind, beside what its descriptor adds. */
export interface ToolReceipt extends JsonObject {
  readonly remote_id: string | null;
  readonly url: string | null;
  /** What stood there before, for its undo; null where nothing did or nobody knows. */
  readonly before: Json;
}

/** What came of a call. Plain JSON; `schema/tool-reply.v1.json`. */
export interface ToolReply {
  readonly v: 1;
  readonly output: Json;
  /** Of writes only. */
  readonly receipt?: ToolReceipt;
}

/** What a call is made with, and what is never stored or logged. */
export interface ToolSurroundings {
  /** `connectors.<alias>.with`, its secrets in place. */
  readonly settings: JsonObject;
  readonly signal: AbortSignal;
  /** Takes a line of what a module says while it is called. */
  readonly log?: (level: LogLevel, text: string) => void;
}

/**
 * Carries out the actions of connectors of one kind. One call is one attempt: whoever calls decides what is tried again.
 *
 * Throws `tool.*` (with `retryAfterMs` where the other side said so), `connector.*` and `call.aborted`. No message holds a setting's value.
 */
export interface Connector extends AsyncDisposable {
  call(descriptor: ConnectorDescriptor, call: ToolCall, surroundings: ToolSurroundings): Promise<ToolReply>;
  /** Looks whether a call of this key was carried out (`readback`, `conditional`); undefined: it was not. */
  find(descriptor: ConnectorDescriptor, call: ToolCall, surroundings: ToolSurroundings): Promise<ToolReply | undefined>;
}
