import type { Type } from "../expression/type.ts";

/**
 * Types by name that are worked out when they are first asked for.
 *
 * The output of a group has a field for each of its steps, and the type of one may depend on another's: only what is read is followed.
 */
export class LazyTypes implements ReadonlyMap<string, Type> {
  readonly #makers: ReadonlyMap<string, () => Type>;

  constructor(makers: Iterable<readonly [string, () => Type]>) {
    this.#makers = new Map(makers);
  }

  get size(): number {
    return this.#makers.size;
  }

  get(name: string): Type | undefined {
    return this.#makers.get(name)?.();
  }

  has(name: string): boolean {
    return this.#makers.has(name);
  }

  keys(): MapIterator<string> {
    return this.#makers.keys();
  }

  *entries(): MapIterator<[string, Type]> {
    for (const [name, make] of this.#makers) yield [name, make()];
    return undefined;
  }

  *values(): MapIterator<Type> {
    for (const make of this.#makers.values()) yield make();
    return undefined;
  }

  [Symbol.iterator](): MapIterator<[string, Type]> {
    return this.entries();
  }

  forEach(visit: (type: Type, name: string, map: ReadonlyMap<string, Type>) => void): void {
    for (const [name, type] of this) visit(type, name, this);
  }
}
