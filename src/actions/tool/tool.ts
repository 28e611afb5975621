import type { ActionDescriptor, ConnectorDescriptor } from "../../language/connector.ts";
import type { ActionCall } from "../../ports/action.ts";

/** The part of a call that tools look at. */
export type ToolCaller = Omit<ActionCall, "once">;

/** One action that a file can call. */
export interface Tool {
  /** `alias.action`, as the file has it. */
  readonly name: string;
  readonly alias: string;
  /** `zendesk@3.2.0`. */
  readonly pin: string;
  readonly action: string;
  readonly connector: ConnectorDescriptor;
  readonly descriptor: ActionDescriptor;
}
