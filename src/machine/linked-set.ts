/** A value with its neighbours. One that was taken out still leads on to what follows it. */
interface Link<T> {
  readonly value: T;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
  out: boolean;
}

/**
 * A set that is walked from its front at once, however many were taken from there before.
 *
 * A plain set keeps the places of what was deleted for a while, and every walk passes them: whoever looks at the first of many ready steps, over
 * and over, would look at all that were ready once.
 */
export class LinkedSet<T> extends Set<T> {
  readonly #links = new Map<T, Link<T>>();
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;

  override add(value: T): this {
    if (this.has(value)) return this;
    const link: Link<T> = { value, before: this.#last, after: undefined, out: false };
    this.#links.set(value, link);
    if (this.#last === undefined) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    return super.add(value);
  }

  override delete(value: T): boolean {
    const link = this.#links.get(value);
    if (link === undefined) return false;
    this.#links.delete(value);
    link.out = true;
    if (link.before === undefined) this.#first = link.after;
    else link.before.after = link.after;
    if (link.after === undefined) this.#last = link.before;
    else link.after.before = link.before;
    return super.delete(value);
  }

  override clear(): void {
    for (const value of this) this.delete(value);
  }

  override *values(): SetIterator<T> {
    for (let link = this.#first; link !== undefined; link = link.after) if (!link.out) yield link.value;
  }

  override keys(): SetIterator<T> {
    return this.values();
  }

  override *entries(): SetIterator<[T, T]> {
    for (const value of this.values()) yield [value, value];
  }

  override [Symbol.iterator](): SetIterator<T> {
    return this.values();
  }

  override forEach(call: (value: T, again: T, all: Set<T>) => void): void {
    for (const value of this.values()) call(value, value, this);
  }
}
