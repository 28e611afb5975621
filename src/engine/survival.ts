import type { RunKey } from "../base/ids.ts";
import type { Journal, Lease } from "../ports/journal.ts";
import type { Suspects } from "./suspects.ts";

/** What it takes to count the deaths that a run may have caused. */
export interface SurvivalDeps {
  readonly key: RunKey;
  readonly journal: Journal;
  readonly suspects: Suspects;
  /** How often in a row the engine has died of this run already, as far as is known. */
  readonly deaths: number;
}

/**
 * Counts what a run may do to the process that drives it (semantics I16).
 *
 * Before anything that might be deadly a mark is committed: before the run is rebuilt, and before the end of an attempt is taken in with which
 * the engine has died. What is committed next takes the mark away; whoever dies leaves it behind.
 */
export class Survival {
  readonly #deps: SurvivalDeps;
  #lease: Lease | undefined;
  #marked = false;
  #safe: (() => void) | undefined;
  #over = false;

  constructor(deps: SurvivalDeps) {
    this.#deps = deps;
  }

  /** Takes the run over, which leaves a mark. */
  async takeOver(): Promise<Lease> {
    // A process that reads a run again has survived it.
    await this.release();
    this.#lease = await this.#deps.journal.takeOver(this.#deps.key);
    this.#marked = true;
    return this.#lease;
  }

  /** A commit of the run has landed. */
  committed(): void {
    this.#marked = false;
    this.#safe?.();
  }

  /** Nothing more is taken in here. */
  end(): void {
    this.#over = true;
    this.#safe?.();
  }

  /** Takes the mark away although nothing was committed. That is a courtesy: where it fails, the next death counts twice. */
  async release(): Promise<void> {
    const lease = this.#lease;
    if (!this.#marked || lease === undefined) return;
    this.#marked = false;
    await this.#deps.journal.mark(lease, -1).catch(() => undefined);
  }

  /** Takes in what may be deadly: marked, and alone where the engine has died of this run before. */
  carefully(takeIn: () => void): Promise<void> {
    const { suspects, deaths } = this.#deps;
    return deaths === 0 ? this.#markedFirst(takeIn) : suspects.alone(() => this.#untilSafe(takeIn));
  }

  async #untilSafe(takeIn: () => void): Promise<void> {
    if (this.#over) return;
    const landed = Promise.withResolvers<void>();
    this.#safe = landed.resolve;
    await this.#markedFirst(takeIn);
    await landed.promise;
  }

  async #markedFirst(takeIn: () => void): Promise<void> {
    const lease = this.#lease;
    if (!this.#marked && lease !== undefined) {
      this.#marked = true;
      // Whoever cannot write the mark cannot write what follows either, and hears of it there.
      await this.#deps.journal.mark(lease, 1).catch(() => undefined);
    }
    takeIn();
  }
}
