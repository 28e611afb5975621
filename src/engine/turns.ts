import type { Clock } from "../base/clock.ts";
import { limits } from "../base/limits.ts";
import type { Append, AppendResult, CreateResult, Journal, NewRun } from "../ports/journal.ts";

/** Somebody who takes turns: it is asked for what it wants to write, and told what became of it. */
export interface TurnTaker {
  /** Takes in everything that has arrived; undefined when there is nothing to write. Not asked again before it was told. */
  takeTurn(): Append | undefined;
  /** What became of the append. */
  told(result: AppendResult): void;
  /** The whole batch was refused: nothing of it was written, or nobody knows. */
  refused(): void;
}

interface Creation {
  readonly run: NewRun;
  readonly resolve: (result: CreateResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * How many turns of the event loop a commit waits for more to write, while calls are under way whose ends may come in that time. A turn costs
 * microseconds, a commit a flush of the disk: many short calls, each in a process of its own, end in as many turns.
 */
const gatherTurnsMax = 32;

/**
 * With so many calls under way a commit waits once by the clock instead: more ends come in a millisecond than in some turns, and nobody who
 * waits for one of that many calls can tell. The processes of functions go on meanwhile.
 */
const gatherByClockCalls = 16;
const gatherMs = 1;

/**
 * Group commit: all appends of one turn of the event loop, from all runs, share one transaction.
 *
 * One batch is under way at a time. What arrives meanwhile waits for the next one, which is the larger for it: the slower the disk, the bigger
 * the groups.
 */
export class Turns {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #beforeAppend: () => void;
  #waiting = new Set<TurnTaker>();
  #creations: Creation[] = [];
  #scheduled = false;
  #running = false;
  #dead = false;
  #quietWaiters: (() => void)[] = [];
  #callsUnderWay: () => number = () => 0;

  /** `beforeAppend` is called before each batch, for what is to be written with it. */
  constructor(journal: Journal, clock: Clock, beforeAppend: () => void) {
    this.#journal = journal;
    this.#clock = clock;
    this.#beforeAppend = beforeAppend;
  }

  /** A commit waits a little for others as long as calls are under way. */
  gatherWith(callsUnderWay: () => number): void {
    this.#callsUnderWay = callsUnderWay;
  }

  /** From now on nothing is written any more; who waits is told `error`. */
  end(error: unknown): void {
    this.#dead = true;
    this.#waiting.clear();
    for (const each of this.#creations) each.reject(error);
    this.#creations = [];
  }

  /** `taker` has something to take in. */
  dirty(taker: TurnTaker): void {
    this.#waiting.add(taker);
    this.#schedule();
  }

  /** Creates a run together with all others of this turn. */
  create(run: NewRun): Promise<CreateResult> {
    return new Promise((resolve, reject) => {
      this.#creations.push({ run, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing is under way or waits for its turn. */
  quiet(): Promise<void> {
    return this.#isQuiet() ? Promise.resolve() : new Promise((resolve) => this.#quietWaiters.push(resolve));
  }

  #isQuiet(): boolean {
    return this.#dead || (!this.#running && !this.#hasWork());
  }

  #hasWork(): boolean {
    return this.#waiting.size > 0 || this.#creations.length > 0;
  }

  #schedule(): void {
    if (this.#scheduled || this.#running || this.#dead) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      if (this.#callsUnderWay() < gatherByClockCalls) this.#gatherOrTurn(gatherTurnsMax);
      else this.#clock.after(gatherMs, () => void this.#turn());
    });
  }

  #gatherOrTurn(turnsLeft: number): void {
    if (turnsLeft > 0 && this.#callsUnderWay() > 0) this.#clock.soon(() => this.#gatherOrTurn(turnsLeft - 1));
    else void this.#turn();
  }

  async #turn(): Promise<void> {
    this.#scheduled = false;
    this.#running = true;
    await this.#createAll();
    await this.#appendAll();
    this.#running = false;
    if (this.#hasWork()) this.#schedule();
    if (!this.#isQuiet()) return;
    const waiters = this.#quietWaiters;
    this.#quietWaiters = [];
    for (const resolve of waiters) resolve();
  }

  async #createAll(): Promise<void> {
    const batch = this.#takeCreations();
    if (batch.length === 0 || this.#dead) return;
    try {
      const results = await this.#journal.create(batch.map((each) => each.run));
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
  }

  /** As many as one transaction takes. */
  #takeCreations(): readonly Creation[] {
    let taken = 0;
    for (let events = 0; taken < this.#creations.length && taken < limits.commitRunsMax; taken += 1) {
      events += this.#creations[taken]?.run.segment.count ?? 0;
      if (taken > 0 && events > limits.commitEventsMax) break;
    }
    const batch = this.#creations.slice(0, taken);
    this.#creations = this.#creations.slice(taken);
    return batch;
  }

  async #appendAll(): Promise<void> {
    if (this.#waiting.size === 0 || this.#dead) return;
    const { takers, batch } = this.#gather();
    if (batch.length === 0) return;
    const results = await this.#append(takers, batch);
    for (const [index, taker] of takers.entries()) if (results !== undefined) taker.told(results[index] ?? "conflict");
  }

  /** The results, or undefined when the whole batch was refused. */
  async #append(takers: readonly TurnTaker[], batch: readonly Append[]): Promise<readonly AppendResult[] | undefined> {
    this.#beforeAppend();
    try {
      return await this.#journal.append(batch);
    } catch {
      // Each reads its run again before it writes more; an outcome that nobody knows has ended this room by then.
      for (const taker of takers) taker.refused();
      return undefined;
    }
  }

  /** Asks everybody who waits, up to the bounds of one transaction; the others keep their place. */
  #gather(): { readonly takers: readonly TurnTaker[]; readonly batch: readonly Append[] } {
    const takers: TurnTaker[] = [];
    const batch: Append[] = [];
    const asked = this.#waiting;
    this.#waiting = new Set();
    let events = 0;
    for (const taker of asked) {
      if (batch.length >= limits.commitRunsMax || events >= limits.commitEventsMax) {
        this.#waiting.add(taker);
        continue;
      }
      const append = taker.takeTurn();
      if (append === undefined) continue;
      takers.push(taker);
      batch.push(append);
      events += append.segment?.count ?? 0;
    }
    return { takers, batch };
  }
}
