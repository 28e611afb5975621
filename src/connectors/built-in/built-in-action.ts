import type { Json, JsonObject } from "../../base/json.ts";
import type { ToolCall, ToolReceipt, ToolSurroundings } from "../../ports/connector.ts";

/** What an action gave. */
export interface BuiltInReply {
  readonly output: Json;
  readonly receipt?: ToolReceipt;
}

/** One action that Runwright carries out itself. Input and settings fit their schemas by the time it is called. */
export interface BuiltInAction {
  call(input: JsonObject, surroundings: ToolSurroundings, call: ToolCall): Promise<BuiltInReply>;
  find?(input: JsonObject, surroundings: ToolSurroundings): Promise<BuiltInReply | undefined>;
}
