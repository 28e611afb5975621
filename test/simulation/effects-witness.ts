import { type RunKey, runKeyText } from "../../src/base/ids.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { ActionCall, Effect } from "../../src/ports/action.ts";

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
  leaves(call: ActionCall, key: string, effect: Effect): void;
  /** What has left was refused there: nothing was done. */
  refuses(call: ActionCall, key: string): void;
  /** What has left has reached the other system. */
  arrives(key: string): void;
  /** Somebody looks whether an operation was carried out. */
  wasCarriedOut(key: string): boolean;
  /** People are about to say that what a step has begun is to be called again. */
  mayRepeat(run: RunKey, path: string): void;
}

/** A witness that has seen no operation yet. */
export function createEffectsWitness(blame: (what: string) => void): EffectsWitness {
  const intended = new Set<string>();
  /** Keys with a receipt; what only reads may be done again, and is not among them. */
  const received = new Set<string>();
  const keys = new Map<string, string>();
  const denied = new Set<string>();
  const carriedOut = new Set<string>();
  const gone = new Set<string>();
  /** Operations of these steps may be called again: people said so, or somebody looked and found nothing. */
  const repeatable = new Set<string>();
  /** Steps whose operation was refused at some time, and those of which that is durable, as long as it is not called again. */
  const refused = new Set<string>();
  const undone = new Set<string>();
  let left = 0;

  return {
    get left() {
      return left;
    },
    note(run, event) {
      if (event.kind === "effect.intended") noteIntent(nameOf(run, event), event);
      if (event.kind === "effect.received" || event.kind === "effect.reconciled") noteReceipt(nameOf(run, event));
      if (event.kind === "effect.failed" || event.kind === "effect.unknown") noteUnknown(run, event);
      if (event.kind === "effect.denied") denied.add(nameOf(run, event));
      if (event.kind === "effect.intended" && denied.has(nameOf(run, event)))
        blame(`operation of ${runKeyText(run)} ${event.path} was denied and begun`);
    },
    forget() {
      for (const known of [intended, received, keys, denied, undone]) known.clear();
    },
    leaves({ key: run, path }, key, { class: effectClass, target }) {
      const name = `operation of ${runKeyText(run)} ${path}`;
      left += 1;
      if (!intended.has(key)) blame(`${name} left before its intent was durable`);
      if (target?.name === "denied") blame(`${name} left, and the policy denies it`);
      if (received.has(key)) blame(`${name} has a receipt and was carried out again`);
      if (effectClass === "blind" && gone.has(key) && !repeatable.has(`${runKeyText(run)} ${path}`))
        blame(`${name} is blind and was carried out again`);
      if (effectClass === "readback" && carriedOut.has(key)) blame(`${name} can be looked for and was done twice`);
      gone.add(key);
    },
    refuses({ key: run, path }, key) {
      // Nobody has done anything of it: it may leave again, whatever it is.
      gone.delete(key);
      refused.add(`${runKeyText(run)} ${path}`);
    },
    arrives: (key) => void carriedOut.add(key),
    wasCarriedOut: (key) => carriedOut.has(key),
    mayRepeat: (run, path) => void repeatable.add(`${runKeyText(run)} ${path}`),
  };

  function noteIntent(name: string, { key, class: effectClass }: Extract<EffectEvent, { kind: "effect.intended" }>) {
    intended.add(key);
    undone.delete(name);
    if (effectClass !== "read") keys.set(name, key);
  }

  function noteUnknown(run: RunKey, event: Extract<EffectEvent, { kind: "effect.failed" | "effect.unknown" }>): void {
    const name = nameOf(run, event);
    if (event.kind === "effect.unknown") {
      if (undone.has(name)) blame(`operation of ${name} has done nothing, and people are asked about it`);
    } else if (event.undone === true) {
      undone.add(name);
      if (!refused.has(`${runKeyText(run)} ${event.path}`))
        blame(`operation of ${name} is said to have done nothing, and was not refused`);
    }
  }

  function noteReceipt(name: string): void {
    const key = keys.get(name);
    if (key !== undefined) received.add(key);
  }
}

function nameOf(run: RunKey, { path, operation }: EffectEvent): string {
  return `${runKeyText(run)} ${path} ${operation.name}#${operation.occurrence}`;
}
