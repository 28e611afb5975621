import type { RunEvent } from "../../../src/machine/event.ts";

type EffectEvent = Extract<RunEvent, { kind: `effect.${string}` }>;

/** What is remembered of the operations of one run; nothing of it is taken from the machine's own notes. */
export interface EffectsAudit {
  /** What an event breaks: one key has one receipt, which nothing is called after, and only what was begun has one. */
  readonly check: (event: EffectEvent) => string | undefined;
}

/** Nothing begun yet. What only reads may be done again: its receipt has changed nothing outside. */
export function createEffectsAudit(): EffectsAudit {
  const keys = new Map<string, string>();
  const received = new Set<string>();
  const reads = new Set<string>();

  return {
    check(event) {
      const { path, operation } = event;
      const name = `${path} ${operation.name}#${operation.occurrence}`;
      if (event.kind === "effect.intended") {
        const { key } = event;
        const last = keys.get(name);
        keys.set(name, key);
        if (event.class === "read") reads.add(key);
        if (last !== undefined && last !== key) return `${name} is called with another key than before`;
        return received.has(key) && !reads.has(key) ? `${name} is called with a key that has a receipt` : undefined;
      }
      const key = keys.get(name);
      if (key === undefined) return `${name} has a receipt and was not begun`;
      const isSecond = received.has(key) && !reads.has(key);
      received.add(key);
      return isSecond ? `${name} has a second receipt` : undefined;
    },
  };
}
