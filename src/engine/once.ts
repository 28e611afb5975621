import { hasCode, RunwrightError, toRunwrightError } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import type { Hold } from "../machine/effect-gate.ts";
import type { FailureReport, OperationRequest, ReceiptRequest } from "../machine/effects.ts";
import type { Operation, PolicyMark } from "../machine/event.ts";
import type { Effect, EffectTarget, Once, Permit } from "../ports/action.ts";
import { type CallFacts, operationKey } from "./call-of.ts";
import { assertEffect, assertKept, assertRoom, usageOf } from "./effect-checks.ts";

/** What a call is let out with. */
export interface Leave {
  /** When the time of its attempt is over, as the journal has it. */
  readonly deadline?: number;
  readonly policy?: PolicyMark;
}

/** What becomes of a word: told once it is durable. */
export type Answer =
  | ({ readonly kind: "begins" } & Leave)
  | { readonly kind: "received"; readonly receipt: Json }
  /** Whether it was carried out before is to be looked for, not before this time. */
  | { readonly kind: "looks"; readonly notBefore: number; readonly policy?: PolicyMark }
  /** The call is to end: people have to say something first. */
  | { readonly kind: "held"; readonly hold: Hold }
  | { readonly kind: "refused"; readonly error: RunwrightError };

/** What a call asks for: its target still with the arguments, which the policy looks at. */
type Asks = Omit<OperationRequest, "target" | "rule" | "deadline"> & {
  readonly kind: "asks";
  readonly target?: EffectTarget;
  /** When the time of the attempt is over, asked when the intent is written: it stands still while a word waits. */
  readonly endsAt: () => number | undefined;
};

/** What a call has to say to its run's journal: it asks for an operation, or has carried one out, or found that it was, or could not. */
type Said = Asks | ({ readonly kind: "receives" } & ReceiptRequest) | ({ readonly kind: "fails" } & FailureReport);

/** A word of a call, and how the call is told what became of it. */
export type EffectWord = Said & { readonly answer: (answer: Answer) => void };

/** The operation with which a call begins, where its intent shares the commit of the call's start. */
export interface Begun extends Leave {
  readonly operation: Operation;
}

/** What a door needs of its call. */
export interface DoorOptions {
  readonly call: CallFacts;
  /** Fires when the call is to end. */
  readonly signal: AbortSignal;
  readonly endsAt: () => number | undefined;
  readonly say: (word: EffectWord) => void;
  readonly begun?: Begun;
  /** Waits until a moment of engine time, while the attempt's own time stands still; throws when the call is to end. */
  readonly until: (at: number) => Promise<void>;
  /** Nothing more leaves before people have said something. */
  readonly held: () => void;
  /** True once the attempt's end was reported: another one may be under way by now. */
  readonly isOver: () => boolean;
}

const noPolicy: PolicyMark = { rules: [], version: "" };

/** The door through which the operations of one call leave. They are counted here, in the order in which they are asked for. */
export class Door {
  readonly #options: DoorOptions;
  readonly #occurrences = new Map<string, number>();
  #opening: Begun | undefined;
  #underWay = 0;
  #fault: RunwrightError | undefined;
  #hold: Hold | undefined;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#opening = options.begun;
  }

  /** With this the step fails, whatever the call gives back: it did, or would have done, what must not be done. */
  get fault(): RunwrightError | undefined {
    return this.#fault;
  }

  /** What its step has to wait for, whatever the call gives back. */
  get hold(): Hold | undefined {
    return this.#hold;
  }

  readonly once: Once = async <T extends Json>(effect: Effect, carryOut: (permit: Permit) => Promise<T>) => {
    try {
      if (this.#fault !== undefined) throw this.#fault;
      if (this.#hold !== undefined) throw this.#waitsForPeople();
      const operation = this.#operationOf(effect);
      assertRoom(this.#options.call.path, this.#underWay);
      this.#underWay += 1;
      try {
        return (await this.#through(operation, effect, carryOut)) as T;
      } finally {
        this.#underWay -= 1;
      }
    } catch (error) {
      if (isFault(error)) this.#fault ??= error;
      throw error;
    }
  };

  async #through(operation: Operation, effect: Effect, carryOut: (permit: Permit) => Promise<Json>): Promise<Json> {
    const asks = this.#asksOf(operation, effect);
    const given = this.#beginsWith(operation) ?? (await this.#tell(asks));
    const leave = given.kind === "looks" ? await this.#look(asks, effect, given) : given;
    if (leave.kind === "received") return leave.receipt;
    const receipt = await this.#orFailed(asks, false, async () => {
      const left = await carryOut(this.#permitOf(asks, leave));
      assertKept(asks.path, operation, left);
      return left;
    });
    return await this.#receive(asks, effect, receipt);
  }

  /**
   * Says of a call that comes back with a failure that it did. Nobody waits for it to become durable: the attempt's end, which follows, is
   * written behind it or with it.
   */
  async #orFailed<T>({ path, attempt, operation }: Asks, looked: boolean, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const { code, undone } = toRunwrightError(error);
      // What was cut off has not come back.
      if (code === "call.aborted") throw error;
      const isUndone = undone === true && !looked && !this.#options.isOver();
      const more = { ...(isUndone && { undone }), ...(looked && { looked: true as const }) };
      this.#options.say({ kind: "fails", path, attempt, operation, code, ...more, answer: () => undefined });
      throw error;
    }
  }

  /** Looks whether it was carried out, once what was under way can no longer arrive; where it was not, it begins anew. */
  async #look(
    asks: Asks,
    effect: Effect,
    { notBefore, policy }: Extract<Answer, { kind: "looks" }>,
  ): Promise<Extract<Answer, { kind: "begins" | "received" }>> {
    const { call, endsAt, until } = this.#options;
    await until(notBefore);
    const deadline = endsAt();
    const leave = { ...(deadline !== undefined && { deadline }), ...(policy !== undefined && { policy }) };
    const found = await this.#orFailed(asks, true, async () => {
      const given = await effect.find?.(this.#permitOf(asks, leave));
      if (given !== undefined) assertKept(asks.path, asks.operation, given);
      return given;
    });
    if (found !== undefined) return { kind: "received", receipt: await this.#receive(asks, effect, found, true) };
    const given = await this.#tell({ ...asks, looked: true });
    if (given.kind !== "looks") return given;
    throw new RunwrightError("internal", `Operation '${effect.name}' of step ${call.path} was looked for twice.`);
  }

  /** Its receipt, or the one that stands before it. */
  async #receive(asks: Asks, effect: Effect, receipt: Json, isFound = false): Promise<Json> {
    const { path, attempt, operation } = asks;
    const usage = usageOf(effect, receipt);
    const more = { ...(usage !== undefined && { usage }), ...(isFound && { found: true as const }) };
    const keeping = this.#tell({ kind: "receives", path, attempt, operation, receipt, ...more });
    if (effect.ordered === true) {
      // Where it cannot be kept, the run is not driven here any more, and its calls are being told so.
      keeping.catch(() => undefined);
      return receipt;
    }
    const kept = await keeping;
    return kept.kind === "received" ? kept.receipt : receipt;
  }

  /** The intent of what the call was sure to begin with is durable already. */
  #beginsWith({ name, occurrence, digest }: Operation): Extract<Answer, { kind: "begins" }> | undefined {
    const first = this.#opening;
    this.#opening = undefined;
    if (first === undefined) return undefined;
    const { operation, ...leave } = first;
    const isSame = operation.name === name && operation.occurrence === occurrence && operation.digest === digest;
    return isSame ? { kind: "begins", ...leave } : undefined;
  }

  /** Resolves when the word is durable. */
  #tell(word: Exclude<Said, { kind: "fails" }>): Promise<Exclude<Answer, { kind: "refused" | "held" }>> {
    const { say, held } = this.#options;
    return new Promise((resolve, reject) => {
      const answer = (given: Answer): void => {
        if (given.kind === "refused") return reject(given.error);
        if (given.kind !== "held") return resolve(given);
        this.#hold ??= given.hold;
        reject(this.#waitsForPeople());
        held();
      };
      say({ ...word, answer });
    });
  }

  #asksOf(operation: Operation, { class: effectClass, target, find }: Effect): Asks {
    const { call, endsAt } = this.#options;
    const { path, attempt } = call;
    const key = operationKey(call, operation);
    const more = { ...(target !== undefined && { target }), ...(find !== undefined && { canFind: true as const }) };
    return { kind: "asks", path, attempt, operation, class: effectClass, key, endsAt, ...more };
  }

  #permitOf({ key }: Asks, { deadline, policy = noPolicy }: Leave): Permit {
    return { key, signal: this.#options.signal, ...(deadline !== undefined && { deadline }), policy };
  }

  #operationOf(effect: Effect): Operation {
    const { name, digest } = effect;
    assertEffect(this.#options.call.path, effect);
    const occurrence = (this.#occurrences.get(name) ?? 0) + 1;
    this.#occurrences.set(name, occurrence);
    return { name, occurrence, ...(digest !== undefined && { digest }) };
  }

  #waitsForPeople(): RunwrightError {
    return new RunwrightError("call.aborted", `Step ${this.#options.call.path} waits for people before it goes on.`);
  }
}

function isFault(error: unknown): error is RunwrightError {
  if (!(error instanceof RunwrightError)) return false;
  return error.code.startsWith("effect.") || hasCode(error, "step.value-too-large") || hasCode(error, "policy.denied");
}
