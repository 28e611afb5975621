import { type RunKey, runKeyText } from "../../src/base/ids.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { ActionCall, EffectClass } from "../../src/ports/action.ts";
import type { Append, Journal } from "../../src/ports/journal.ts";

type EffectEvent = Extract<RunEvent, { kind: `effect.${string}` }>;

/** What is known to be durable of one run, seen from outside the engine. */
interface Seen {
  readonly started: Set<string>;
  readonly succeeded: Set<string>;
  /** Keys of operations that were begun, and of those that have a receipt; what only reads is left out of the second. */
  readonly intended: Set<string>;
  readonly received: Set<string>;
  readonly keys: Map<string, string>;
}

/** Watches the store and the calls from outside and notes every broken promise. It shares no code with the engine. */
export interface Witness {
  readonly violations: readonly string[];
  readonly calls: number;
  readonly effects: number;
  blame(what: string): void;
  appended(append: Append): void;
  reread(journal: Journal, keys: readonly RunKey[]): Promise<void>;
  callBegins(call: ActionCall, generation: number): void;
  callEnds(call: ActionCall, generation: number): void;
  /** An operation of a call leaves for another system. */
  effectLeaves(call: ActionCall, key: string, effectClass: EffectClass): void;
  /** A cancel lies durably in the inbox: from now on no call of the run may be started. */
  cancelPosted(key: RunKey): void;
  decisionAcked(key: RunKey, path: string): void;
  readonly decisions: readonly { readonly key: RunKey; readonly path: string }[];
}

/** A witness that has seen nothing yet. */
export function createWitness(): Witness {
  const violations: string[] = [];
  const runs = new Map<string, Seen>();
  const running = new Set<string>();
  const cancelled = new Set<string>();
  const decisions: { readonly key: RunKey; readonly path: string }[] = [];
  const left = new Set<string>();
  let calls = 0;
  let effects = 0;

  return {
    violations,
    decisions,
    get calls() {
      return calls;
    },
    get effects() {
      return effects;
    },
    blame: (what) => void violations.push(what),
    appended({ lease, segment }) {
      if (segment === undefined) return;
      const started = note(seenOf(lease.key), segment.events);
      if (cancelled.has(runKeyText(lease.key)))
        for (const call of started) violations.push(`${call} was started after its cancel was durable`);
    },
    async reread(journal, keys) {
      running.clear();
      for (const key of keys) {
        runs.delete(runKeyText(key));
        for await (const segment of journal.read(key, 1)) note(seenOf(key), segment.events);
      }
    },
    callBegins(call, generation) {
      calls += 1;
      const seen = seenOf(call.key);
      const name = `${runKeyText(call.key)} ${call.path}`;
      if (!seen.started.has(`${call.path}#${call.attempt}`))
        violations.push(`${name}#${call.attempt} left before its start was durable`);
      if (seen.succeeded.has(call.path)) violations.push(`${name} had succeeded and was carried out again`);
      if (running.has(`${generation} ${name}`)) violations.push(`${name} runs twice at once`);
      running.add(`${generation} ${name}`);
    },
    callEnds(call, generation) {
      running.delete(`${generation} ${runKeyText(call.key)} ${call.path}`);
    },
    effectLeaves({ key: run, path }, key, effectClass) {
      const seen = seenOf(run);
      const name = `operation of ${runKeyText(run)} ${path}`;
      effects += 1;
      if (!seen.intended.has(key)) violations.push(`${name} left before its intent was durable`);
      if (seen.received.has(key)) violations.push(`${name} has a receipt and was carried out again`);
      if (effectClass === "blind" && left.has(key)) violations.push(`${name} is blind and was carried out again`);
      left.add(key);
    },
    cancelPosted: (key) => void cancelled.add(runKeyText(key)),
    decisionAcked: (key, path) => void decisions.push({ key, path }),
  };

  function seenOf(key: RunKey): Seen {
    const name = runKeyText(key);
    const seen = runs.get(name) ?? {
      started: new Set(),
      succeeded: new Set(),
      intended: new Set(),
      received: new Set(),
      keys: new Map(),
    };
    runs.set(name, seen);
    return seen;
  }

  function noteEffect(seen: Seen, event: EffectEvent): readonly string[] {
    const name = `${event.path} ${event.operation.name}`;
    if (event.kind === "effect.received") {
      const key = seen.keys.get(name);
      if (key !== undefined) seen.received.add(key);
      return [];
    }
    seen.intended.add(event.key);
    if (event.class !== "read") seen.keys.set(name, event.key);
    return [`operation of ${event.path}`];
  }

  /** Notes what a segment makes durable; gives the calls it starts. */
  function note(seen: Seen, text: string): readonly string[] {
    const starts: string[] = [];
    for (const event of JSON.parse(text) as readonly RunEvent[]) {
      if (event.kind === "step.succeeded") seen.succeeded.add(event.path);
      if (event.kind === "effect.intended" || event.kind === "effect.received") starts.push(...noteEffect(seen, event));
      if (event.kind !== "step.started") continue;
      seen.started.add(`${event.path}#${event.attempt}`);
      if (event.input !== undefined) starts.push(`${event.path}#${event.attempt}`);
    }
    return starts;
  }
}
