import type { ChildHandle } from "./child-handle.ts";

/** Processes started ahead: for keys whose process will soon have served its calls, so that nobody waits for the next one. */
export interface Successors {
  prepare(key: string): void;
  /** The one that was prepared, if it still can be used. */
  take(key: string): ChildHandle | undefined;
  /** Lets those end that nobody took for `idleMsMax`; with 0, all. */
  expire(idleMsMax: number): void;
}

interface Successor {
  readonly child: ChildHandle;
  readonly since: number;
}

/** None prepared yet; at most one per key. */
export function createSuccessors(start: (key: string) => ChildHandle): Successors {
  const successors = new Map<string, Successor>();

  return {
    prepare(key) {
      if (successors.has(key)) return;
      try {
        successors.set(key, { child: start(key), since: performance.now() });
      } catch {
        // The call that needs a process will try again, and is the one to fail.
      }
    },
    take(key) {
      const child = successors.get(key)?.child;
      successors.delete(key);
      return child?.state.usable === true ? child : undefined;
    },
    expire(idleMsMax) {
      for (const [key, { child, since }] of successors) {
        if (performance.now() - since < idleMsMax) continue;
        successors.delete(key);
        child.retire();
      }
    },
  };
}
