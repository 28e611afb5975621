import type { ErrorCode } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import type { LogLevel } from "../../ports/logs.ts";
import type { Effect } from "../../ports/action.ts";
import type { ToolCall } from "../../ports/connector.ts";

/**
 * The file descriptors between engine and child: calls and their ends, and the child's blocking questions for refs.
 *
 * Own pipes with one JSON text a line, not Node's IPC channel: as fast, a line has a bound before it is parsed, and a module finds no `process.send`.
 */
export const callsFd = 3;
/** See `callsFd`. */
export const refsFd = 4;

/** Who and what is called, as the module sees it in `ctx.meta`. */
export interface FunctionMeta {
  readonly runId: string;
  readonly stepId: string;
  /** For `assignment:` steps. */
  readonly actionId?: string;
  /** For `function:` steps, and the module's file for connectors. */
  readonly functionName?: string;
  /** For modules of connectors: the call as every connector gets it. */
  readonly call?: ToolCall;
  /** The module's file, relative to the project. */
  readonly source: string;
  readonly path: string;
  readonly attempt: number;
  /** The same for every attempt and after every resume: give it to remote systems. */
  readonly idempotencyKey: string;
  readonly workflow: string;
  readonly version: string;
  readonly tenant: string;
  readonly workspace: string;
}

/** The first line that a child reads. */
export interface Start {
  readonly kind: "start";
  readonly root: string;
  readonly config: JsonObject;
  readonly valueBytesMax: number;
  readonly logLinesMax: number;
  readonly logLineBytesMax: number;
  /** What the file system permissions allow, in words, for the message of a refused access. */
  readonly allowed: string;
}

/** One call. */
export interface Call {
  readonly kind: "call";
  readonly id: number;
  readonly file: string;
  readonly meta: FunctionMeta;
  readonly input: Json;
  readonly env: Readonly<Record<string, string>>;
  /** For modules of connectors. */
  readonly settings?: JsonObject;
}

/** Which operation a line is about: the call, and the child's own number for it. */
interface OfOperation {
  readonly id: number;
  readonly operation: number;
}

/** What the engine says about an operation: call it with this key; this is its receipt, which is durable; or it must not be. */
export type OperationAnswer = OfOperation &
  (
    | { readonly kind: "go"; readonly key: string }
    | { readonly kind: "receipt"; readonly receipt: Json }
    | { readonly kind: "refused"; readonly message: string }
  );

/** What the child says about an operation: it is asked for; this is what it gave back; or it threw, or gave what cannot be kept. */
export type OperationLine =
  | ({ readonly kind: "once"; readonly effect: Effect } & OfOperation)
  | ({ readonly kind: "received"; readonly receipt: Json } & OfOperation)
  | ({ readonly kind: "threw"; readonly problem?: ReceiptProblem } & OfOperation);

/** Why something that was carried out has no receipt. */
export interface ReceiptProblem {
  readonly code: Extract<ErrorCode, "effect.receipt-invalid" | "step.value-too-large">;
  readonly message: string;
}

/** Lines to the child. */
export type ToChild = Start | Call | { readonly kind: "abort"; readonly id: number } | OperationAnswer;

/** What a module gave back, checked. */
export interface Returned {
  readonly output: Json;
  readonly vars?: JsonObject;
  readonly artifacts?: Readonly<Record<string, string>>;
  /** Of modules of connectors. */
  readonly receipt?: JsonObject;
}

/** Why a call failed, as the child saw it. */
export interface Failure {
  readonly code: Extract<ErrorCode, `function.${string}` | "step.value-too-large">;
  readonly message: string;
  /** The first frames, with paths relative to the project. */
  readonly stack?: string;
}

/** What every last line of a call says of its process. */
interface End {
  readonly id: number;
  readonly residentBytes: number;
  /** The process must not serve another call. */
  readonly spoilt: boolean;
}

/** Lines from the child. */
export type FromChild =
  | OperationLine
  | { readonly kind: "log"; readonly id: number; readonly level: LogLevel; readonly text: string }
  | ({ readonly kind: "done"; readonly returned: Returned } & End)
  | ({ readonly kind: "failed"; readonly failure: Failure } & End)
  /** As failed, but the process ends by the error itself, because only then Node prints the place of a syntax error. */
  | ({ readonly kind: "dying"; readonly failure: Failure } & End)
  /** Work that an earlier call left behind has failed: the process serves what is on its way and wants to be let go. */
  | { readonly kind: "spoilt"; readonly id: number };

/** A blocking question of the child, and its answer. */
export interface RefQuestion {
  readonly id: number;
  readonly ref: string;
  readonly path?: string;
}

/** See `RefQuestion`. */
export type RefAnswer = { readonly value: Json } | { readonly missing: string };

/** Cuts a stream into lines. A line longer than `bytesMax` ends the reading: `tooLong` is called once and nothing after it is read. */
export function createLineReader(
  bytesMax: number,
  line: (text: string) => void,
  tooLong: () => void,
): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let stopped = false;

  return (chunk) => {
    let start = 0;
    while (!stopped) {
      const end = chunk.indexOf(10, start);
      const part = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (heldBytes + part.length > bytesMax) return stop();
      if (end === -1) return hold(part);

      const text = heldBytes === 0 ? part.toString() : Buffer.concat([...held, part]).toString();
      held = [];
      heldBytes = 0;
      start = end + 1;
      line(text);
    }
  };

  function hold(part: Buffer): void {
    if (part.length === 0) return;
    held.push(part);
    heldBytes += part.length;
  }

  function stop(): void {
    stopped = true;
    held = [];
    tooLong();
  }
}
