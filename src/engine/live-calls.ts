import type { Clock } from "../base/clock.ts";
import type { RunKey } from "../base/ids.ts";
import type { RunState } from "../machine/state.ts";
import type { Action } from "../ports/action.ts";
import type { LogEntry } from "../ports/logs.ts";
import type { Version } from "../ports/catalog.ts";
import { callOf } from "./call-of.ts";
import { beginCall, type CallEnd, type LiveCall } from "./calls.ts";
import type { Launch } from "./launches.ts";
import type { EffectWord } from "./once.ts";
import type { Ended } from "./turn.ts";

/** What the calls of a run are made with. */
export interface LiveCallsDeps {
  readonly key: RunKey;
  readonly version: Pick<Version, "lock">;
  readonly action: Action;
  readonly clock: Clock;
  /** Takes what they log. */
  readonly log: (entry: LogEntry) => void;
}

/** Who hears of them. */
export interface CallListener {
  /** Told once for each call; it counts as running until it is forgotten. */
  ended(ended: Ended): void;
  say(word: EffectWord): void;
}

/** The calls of one run that are being carried out, by path. */
export class LiveCalls {
  readonly #deps: LiveCallsDeps;
  readonly #listener: CallListener;
  readonly #calls = new Map<string, LiveCall>();

  constructor(deps: LiveCallsDeps, listener: CallListener) {
    this.#deps = deps;
    this.#listener = listener;
  }

  get size(): number {
    return this.#calls.size;
  }

  get(path: string): LiveCall | undefined {
    return this.#calls.get(path);
  }

  /** Carries a started attempt out; one that nobody needs any more ends at once. */
  begin(state: RunState, { instance, begun }: Launch): void {
    const { path, attempt, cancelling, step } = instance;
    const ended = (end: CallEnd): void => this.#listener.ended({ path, attempt, end });
    if (cancelling) {
      return ended({
        kind: "failed",
        code: "call.aborted",
        message: "The run no longer needs this step.",
        canRetry: false,
      });
    }
    const { key, version, action, clock, log } = this.#deps;
    const options = {
      action,
      clock,
      timeoutMs: step.timeoutMs,
      say: (word: EffectWord) => this.#listener.say(word),
      log: (level: LogEntry["level"], text: string) => log({ key, path, attempt, at: clock.now(), level, text }),
      ...(begun !== undefined && { begun }),
    };
    this.#calls.set(path, beginCall(callOf({ key, version }, state, instance), options, ended));
  }

  forget(path: string): void {
    this.#calls.delete(path);
  }

  /** Asks all of them to end, and forgets them. */
  drop(): void {
    for (const call of this.#calls.values()) call.abort();
    this.#calls.clear();
  }
}
