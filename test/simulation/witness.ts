import { type RunKey, runKeyText } from "../../src/base/ids.ts";
import type { RunEvent } from "../../src/machine/event.ts";
import type { ActionCall } from "../../src/ports/action.ts";
import type { Append, Journal } from "../../src/ports/journal.ts";

/** What is known to be durable of one run, seen from outside the engine. */
interface Seen {
  readonly started: Set<string>;
  readonly succeeded: Set<string>;
}

/** Watches the store and the calls from outside and notes every broken promise. It shares no code with the engine. */
export interface Witness {
  readonly violations: readonly string[];
  readonly calls: number;
  blame(what: string): void;
  appended(append: Append): void;
  reread(journal: Journal, keys: readonly RunKey[]): Promise<void>;
  callBegins(call: ActionCall, generation: number): void;
  callEnds(call: ActionCall, generation: number): void;
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
  let calls = 0;

  return {
    violations,
    decisions,
    get calls() {
      return calls;
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
    cancelPosted: (key) => void cancelled.add(runKeyText(key)),
    decisionAcked: (key, path) => void decisions.push({ key, path }),
  };

  function seenOf(key: RunKey): Seen {
    const name = runKeyText(key);
    const seen = runs.get(name) ?? { started: new Set(), succeeded: new Set() };
    runs.set(name, seen);
    return seen;
  }

  /** Notes what a segment makes durable; gives the calls it starts. */
  function note(seen: Seen, text: string): readonly string[] {
    const starts: string[] = [];
    for (const event of JSON.parse(text) as readonly RunEvent[]) {
      if (event.kind === "step.succeeded") seen.succeeded.add(event.path);
      if (event.kind !== "step.started") continue;
      seen.started.add(`${event.path}#${event.attempt}`);
      if (event.input !== undefined) starts.push(`${event.path}#${event.attempt}`);
    }
    return starts;
  }
}
