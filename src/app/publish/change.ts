/** One way in which a version means something else than the one before it. Plain data: programs read `kind`, people `text`. */
export interface Change {
  readonly kind: `${Subject}.${"added" | "removed" | "changed"}`;
  /** Id or name of what it is about. */
  readonly name: string;
  /** One line for people. */
  readonly text: string;
  /** More may happen than before, or callers may be refused: look at it twice. */
  readonly grave?: true;
}

type Subject =
  | "step"
  | "order"
  | "write"
  | "gate"
  | "model"
  | "connector"
  | "agent"
  | "module"
  | "workflow"
  | "limit"
  | "input"
  | "output"
  | "file";

/** Names that are in one of two records only, and those whose values differ. */
export function compareNames<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  isSame: (was: T, now: T) => boolean,
): {
  readonly added: readonly (readonly [string, T])[];
  readonly removed: readonly (readonly [string, T])[];
  readonly changed: readonly (readonly [string, T, T])[];
} {
  const was = new Map(Object.entries(before));
  const now = new Map(Object.entries(after));
  return {
    added: [...now].filter(([name]) => !was.has(name)),
    removed: [...was].filter(([name]) => !now.has(name)),
    changed: [...now].flatMap(([name, value]) => {
      const earlier = was.get(name);
      return earlier === undefined || isSame(earlier, value) ? [] : [[name, earlier, value] as const];
    }),
  };
}
