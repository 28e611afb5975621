import type { SourceEntry } from "../source/tree.ts";

/** What a field gives when it was written. */
export function whenWritten<T>(entry: SourceEntry | undefined, read: (entry: SourceEntry) => T): T | undefined {
  return entry === undefined ? undefined : read(entry);
}

/** The same fields, all of them optional and none of them undefined. */
export type Defined<T> = {
  readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Only the fields that have a value, so that a Plan is plain JSON and spreading hides nothing. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
