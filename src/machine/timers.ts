/** Something that falls due at a moment of engine time. */
export interface Due {
  readonly dueAt: number;
  /** Breaks ties, so that equal times fire in order of creation. */
  readonly order: number;
}

/** A heap of due times: adding and removing cost log n, a look at what is due costs only what is due. */
export class Timers<T extends Due> {
  readonly #heap: T[] = [];
  readonly #places = new Map<T, number>();

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest, or undefined when there is none. */
  first(): T | undefined {
    return this.#heap[0];
  }

  add(timer: T): void {
    this.#place(timer, this.#heap.length);
    this.#up(this.#heap.length - 1);
  }

  /** Takes a timer out; nothing happens when it is not there. */
  remove(timer: T): void {
    const place = this.#places.get(timer);
    if (place === undefined) return;

    const last = this.#heap.pop();
    this.#places.delete(timer);
    if (last === undefined || last === timer) return;
    this.#place(last, place);
    this.#up(place);
    this.#down(this.#places.get(last) ?? place);
  }

  /** All that are due at `nowMs`, in due order. Changes nothing. */
  due(nowMs: number): readonly T[] {
    const found: T[] = [];
    const places = [0];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const timer = this.#heap[place];
      if (timer === undefined || timer.dueAt > nowMs) continue;
      found.push(timer);
      places.push(2 * place + 1, 2 * place + 2);
    }
    return found.toSorted(compare);
  }

  #place(timer: T, place: number): void {
    this.#heap[place] = timer;
    this.#places.set(timer, place);
  }

  #swap(a: number, b: number): void {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (left === undefined || right === undefined) return;
    this.#place(left, b);
    this.#place(right, a);
  }

  #before(a: number, b: number): boolean {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    return left !== undefined && (right === undefined || compare(left, right) < 0);
  }

  #up(start: number): void {
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(place, parent)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #down(start: number): void {
    let place = start;
    for (;;) {
      const left = 2 * place + 1;
      const child = this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(child, place)) return;
      this.#swap(place, child);
      place = child;
    }
  }
}

function compare(left: Due, right: Due): number {
  return left.dueAt - right.dueAt || left.order - right.order;
}
