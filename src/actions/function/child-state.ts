import type { RunwrightError } from "../../base/error.ts";
import type { Json } from "../../base/json.ts";
import type { Once } from "../../ports/action.ts";
import type { CallLog } from "./call-log.ts";
import type { Call, Returned } from "./protocol.ts";

/** What a call needs of its caller while it runs. */
export interface CallHooks {
  /** For messages: `Function 'hello'`. */
  readonly name: string;
  readonly refs: () => Json;
  /** Hears of a reference to what is not there, which then is null; without it the module is told so by an error. */
  readonly missing?: (what: string) => void;
  readonly log: CallLog;
  readonly once: Once;
}

/** The call that a child process carries out. */
export interface CurrentCall {
  readonly call: Call;
  readonly hooks: CallHooks;
  readonly resolve: (returned: Returned) => void;
  readonly reject: (error: RunwrightError) => void;
  /** The failure of a process that is about to end by it. */
  dying?: RunwrightError;
  /** Made by `hooks.refs` when the module asks for the first time. */
  outputs?: Json;
}

/** What the engine knows of a child process. */
export interface ChildState {
  current: CurrentCall | undefined;
  /** False once the process must not get another call. */
  usable: boolean;
  /** Calls served so far. */
  calls: number;
  /** Resident memory as it was last reported. */
  residentBytes: number;
  /** Lines from the process since its last call began. */
  linesHeard: number;
  /** Why the engine ended it, for the message. */
  killedFor: string | undefined;
}
