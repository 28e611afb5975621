import type { RunKey } from "../base/ids.ts";
import type { Json, JsonObject } from "../base/json.ts";
import type { ToolCall } from "./connector.ts";
import type { LogLevel } from "./logs.ts";
import type { EffectClass } from "../language/connector.ts";
import type { DeclaredPlan, StepPlan } from "../language/plan.ts";
import type { Usage } from "../machine/usage.ts";
import type { Lock } from "./catalog.ts";

export type { EffectClass } from "../language/connector.ts";

/** What an effect is aimed at, as policy and audit name it. */
export interface EffectTarget {
  readonly kind: "model" | "tool" | "function" | "agent";
  /** `anthropic/claude-haiku-4-5-20251001`, `zendesk@3.2.0/update_ticket`. */
  readonly name: string;
  /** What the policy's conditions may look at. Not stored: the digest is. */
  readonly arguments: Json;
  /** Nothing can undo it. */
  readonly irreversible?: true;
  /** A model chose it. */
  readonly byModel?: true;
  /** It lies outside of what the version lists, and why: denied whatever the policy says, and told as such. */
  readonly outside?: string;
}

/** Something that a call is about to do outside. */
export interface Effect {
  /** The same name a second time in one attempt is another operation. */
  readonly name: string;
  readonly class: EffectClass;
  /** Digest of its arguments in canonical form: another attempt that comes with others is stopped. */
  readonly digest?: string;
  /** The policy is asked about it, and the audit tells of it. Left out: an operation of a user's module, which they answer for. */
  readonly target?: EffectTarget;
  /** Looks whether it was carried out under this key before; undefined: it was not. For `readback` and `conditional`. */
  readonly find?: (permit: Permit) => Promise<Json | undefined>;
  /** What it used up, read from its receipt. */
  readonly usage?: (receipt: Json) => Usage;
  /**
   * Whoever asks does nothing outside but through this door: the receipt is given back while it is still on its way to the journal, since
   * whatever leaves afterwards lies behind it there. Left out: the receipt is durable first, because a user's module may do anything next.
   */
  readonly ordered?: true;
}

/** What an operation is carried out with. */
export interface Permit {
  /** The same in every attempt. */
  readonly key: string;
  readonly signal: AbortSignal;
  /** Engine time at which the attempt is over. */
  readonly deadline?: number;
  readonly policy: { readonly rules: readonly string[]; readonly version: string };
}

/**
 * The door through which everything leaves that must not be done twice.
 *
 * Carries `effect` out at most once for this operation of this instance: when there is a receipt, it is given back and nothing is called.
 * Otherwise the intent is made durable, `carryOut` gets its permit with the key, which is the same in every attempt, and what it gives back is durable before
 * this resolves. Throws `effect.*`, with which the step fails whatever its action makes of it, and `call.aborted`.
 */
export type Once = <T extends Json>(effect: Effect, carryOut: (permit: Permit) => Promise<T>) => Promise<T>;

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
  /** The file's own words name the key: the same words mean the same write, whatever its arguments are. */
  readonly keyed?: true;
  readonly verb: "function" | "assignment" | "llm" | "tool";
  /** Name of the function or assignment, alias of the model, `connector.action` of the tool. */
  readonly name: string;
  /** `with` as it was worked out; of an `llm` step `{system?, prompt?, messages?}`. */
  readonly input: Json;
  readonly definition: StepPlan;
  /** What the file declares: pins by alias. */
  readonly declared: DeclaredPlan;
  /** What the version pinned when it was published; a draft has none. */
  readonly lock?: Lock;
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

/** A call of a user's module: all that it needs to know. */
export type FunctionCall = Omit<ActionCall, "definition" | "declared" | "lock"> & {
  /** Of a module that carries out an action of a connector: `verb` is `tool`, and `name` the module's file in the project. */
  readonly tool?: ToolModule;
};

/** What such a module gets beside its input. It is one operation already: it has no `once` of its own. */
export interface ToolModule {
  readonly call: ToolCall;
  /** Settings with their secrets in place; never stored or logged. */
  readonly settings: JsonObject;
}

/** What an action gives back when it succeeded. */
export interface ActionResult {
  readonly output: Json;
  /** Merged into `vars`. */
  readonly vars?: Readonly<Record<string, Json>>;
  readonly artifacts?: Json;
  /** What a write left behind: `<step>.receipt`. */
  readonly receipt?: Json;
  /** What people should know: what was let pass in a permissive run, or that no model gave an answer. */
  readonly warnings?: readonly string[];
}

/**
 * Carries out the calls of one or more verbs. Throws a RunwrightError when the call failed; its code's `retry` says whether another attempt
 * can help. When `signal` fires the call must end soon, by throwing.
 */
export interface Action<Call = ActionCall> extends AsyncDisposable {
  run(call: Call, signal: AbortSignal): Promise<ActionResult>;
  /**
   * The operation that a call of `run` is sure to ask for first, where that can be told at once: its intent then shares the commit of the call's
   * start. Decides nothing and calls nothing; what it throws counts as not known.
   */
  opening?(call: Omit<Call, "once" | "log">): { readonly effect: Effect } | undefined;
}
