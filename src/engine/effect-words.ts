import { RunwrightError } from "../base/error.ts";
import type { RunKey } from "../base/ids.ts";
import {
  type Beginning,
  beginOperation,
  failOperation,
  type OperationRequest,
  receiveReceipt,
} from "../machine/effects.ts";
import type { RunEvent } from "../machine/event.ts";
import type { RunState } from "../machine/state.ts";
import type { LiveCall } from "./calls.ts";
import type { Answer, EffectWord, Leave } from "./once.ts";
import { type Asker, ruleOf } from "./rulings.ts";

/** A word of a call, and what it is told once the turn is durable. */
export interface Answered {
  readonly word: EffectWord;
  readonly answer: Answer;
}

/** What a turn made of the words: those that are answered once it is durable, and those that wait until the run is resumed. */
export interface Answers {
  readonly answered: readonly Answered[];
  readonly waiting: readonly EffectWord[];
}

/** The calls that run. */
interface Calls {
  get(path: string): Pick<LiveCall, "hold" | "release"> | undefined;
}

/** The words of a run's calls that are not answered yet. */
export class OpenWords {
  readonly #open = new Set<EffectWord>();
  readonly #live: Calls;
  #hasNew = false;

  constructor(live: Calls) {
    this.#live = live;
  }

  /** True when some have come since they were last taken. */
  get hasNew(): boolean {
    return this.#hasNew;
  }

  get size(): number {
    return this.#open.size;
  }

  add(word: EffectWord): void {
    this.#open.add(word);
    this.#hasNew = true;
  }

  /** All of them, for a turn. They stay until they are answered: a refused commit takes nothing from them. */
  take(): readonly EffectWord[] {
    this.#hasNew = false;
    return [...this.#open];
  }

  /** Tells the calls what has become durable. The time of one that waits for the run to be resumed does not run. */
  answer({ answered, waiting }: Answers): void {
    for (const { word } of answered) this.#live.get(word.path)?.release();
    for (const { path } of waiting) this.#live.get(path)?.hold();
    for (const { word, answer } of answered) if (this.#open.delete(word)) word.answer(answer);
  }

  /** Nothing of this run is written here any more. */
  refuse({ run }: RunKey): void {
    // Most runs end without any: an error and its stack are not made for nothing.
    if (this.#open.size === 0) return;
    const error = new RunwrightError("call.aborted", `Run ${run} is not driven here any more.`);
    this.answer({
      answered: Array.from(this.#open, (word) => ({ word, answer: { kind: "refused", error } })),
      waiting: [],
    });
  }
}

type Add = (event: RunEvent) => void;
type Asks = Extract<EffectWord, { kind: "asks" }>;

/** Records what was carried out, or came back with a failure. It is a fact, also when its step has ended meanwhile. */
export function takeReceipts(state: RunState, words: readonly EffectWord[], add: Add): readonly Answered[] {
  return words.flatMap((word) => {
    if (word.kind === "asks") return [];
    const answer = orRefused((): Answer => {
      if (word.kind === "fails") {
        add(failOperation(state, word));
        // Nobody waits for it.
        return { kind: "received", receipt: null };
      }
      const received = receiveReceipt(state, word);
      if ("event" in received) add(received.event);
      return { kind: "received", receipt: "event" in received ? word.receipt : received.receipt };
    });
    return [{ word, answer }];
  });
}

/** What it takes to answer what calls ask for. */
export interface AskOptions {
  readonly add: Add;
  readonly frozen: boolean;
  readonly asker: Asker;
}

/** Begins what may begin. While the run is paused or the process stops, what would begin waits; it is asked again with the next turn. */
export function takeAsks(state: RunState, words: readonly EffectWord[], { add, frozen, asker }: AskOptions): Answers {
  const answered: Answered[] = [];
  const waiting: EffectWord[] = [];
  for (const word of words) {
    if (word.kind !== "asks") continue;
    const answer = orRefused(() => {
      const request = requestOf(asker, state, word);
      return answerOf(beginOperation(state, request), request, word.target?.outside !== undefined);
    });
    if (answer === undefined) waiting.push(word);
    else answered.push({ word, answer });
  }
  return { answered, waiting };

  function answerOf(beginning: Beginning, request: OperationRequest, isOutside: boolean): Answer | undefined {
    if (beginning.kind === "received" || beginning.kind === "looks") return beginning;
    if (beginning.kind === "waits" || frozen) return undefined;
    if (beginning.kind === "held") return beginning;
    add(beginning.event);
    switch (beginning.kind) {
      case "begins":
        return { kind: "begins", ...leaveIn(beginning.event) };
      case "denied":
        return {
          kind: "refused",
          error: isOutside ? outsideError(request, beginning.reason) : deniedError(request, beginning.reason),
        };
      case "spent":
        // A run that fails of it needs its calls no longer: they are being told so.
        if (state.paused) return undefined;
        return { kind: "refused", error: new RunwrightError("call.aborted", "The budget of the run is used up.") };
    }
  }
}

function requestOf(asker: Asker, state: RunState, word: Asks): OperationRequest {
  const { kind: _kind, answer: _answer, target, endsAt, ...request } = word;
  const deadline = endsAt();
  const time = deadline === undefined ? {} : { deadline };
  if (target === undefined) return { ...request, ...time };
  const { kind, name } = target;
  return { ...request, ...time, target: { kind, name }, rule: ruleOf(asker, state, { ...request, target }) };
}

/** What a call is let out with, as its intent has it. */
export function leaveIn(event: RunEvent): Leave {
  if (event.kind !== "effect.intended") return {};
  const { deadline, policy } = event;
  return { ...(deadline !== undefined && { deadline }), ...(policy !== undefined && { policy }) };
}

/** The error for what lies outside of the version: whoever asked may do better, so that the step goes on. */
function outsideError({ path, target }: OperationRequest, reason: string): RunwrightError {
  return new RunwrightError("tool.not-allowed", `Step ${path} does not call ${target?.name ?? "this"}: ${reason}.`);
}

/** The error for an operation that the policy denies. */
export function deniedError({ path, operation, target }: OperationRequest, reason: string): RunwrightError {
  const what = target?.name ?? operation.name;
  return new RunwrightError("policy.denied", `The policy does not let step ${path} call ${what}: ${reason}`);
}

function orRefused<T extends Answer | undefined>(decide: () => T): T | Extract<Answer, { kind: "refused" }> {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof RunwrightError) || error.code.startsWith("machine.")) throw error;
    return { kind: "refused", error };
  }
}
