import { LinkedSet } from "../machine/linked-set.ts";

/** Places of which so many are taken at once; whoever finds none waits for its turn, in the order of asking. */
export class Places {
  readonly #waiting = new LinkedSet<{ readonly go: () => void }>();
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** A place, once there is one; disposing it gives it back. */
  async take(): Promise<Disposable> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.add({ go: resolve }));
    return { [Symbol.dispose]: () => this.#giveBack() };
  }

  /** It goes to whoever has waited longest, if anybody does. */
  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next.go();
  }
}
