import type { RunKey } from "../base/ids.ts";
import type { Json } from "../base/json.ts";
import type { LogLevel } from "./logs.ts";
import type { EffectClass } from "../language/connector.ts";

export type { EffectClass } from "../language/connector.ts";

/** Something that a call is about to do outside. */
export interface Effect {
  /** The same name a second time in one attempt is another operation. */
  readonly name: string;
  readonly class: EffectClass;
  /** Digest of its arguments in canonical form: another attempt that comes with others is stopped. */
  readonly digest?: string;
}

/**
 * The door through which everything leaves that must not be done twice.
 *
 * Carries `effect` out at most once for this operation of this instance: when there is a receipt, it is given back and nothing is called.
 * Otherwise the intent is made durable, `carryOut` gets the key, which is the same in every attempt, and what it gives back is durable before
 * this resolves. Throws `effect.*`, with which the step fails whatever its action makes of it, and `call.aborted`.
 */
export type Once = <T extends Json>(
  effect: Effect,
  carryOut: (key: string, signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/** One attempt of one step instance that leaves the process. A call without its scope cannot be written: the type asks for it. */
export interface ActionCall {
  readonly key: RunKey;
  readonly workflow: string;
  /** Digest of the pinned version. */
  readonly version: string;
  /** Instance path, for example `architectures[EP-2]/design`. */
  readonly path: string;
  readonly step: string;
  readonly attempt: number;
  /** Who started the run. */
  readonly principal: string;
  /** The same for every attempt and after every resume (semantics rule 5). */
  readonly idempotencyKey: string;
  readonly verb: "function" | "assignment";
  /** Name of the function or assignment. */
  readonly name: string;
  readonly input: Json;
  /** Outputs of the steps that can be seen from here, by id, for `ctx.refs`. Made when asked for: most modules never read it. */
  readonly refs: () => Json;
  /** A reference to what is not there is null, with a warning, and no failure. */
  readonly permissive?: true;
  /** Environment variables that the workflow declares. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes one line of the call's log. Lines that come after the call has ended may be lost. */
  readonly log: (level: LogLevel, text: string) => void;
  readonly once: Once;
}

/** What an action gives back when it succeeded. */
export interface ActionResult {
  readonly output: Json;
  /** Merged into `vars`. */
  readonly vars?: Readonly<Record<string, Json>>;
  readonly artifacts?: Json;
  /** What was let pass, in a permissive run. */
  readonly warnings?: readonly string[];
}

/**
 * Carries out the calls of one or more verbs. Throws a RunwrightError when the call failed; its code's `retry` says whether another attempt
 * can help. When `signal` fires the call must end soon, by throwing.
 */
export interface Action extends AsyncDisposable {
  run(call: ActionCall, signal: AbortSignal): Promise<ActionResult>;
}
