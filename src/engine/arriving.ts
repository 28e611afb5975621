import type { InboxRow } from "../ports/journal.ts";
import { OpenWords } from "./effect-words.ts";
import type { Arrivals, Ended } from "./turn.ts";

/** How much of what has arrived a turn takes in. */
export interface TakenIn {
  readonly ends: number;
  readonly rows: number;
}

/** What has arrived for a run and is not durable yet. It stays until a commit that takes it in has landed: a refused one takes nothing from it. */
export class Arriving {
  #ends: Ended[] = [];
  #rows: InboxRow[] = [];
  #lastRow = 0;
  /** The words of its calls that are not answered yet. */
  readonly words: OpenWords;

  constructor(live: ConstructorParameters<typeof OpenWords>[0]) {
    this.words = new OpenWords(live);
  }

  /** True when nothing waits to be taken in. */
  get isEmpty(): boolean {
    return this.#ends.length === 0 && this.#rows.length === 0 && this.words.size === 0;
  }

  /** True when a turn would find something to take in. */
  get hasNew(): boolean {
    return this.#ends.length > 0 || this.#rows.length > 0 || this.words.hasNew;
  }

  /** An attempt has ended. */
  end(ended: Ended): void {
    this.#ends.push(ended);
  }

  /** True when the end of this attempt is here. */
  hasEnd(path: string, attempt: number): boolean {
    return this.#ends.some((ended) => ended.path === path && ended.attempt === attempt);
  }

  /** The inbox was read: rows that were seen before are passed over. */
  see(rows: readonly InboxRow[]): void {
    for (const row of rows) {
      if (row.id <= this.#lastRow) continue;
      this.#rows.push(row);
      this.#lastRow = row.id;
    }
  }

  /** The inbox was read together with the run: these are its rows, whatever was seen before. */
  reread(rows: readonly InboxRow[]): void {
    this.#rows = [...rows];
    this.#lastRow = rows.at(-1)?.id ?? this.#lastRow;
  }

  /** Everything, for a turn. */
  take(): Arrivals {
    return { rows: this.#rows, ends: this.#ends, words: this.words.take() };
  }

  /** How much that is. */
  get count(): TakenIn {
    return { ends: this.#ends.length, rows: this.#rows.length };
  }

  /** A turn that took so much in is durable. */
  landed({ ends, rows }: TakenIn): void {
    this.#ends = this.#ends.slice(ends);
    this.#rows = this.#rows.slice(rows);
  }
}
