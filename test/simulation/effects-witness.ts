import { type RunKey, runKeyText } from "../../src/base/ids.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { ActionCall, EffectClass } from "../../src/ports/action.ts";

type EffectEvent = Extract<RunEvent, { kind: `effect.${string}` }>;

/** Compares the operations that leave with what is durable of them, seen from outside the engine. */
export interface EffectsWitness {
  /** How many have left. */
  readonly left: number;
  /** An event of an operation has become durable. */
  note(run: RunKey, event: RunEvent): void;
  /** What is durable is about to be read anew. What has left stays known. */
  forget(): void;
  /** An operation of a call leaves for another system. */
  leaves(call: ActionCall, key: string, effectClass: EffectClass): void;
}

/** A witness that has seen no operation yet. */
export function createEffectsWitness(blame: (what: string) => void): EffectsWitness {
  const intended = new Set<string>();
  /** Keys with a receipt; what only reads may be done again, and is not among them. */
  const received = new Set<string>();
  const keys = new Map<string, string>();
  const gone = new Set<string>();
  let left = 0;

  return {
    get left() {
      return left;
    },
    note(run, event) {
      if (event.kind === "effect.intended") noteIntent(nameOf(run, event), event);
      if (event.kind === "effect.received") noteReceipt(nameOf(run, event));
    },
    forget() {
      for (const known of [intended, received, keys]) known.clear();
    },
    leaves({ key: run, path }, key, effectClass) {
      const name = `operation of ${runKeyText(run)} ${path}`;
      left += 1;
      if (!intended.has(key)) blame(`${name} left before its intent was durable`);
      if (received.has(key)) blame(`${name} has a receipt and was carried out again`);
      if (effectClass === "blind" && gone.has(key)) blame(`${name} is blind and was carried out again`);
      gone.add(key);
    },
  };

  function noteIntent(name: string, { key, class: effectClass }: Extract<EffectEvent, { kind: "effect.intended" }>) {
    intended.add(key);
    if (effectClass !== "read") keys.set(name, key);
  }

  function noteReceipt(name: string): void {
    const key = keys.get(name);
    if (key !== undefined) received.add(key);
  }
}

function nameOf(run: RunKey, { path, operation }: EffectEvent): string {
  return `${runKeyText(run)} ${path} ${operation.name}#${operation.occurrence}`;
}
